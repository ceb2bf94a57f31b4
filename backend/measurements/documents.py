"""What measurements stores."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from beanie import PydanticObjectId
from pydantic import BaseModel, Field

from backend.core.attempts import AttemptCount, expiring
from backend.core.documents import ASC, DESC, ResidentOwned, Stored, index, unique
from backend.measurements.draft import Kind, Meal


class State(StrEnum):
    """Whether a reading counts."""

    LIVE = "live"
    DUPLICATE = "duplicate"  # the same reading from a second device; kept, never counted
    WITHDRAWN = "withdrawn"  # FHIR entered-in-error


class StoredSource(BaseModel):
    system: str
    id: str | None = None
    device: str | None = None


class Recorder(BaseModel):
    """Which account put it in, and as what ("recorded by daughter")."""

    account_id: PydanticObjectId
    relation: str
    kinship: str | None = None
    channel: str


class ReadingDocument(ResidentOwned):
    """One reading. Numbers are plain so that MongoDB can compute trends; words are sealed."""

    kind: Kind
    at: datetime
    offset: int
    """Minutes east of UTC where it was taken."""
    wall: datetime
    """The clock on the wall at ``at``, as if it were UTC: days, mornings and evenings."""
    end: datetime | None = None
    values: dict[str, float]
    entered: dict[str, tuple[float, str]]
    meal: Meal | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    note: bytes | None = None
    words: list[bytes] | None = None
    """Search tokens of the note; None where there is none."""
    raw: bytes | None = None
    """The FHIR resource it came as, sealed; export gives it back."""
    source: StoredSource
    recorded_by: Recorder
    state: State = State.LIVE
    duplicate_of: PydanticObjectId | None = None
    fingerprint: bytes
    version: int = 1
    created_at: datetime
    updated_at: datetime

    class Settings:
        name = "readings"
        indexes: ClassVar = [
            unique(
                "one_reading_per_source_id",
                ("resident_id", ASC),
                ("source.system", ASC),
                ("source.id", ASC),
                partialFilterExpression={"source.id": {"$type": "string"}},
            ),
            unique(
                "one_live_reading_per_fingerprint",
                ("resident_id", ASC),
                ("fingerprint", ASC),
                partialFilterExpression={"state": "live"},
            ),
            index(
                "readings_by_word",
                ("resident_id", ASC),
                ("words", ASC),
                partialFilterExpression={"note": {"$type": "binData"}},
            ),
            index(
                "readings_by_kind_and_time",
                ("resident_id", ASC),
                ("kind", ASC),
                ("state", ASC),
                ("at", DESC),
                ("_id", DESC),
            ),
            # The assistant asks what changed since it last looked.
            index(
                "readings_by_change",
                ("resident_id", ASC),
                ("updated_at", ASC),
                ("version", ASC),
            ),
            index(
                "readings_by_time",
                ("resident_id", ASC),
                ("state", ASC),
                ("at", DESC),
                ("_id", DESC),
            ),
        ]


class AlertDocument(ResidentOwned):
    """What a reading, a row of readings or a weekly mean gave reason to say."""

    kind: Kind
    rule: str
    direction: str
    trouble: str
    """``kind:rule:direction``: what repeats joins the open alert of its trouble."""
    level: int
    text: bytes
    """Sealed JSON: reason, what to do and the limit's source, each in zh and en."""
    readings: list[str]
    """Reading ids; for a trend the keys of its runs."""
    first_at: datetime
    last_at: datetime
    spoke_at: datetime
    created_at: datetime
    updated_at: datetime
    version: int = 1
    open: bool = True
    acknowledged_at: datetime | None = None
    acknowledged_by: PydanticObjectId | None = None
    snoozed_until: datetime | None = None
    closed_reason: str | None = None

    class Settings:
        name = "alerts"
        indexes: ClassVar = [
            unique(
                "one_open_alert_per_trouble",
                ("resident_id", ASC),
                ("trouble", ASC),
                partialFilterExpression={"open": True},
            ),
            index(
                "alerts_by_time",
                ("resident_id", ASC),
                ("open", ASC),
                ("last_at", DESC),
                ("_id", DESC),
            ),
        ]


class OverrideDocument(ResidentOwned):
    """A limit that a doctor set for one person. ``words`` seals who set it and the note."""

    kind: Kind
    component: str
    meal: Meal | None = None
    low: float | None = None
    high: float | None = None
    valid_from: datetime
    valid_until: datetime | None = None
    set_by: PydanticObjectId
    set_at: datetime
    words: bytes
    ended_at: datetime | None = None

    class Settings:
        name = "threshold_overrides"
        indexes: ClassVar = [
            index("overrides_by_resident", ("resident_id", ASC), ("ended_at", ASC))
        ]


class MeterState(StrEnum):
    UNBOUND = "unbound"
    BOUND = "bound"
    REVOKED = "revoked"
    SUSPECT = "suspect"  # two machines spoke with one key: a clone is about


class TakenUpload(BaseModel):
    """An upload whose counter was taken. ``body`` is a keyed hash; ``answer`` is None until
    its readings are stored."""

    counter: int
    body: bytes
    resident_id: PydanticObjectId
    received_at: datetime
    answer: list[dict[str, Any]] | None = None


class MeterDocument(Stored):
    """A meter with its own 4G card. ``key`` is sealed and bound to the meter's own id."""

    serial: str
    model: str
    key: bytes
    claim_hash: bytes
    """Keyed hash of the code printed on the device, scanned to bind it."""
    generation: int = 1
    """Counts the keys: with a new one the meter's counter starts again."""
    state: MeterState = MeterState.UNBOUND
    resident_id: PydanticObjectId | None = None
    bound_by: Recorder | None = None
    bound_at: datetime | None = None
    counter: int = 0
    uploads: list[TakenUpload] = Field(default_factory=list)
    """The last few, so that one sent again gets its first answer."""
    registered_by: PydanticObjectId
    registered_at: datetime
    last_seen_at: datetime | None = None
    suspected_at: datetime | None = None
    revoked_at: datetime | None = None

    class Settings:
        name = "meters"
        indexes: ClassVar = [
            unique("one_meter_per_serial", ("serial", ASC)),
            index("meters_by_resident", ("resident_id", ASC), ("bound_at", ASC)),
            index("meters_by_state", ("state", ASC), ("registered_at", DESC), ("_id", DESC)),
        ]


class ClaimAttempts(AttemptCount):
    """How often somebody tried to bind a meter; ``key`` is a blind index of account or serial."""

    class Settings:
        name = "meter_claim_attempts"
        indexes: ClassVar = [
            unique("one_claim_count_per_key", ("key", ASC)),
            expiring("meter_claim_attempts_expire"),
        ]


DOCUMENTS = (ReadingDocument, AlertDocument, OverrideDocument, MeterDocument, ClaimAttempts)
