"""Envelope encryption: a master key wraps one data key a person; erasing it erases them.

Why not MongoDB's own client-side encryption: docs/decisions/0002.
"""

from backend.core.keys.box import CIPHERS, BrokenSeal, OwnerKey
from backend.core.keys.keyring import DataKey, KeyDestroyed, Keyring
from backend.core.keys.master import LocalMasterKey, MasterKey, MasterKeyUnreadable

__all__ = [
    "CIPHERS",
    "BrokenSeal",
    "DataKey",
    "KeyDestroyed",
    "Keyring",
    "LocalMasterKey",
    "MasterKey",
    "MasterKeyUnreadable",
    "OwnerKey",
]
