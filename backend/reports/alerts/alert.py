"""An alert of a report as the rest of the program sees it, and its way through the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.measurements.thresholds import Level, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultOutside:
    """One result, as on the paper. ``entry_id``: its Observation in the archive."""

    part: str
    entry_id: ObjectId
    name: str
    text: str
    unit: str | None
    reference: str | None
    flag: str | None
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultAlert:
    """``id`` is the report's. ``at``: when the specimen was taken, else the paper's own date,
    else the confirmation."""

    id: ObjectId
    resident_id: ObjectId
    level: Level
    reason: Text
    what_to_do: Text
    source: Text
    results: tuple[ResultOutside, ...]
    at: datetime
    raised_at: datetime
    open: bool
    acknowledged_at: datetime | None
    acknowledged_by: ObjectId | None
    version: int


def said_of(alert: dict[str, Any]) -> dict[str, Any]:
    """What an alert says, as it is sealed: two that say the same are the same."""
    return {
        "reason": alert["reason"]._asdict(),
        "what_to_do": alert["what_to_do"]._asdict(),
        "source": alert["source"]._asdict(),
        "results": [_result_raw(each) for each in alert["results"]],
    }


def seal(said: dict[str, Any], report_id: ObjectId, key: OwnerKey) -> bytes:
    return key.seal_json(said, _place(report_id))


def opened(raw: Raw, key: OwnerKey) -> dict[str, Any]:
    said: dict[str, Any] = key.open_json(raw["said"], _place(raw["_id"]))
    return said


def from_raw(raw: Raw, key: OwnerKey) -> ResultAlert:
    said = opened(raw, key)
    return ResultAlert(
        id=raw["_id"],
        resident_id=raw["resident_id"],
        level=Level(raw["level"]),
        reason=Text(**said["reason"]),
        what_to_do=Text(**said["what_to_do"]),
        source=Text(**said["source"]),
        results=tuple(_result(each) for each in said["results"]),
        at=raw["last_at"],
        raised_at=raw["raised_at"],
        open=raw["open"],
        acknowledged_at=raw["acknowledged_at"],
        acknowledged_by=raw["acknowledged_by"],
        version=raw["version"],
    )


def _place(report_id: ObjectId) -> str:
    return f"report_alerts:{report_id}:said"


def _result_raw(each: ResultOutside) -> Raw:
    return {
        "part": each.part,
        "entry_id": str(each.entry_id),
        "name": each.name,
        "text": each.text,
        "unit": each.unit,
        "reference": each.reference,
        "flag": each.flag,
        "level": int(each.level),
    }


def _result(raw: Raw) -> ResultOutside:
    return ResultOutside(
        **{**raw, "entry_id": ObjectId(raw["entry_id"]), "level": Level(raw["level"])}
    )
