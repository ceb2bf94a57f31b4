"""A meter as the rest of the program sees it, and what happens to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.database import Raw
from backend.core.errors import CATALOGUE, KangbanError
from backend.core.outbox import Event
from backend.measurements.documents import MeterState
from backend.measurements.reading import RecordedBy


class MeterSuspected(Event):
    """Two machines spoke with one key."""

    name: ClassVar[str] = "meter_suspected"
    meter_id: PydanticObjectId


@dataclass(frozen=True, slots=True)
class MeterRefusal:
    """A reading that the meter sent and that was not taken. ``position`` counts from 1."""

    received_at: datetime
    position: int
    error: KangbanError


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """``resident_id``, ``bound_by`` and ``bound_at`` are None where nobody has it."""

    id: ObjectId
    serial: str
    model: str
    state: MeterState
    resident_id: ObjectId | None
    bound_by: RecordedBy | None
    bound_at: datetime | None
    last_seen_at: datetime | None
    suspected_at: datetime | None
    revoked_at: datetime | None
    registered_at: datetime
    refusals: tuple[MeterRefusal, ...]

    @property
    def at(self) -> datetime:
        """Its place in the operators' list."""
        return self.registered_at


@dataclass(frozen=True, slots=True, repr=False)
class RegisteredMeter:
    """For the label: ``scanned`` is the text of its QR code."""

    id: ObjectId
    serial: str
    claim_code: str
    scanned: str


def from_raw(raw: Raw) -> Meter:
    by = raw["bound_by"]
    return Meter(
        id=raw["_id"],
        serial=raw["serial"],
        model=raw["model"],
        state=MeterState(raw["state"]),
        resident_id=raw["resident_id"],
        bound_by=RecordedBy(**by) if by else None,
        bound_at=raw["bound_at"],
        last_seen_at=raw["last_seen_at"],
        suspected_at=raw["suspected_at"],
        revoked_at=raw["revoked_at"],
        registered_at=raw["registered_at"],
        refusals=tuple(_refusals(raw)),
    )


def _refusals(raw: Raw) -> Iterator[MeterRefusal]:
    for upload in reversed(raw["uploads"]):
        if upload["resident_id"] != raw["resident_id"]:
            continue
        for item in upload["answer"] or ():
            if item["code"]:
                error = CATALOGUE[item["code"]](**item["data"])
                yield MeterRefusal(upload["received_at"], item["position"] + 1, error)
