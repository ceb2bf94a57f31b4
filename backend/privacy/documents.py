"""What this room stores. Words are sealed with the resident's key."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId
from pydantic import Field

from backend.core.documents import ASC, DESC, ResidentOwned, Stored, index, unique
from backend.identity.viewer import Language, Role


class DownloadState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class DownloadDocument(ResidentOwned):
    """A job: whoever claims ``available_at`` holds it until then."""

    state: DownloadState = DownloadState.QUEUED
    open: bool = True
    requested_by: PydanticObjectId
    roles: frozenset[Role]
    language: Language
    at: datetime
    available_at: datetime
    leased_by: str | None = None
    attempts: int = 0
    done: int = 0
    total: int = 0
    step: str | None = None
    ready_at: datetime | None = None
    expires_at: datetime | None = None
    blob_id: PydanticObjectId | None = None
    size: int | None = None
    sha256: str | None = None
    error: str | None = None

    class Settings:
        name = "downloads"
        indexes: ClassVar = [
            unique(
                "one_open_download_per_resident",
                ("resident_id", ASC),
                partialFilterExpression={"open": True},
            ),
            index("downloads_by_availability", ("state", ASC), ("available_at", ASC)),
        ]


class ErasureState(StrEnum):
    COOLING_OFF = "cooling_off"
    ERASING = "erasing"
    SWEEPING = "sweeping"
    DONE = "done"
    CANCELLED = "cancelled"


class ErasureDocument(Stored):
    """A deletion from its request to its certificate; it outlives the resident's data.

    ``deleted`` counts documents by collection. Holds no health content.
    """

    resident_id: PydanticObjectId
    state: ErasureState = ErasureState.COOLING_OFF
    open: bool = True
    requested_by: PydanticObjectId
    at: datetime
    due_at: datetime
    available_at: datetime
    leased_by: str | None = None
    attempts: int = 0
    cancelled_at: datetime | None = None
    cancelled_by: PydanticObjectId | None = None
    own_accounts: list[PydanticObjectId] = Field(default_factory=list)
    key_destroyed_at: datetime | None = None
    deleted: dict[str, int] = Field(default_factory=dict)
    finished_at: datetime | None = None
    signature: bytes | None = None

    class Settings:
        name = "erasures"
        indexes: ClassVar = [
            unique(
                "one_open_erasure_per_resident",
                ("resident_id", ASC),
                partialFilterExpression={"open": True},
            ),
            index("erasures_by_availability", ("state", ASC), ("available_at", ASC)),
            index("erasures_by_requester", ("requested_by", ASC), ("at", DESC)),
        ]


class CorrectionDocument(ResidentOwned):
    """The resident asks whoever recorded something to correct it."""

    collection: str
    document_id: PydanticObjectId
    category: str
    recorded_by: PydanticObjectId
    requested_by: PydanticObjectId
    words: bytes
    at: datetime
    open: bool = True
    accepted: bool | None = None
    answer: bytes | None = None
    answered_by: PydanticObjectId | None = None
    answered_at: datetime | None = None

    class Settings:
        name = "correction_requests"
        indexes: ClassVar = [
            index("corrections_by_resident", ("resident_id", ASC), ("at", DESC), ("_id", DESC)),
            index(
                "corrections_by_recorder",
                ("open", ASC),
                ("recorded_by", ASC),
                ("at", DESC),
                ("_id", DESC),
            ),
        ]


class RollbackDocument(ResidentOwned):
    """Staff ask to undo what staff changed; other staff confirm."""

    collection: str
    document_id: PydanticObjectId
    category: str
    from_version: int
    to_version: int
    reason: bytes
    asked_by: PydanticObjectId
    at: datetime
    open: bool = True
    confirmed_by: PydanticObjectId | None = None
    confirmed_at: datetime | None = None
    new_version: int | None = None

    class Settings:
        name = "rollbacks"
        indexes: ClassVar = [
            unique(
                "one_open_rollback_per_document",
                ("resident_id", ASC),
                ("document_id", ASC),
                partialFilterExpression={"open": True},
            ),
            index("rollbacks_by_resident", ("resident_id", ASC), ("at", DESC), ("_id", DESC)),
            index(
                "rollbacks_waiting",
                ("at", DESC),
                ("_id", DESC),
                partialFilterExpression={"open": True},
            ),
        ]


DOCUMENTS = (DownloadDocument, ErasureDocument, CorrectionDocument, RollbackDocument)


def place(collection: str, document_id: object, field: str) -> str:
    """Where a sealed field of this room belongs."""
    return f"{collection}:{document_id}:{field}"
