"""Home readings: a measuring day, an exercise day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bson import ObjectId

from backend.core.database import Raw, Session
from backend.measurements.documents import ReadingDocument, State
from backend.measurements.draft import Kind
from rewards.limits import limits
from rewards.rules.rule import Evidence, EvidenceKind

_NEEDED = {"kind": 1, "wall": 1, "offset": 1, "created_at": 1, "values.duration": 1}
_NO_MEASURING = frozenset({Kind.EXERCISE, Kind.STEPS, Kind.SLEEP, Kind.SYMPTOM, Kind.MOOD})


class ReadingEvidence:
    """A second device's duplicate of a reading is no evidence; a withdrawn one neither."""

    kinds = frozenset({EvidenceKind.MEASURING, EvidenceKind.EXERCISE})

    async def read(
        self, session: Session | None, resident_id: ObjectId, ids: Sequence[ObjectId]
    ) -> list[Evidence]:
        query = {"resident_id": resident_id, "_id": {"$in": list(ids)}, "state": State.LIVE.value}
        found = ReadingDocument.get_pymongo_collection().find(query, _NEEDED, session=session)
        made = [_evidence(raw) async for raw in found]
        return [each for each in made if each is not None]


def _evidence(raw: Raw) -> Evidence | None:
    kind = Kind(raw["kind"])
    if kind is Kind.EXERCISE:
        if raw["values"].get("duration", 0) < limits()["exercise"]["least_minutes"]:
            return None
        return _of(raw, EvidenceKind.EXERCISE, kind)
    if kind in _NO_MEASURING:
        return None
    return _of(raw, EvidenceKind.MEASURING, kind)


def _of(raw: Raw, kind: EvidenceKind, reading: Kind) -> Evidence:
    day = raw["wall"].date()
    # By the server's clock when it came, on the calendar of the place where it was taken.
    came = (raw["created_at"] + timedelta(minutes=raw["offset"])).date()
    return Evidence(
        kind=kind, ref=str(raw["_id"]), day=day, subject=reading.value, late=(came - day).days
    )
