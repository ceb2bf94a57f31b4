"""From an exit status and the end of the log to an error that says what to do."""

from __future__ import annotations

import re
from pathlib import Path

from backend.core.embedded import binary
from backend.core.embedded.errors import (
    DataDirFull,
    DataDirNotWritable,
    MongodbDataDamaged,
    MongodbDataIncompatible,
    MongodbDirectoryInUse,
    MongodbPortTaken,
    MongodExited,
)
from backend.core.embedded.files import NEEDED_FREE_MB, Files
from backend.core.errors import KangbanError

# mongod's exit statuses (src/mongo/util/exit_code.h).
EXIT_NEED_UPGRADE_OR_DOWNGRADE = 62
EXIT_NET_ERROR = 48

INCOMPATIBLE = re.compile(
    r"unsupported WiredTiger[^\"]*|unknown storage engine[^\"]*|created by the '[^\"]*"
    r"|Invalid feature ?[cC]ompatibility ?[vV]ersion[^\"]*|UPGRADE PROBLEM[^\"]*"
)
# Also the storage engine's last word on damaged files, so it counts after DAMAGED only.
ANY_VERSION = "Failed to start up WiredTiger under any compatibility version"
DAMAGED = re.compile(
    r"[^\":]*is corrupted|WT_TRY_SALVAGE[^\"]*|WT_PANIC[^\"]*|checksum error[^\"]*"
)
NOT_WRITABLE = re.compile(r"Read-only file system|Permission denied|Operation not permitted")
IN_USE = re.compile(r"lock file: .*Resource temporarily unavailable|Is a mongod instance already")


def explain(
    mongod: Path, status: int, output: str, log: str, files: Files, port: int
) -> KangbanError:
    """Why ``mongod`` exited while starting.

    ``status`` as ``subprocess`` gives it, ``output`` what it printed, ``log``
    what it wrote since this start. The order matters: a full disk and a newer
    format both end in the storage engine's general panic.
    """
    directory = str(files.db)
    if (unable := binary.cannot_run(mongod, status, output)) is not None:
        return unable
    if status == EXIT_NET_ERROR:
        return MongodbPortTaken(port=port)
    if "No space left on device" in log:
        return DataDirFull(directory=str(files.data_dir), free_mb=0, needed_mb=NEEDED_FREE_MB)
    if (found := INCOMPATIBLE.search(log)) or status == EXIT_NEED_UPGRADE_OR_DOWNGRADE:
        reason = found[0] if found else "featureCompatibilityVersion"
        return MongodbDataIncompatible(directory=directory, reason=reason)
    if found := DAMAGED.search(log):
        return MongodbDataDamaged(directory=directory, reason=found[0].strip())
    if ANY_VERSION in log:
        return MongodbDataIncompatible(directory=directory, reason=ANY_VERSION)
    if IN_USE.search(log):
        return MongodbDirectoryInUse(directory=directory, pid=next(reversed(files.pids()), None))
    if found := NOT_WRITABLE.search(log):
        return DataDirNotWritable(directory=str(files.data_dir), reason=found[0])
    return MongodExited(status=status, log=last_lines(log, output))


def last_lines(log: str, output: str, lines: int = 12) -> str:
    return "\n".join((log.strip() or output.strip()).splitlines()[-lines:])
