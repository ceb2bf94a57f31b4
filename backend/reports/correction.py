"""One change of a draft: by whom, when, of what, to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.measurements.reading import RecordedBy

HEADER = "header"
FIELDS = frozenset({"name", "text", "unit", "reference", "flag"})
HEADER_FIELDS = frozenset(
    {"facility", "department", "specimen", "sample_number", "collected_at", "reported_at"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """``target`` is an item's id, or ``HEADER``. ``changes`` holds only what changed; for an
    item also ``removed``, ``checked`` (right as read) and ``added`` (not found by reading)."""

    id: ObjectId
    target: str
    changes: dict[str, Any]
    by: RecordedBy
    at: datetime
    undone_at: datetime | None = None


def place(report_id: ObjectId, correction_id: ObjectId) -> str:
    """Where the sealed change belongs."""
    return f"reports:{report_id}:correction:{correction_id}"


def to_raw(correction: Correction, report_id: ObjectId, key: OwnerKey) -> Raw:
    body = {"target": correction.target, "changes": correction.changes}
    return {
        "id": correction.id,
        "body": key.seal_json(body, place(report_id, correction.id)),
        "by": correction.by.to_raw(),
        "at": correction.at,
        "undone_at": None,
        "undone_by": None,
    }


def from_raw(raw: Raw, report_id: ObjectId, key: OwnerKey) -> Correction:
    body = key.open_json(raw["body"], place(report_id, raw["id"]))
    return Correction(
        id=raw["id"],
        target=body["target"],
        changes=body["changes"],
        by=RecordedBy(**raw["by"]),
        at=raw["at"],
        undone_at=raw["undone_at"],
    )
