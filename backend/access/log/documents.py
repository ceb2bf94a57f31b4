"""What the log stores. ``AccessEntry`` is written and checked as bytes: see ``chain``."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from beanie import PydanticObjectId

from backend.core.documents import ASC, DESC, ResidentOwned, Stored, index, unique


class AccessEntry(ResidentOwned):
    """One subject, category, action and request. Holds no health values."""

    v: int
    seq: int
    prev: bytes
    at: datetime
    request: PydanticObjectId
    account_id: PydanticObjectId
    relation: str
    kinship: str | None
    role: str
    channel: str
    category: str
    action: str
    why: str
    via: PydanticObjectId | None
    purpose: str | None
    words: bytes | None
    hash: bytes

    class Settings:
        name = "access_log"
        indexes: ClassVar = [
            unique("one_entry_per_sequence", ("resident_id", ASC), ("seq", ASC)),
            index("access_log_by_time", ("at", ASC)),  # for anchors and the purge
        ]


class AccessAnchor(ResidentOwned):
    """A chain's head as it went into a root: a leaf of the root's Merkle tree."""

    root: int
    seq: int
    hash: bytes

    class Settings:
        name = "access_anchors"
        indexes: ClassVar = [
            unique("one_anchor_per_resident_and_root", ("resident_id", ASC), ("root", ASC)),
            index("access_anchors_by_sequence", ("resident_id", ASC), ("seq", ASC)),
            index("access_anchors_by_root", ("root", ASC), ("resident_id", ASC)),
        ]


class AccessRoot(Stored):
    """The Merkle root over the heads that moved since the last one; itself chained."""

    number: int
    at: datetime
    size: int
    merkle: bytes
    prev: bytes
    hash: bytes

    class Settings:
        name = "access_roots"
        indexes: ClassVar = [unique("one_access_root_per_number", ("number", ASC))]


class AccessCheckpoint(ResidentOwned):
    """Up to where a chain was purged: an entry that was anchored, long ago."""

    seq: int
    hash: bytes
    root: int
    purged_at: datetime

    class Settings:
        name = "access_checkpoints"
        indexes: ClassVar = [unique("one_checkpoint_per_resident", ("resident_id", ASC))]


class AccessLease(Stored):
    """Who does a periodic job of the log now."""

    job: str
    until: datetime
    holder: PydanticObjectId

    class Settings:
        name = "access_leases"
        indexes: ClassVar = [unique("one_lease_per_access_job", ("job", ASC))]


class AccessReport(ResidentOwned):
    """A resident says that an entry should not be there. Texts are sealed with their key."""

    entry_id: PydanticObjectId
    reported_by: PydanticObjectId
    reason: bytes
    state: Literal["open", "answered"] = "open"
    at: datetime
    answer: bytes | None = None
    answered_by: PydanticObjectId | None = None
    answered_at: datetime | None = None

    class Settings:
        name = "access_reports"
        indexes: ClassVar = [
            unique("one_report_per_access_entry", ("resident_id", ASC), ("entry_id", ASC)),
            index("access_reports_by_state", ("state", ASC), ("at", DESC), ("_id", DESC)),
        ]


DOCUMENTS = (AccessEntry, AccessAnchor, AccessRoot, AccessCheckpoint, AccessLease, AccessReport)
