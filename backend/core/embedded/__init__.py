"""A real ``mongod`` as a one-member replica set in a directory, for one machine.

Owns the process, its port, its secrets, its log and the locks around them;
knows nothing of what is stored. Loopback only, with authentication. Several
programs share one directory: the first starts the ``mongod``, the last one out
stops it, and whoever is killed leaves nothing locked. Takes plain arguments
and reads no settings.

    <data_dir>/server.lock          one server a directory (``ServerLock``)
    <data_dir>/mongodb/             0700
        db/                         the store itself
        log/mongod.log[.1 … .5]     rotated by size
        port, mongod.pid            of the running or last ``mongod``
        keyfile, password           0600
        gate.lock, users.lock       see ``locks``
"""

from __future__ import annotations

from backend.core.embedded.binary import MINIMUM_VERSION, find_mongod, mongod_version
from backend.core.embedded.locks import ServerLock
from backend.core.embedded.mongo import EmbeddedMongo

__all__ = ["MINIMUM_VERSION", "EmbeddedMongo", "ServerLock", "find_mongod", "mongod_version"]
