"""A stored reading as the rest of the program sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from bson import ObjectId

from backend.core import words
from backend.core.clock import offset_minutes
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.measurements.draft import Kind, Meal, Quantity, Source
from backend.measurements.normalise import Normal


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedBy:
    account_id: ObjectId
    relation: str
    kinship: str | None
    channel: str

    def to_raw(self) -> Raw:
        return {
            "account_id": self.account_id,
            "relation": self.relation,
            "kinship": self.kinship,
            "channel": self.channel,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Canonical ``values`` by component; ``at`` carries the reading's own offset."""

    id: ObjectId
    resident_id: ObjectId
    kind: Kind
    at: datetime
    end: datetime | None
    values: dict[str, float]
    entered: dict[str, Quantity]
    meal: Meal | None
    attributes: dict[str, str]
    note: str | None
    source: Source
    recorded_by: RecordedBy
    state: str
    duplicate_of: ObjectId | None
    version: int
    updated_at: datetime


def place(reading_id: ObjectId, field: str) -> str:
    """Where a sealed field of a reading belongs."""
    return f"readings:{reading_id}:{field}"


def to_raw(
    normal: Normal,
    *,
    resident_id: ObjectId,
    recorded_by: Raw,
    key: OwnerKey,
    now: datetime,
    mark: bytes,
    fhir: bytes | None = None,
) -> Raw:
    """The document to store, made by hand: a batch of 500 would pay for models."""
    reading_id = ObjectId()
    return {
        "_id": reading_id,
        "resident_id": resident_id,
        **content(normal, reading_id, key, mark),
        "raw": key.seal(fhir, place(reading_id, "raw")) if fhir else None,
        "source": {
            "system": normal.source.system,
            "id": normal.source.id,
            "device": normal.source.device,
        },
        "recorded_by": recorded_by,
        "state": "live",
        "duplicate_of": None,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }


def as_normal(reading: Reading) -> Normal:
    """The reading as it was before it was stored, to be looked at once more."""
    return Normal(
        kind=reading.kind,
        at=reading.at.astimezone(UTC),
        offset_minutes=offset_minutes(reading.at),
        end=None if reading.end is None else reading.end.astimezone(UTC),
        values=reading.values,
        entered=reading.entered,
        meal=reading.meal,
        note=reading.note,
        source=reading.source,
        attributes=reading.attributes,
    )


def content(normal: Normal, reading_id: ObjectId, key: OwnerKey, mark: bytes) -> Raw:
    """The part of the document that a correction replaces."""
    return {
        "kind": normal.kind.value,
        "at": normal.at,
        "offset": normal.offset_minutes,
        "wall": normal.at + timedelta(minutes=normal.offset_minutes),
        "end": normal.end,
        "values": dict(normal.values),
        "entered": {name: [each.value, each.unit] for name, each in normal.entered.items()},
        "meal": normal.meal.value if normal.meal else None,
        "attributes": dict(normal.attributes),
        **_noted(normal.note, reading_id, key),
        "fingerprint": mark,
    }


def _noted(note: str | None, reading_id: ObjectId, key: OwnerKey) -> Raw:
    if note is None:
        return {"note": None, "words": None}
    return {
        "note": key.seal(note.encode(), place(reading_id, "note")),
        "words": [key.token(token) for token in sorted(words.tokens(note))],
    }


def from_raw(raw: Raw, key: OwnerKey | None) -> Reading:
    """A stored document as ``Reading``; without a key the note stays closed (None)."""
    zone = timezone(timedelta(minutes=raw["offset"]))
    end = raw["end"]
    sealed = raw.get("note")
    by = raw["recorded_by"]
    return Reading(
        id=raw["_id"],
        resident_id=raw["resident_id"],
        kind=Kind(raw["kind"]),
        at=raw["at"].astimezone(zone),
        end=end.astimezone(zone) if end else None,
        values=raw["values"],
        entered={name: Quantity(*pair) for name, pair in raw["entered"].items()},
        meal=Meal(raw["meal"]) if raw["meal"] else None,
        attributes=raw["attributes"],
        note=key.open(sealed, place(raw["_id"], "note")).decode() if sealed and key else None,
        source=Source(**raw["source"]),
        recorded_by=RecordedBy(**by),
        state=raw["state"],
        duplicate_of=raw["duplicate_of"],
        version=raw["version"],
        updated_at=raw["updated_at"],
    )
