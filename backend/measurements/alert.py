"""An alert as the rest of the program sees it, and its way into and out of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.measurements.alert_rules import Judged, OpenAlert
from backend.measurements.draft import Kind
from backend.measurements.judge import Finding, Rule
from backend.measurements.thresholds import Direction, Level, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """``at`` is its latest reading's time. Texts are plain words for the resident."""

    id: ObjectId
    resident_id: ObjectId
    kind: Kind
    rule: Rule
    direction: Direction
    level: Level
    reason: Text
    what_to_do: Text
    source: Text
    times: int
    readings: tuple[str, ...]
    first_at: datetime
    at: datetime
    open: bool
    acknowledged_at: datetime | None
    acknowledged_by: ObjectId | None
    snoozed_until: datetime | None
    version: int


def trouble(judged: Judged) -> str:
    """What must be the same for two findings to be one alert."""
    judgement = judged.judgement
    return f"{judgement.kind}:{judgement.rule}:{judgement.direction}"


def sealed_text(finding: Finding, alert_id: ObjectId, key: OwnerKey) -> bytes:
    texts = {
        "reason": finding.reason._asdict(),
        "what_to_do": finding.what_to_do._asdict(),
        "source": finding.source._asdict(),
    }
    return key.seal_json(texts, f"alerts:{alert_id}:text")


def new_raw(
    judged: Judged, finding: Finding, resident_id: ObjectId, key: OwnerKey, now: datetime
) -> Raw:
    alert_id = ObjectId()
    return {
        "_id": alert_id,
        "resident_id": resident_id,
        "kind": judged.judgement.kind.value,
        "rule": judged.judgement.rule.value,
        "direction": finding.direction.value,
        "trouble": trouble(judged),
        "level": int(finding.level),
        "text": sealed_text(finding, alert_id, key),
        "readings": [judged.reading],
        "first_at": judged.at,
        "last_at": judged.at,
        "spoke_at": now,
        "created_at": now,
        "updated_at": now,
        "version": 1,
        "open": True,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "snoozed_until": None,
        "closed_reason": None,
    }


def from_raw(raw: Raw, key: OwnerKey) -> Alert:
    texts = key.open_json(raw["text"], f"alerts:{raw['_id']}:text")
    return Alert(
        id=raw["_id"],
        resident_id=raw["resident_id"],
        kind=Kind(raw["kind"]),
        rule=Rule(raw["rule"]),
        direction=Direction(raw["direction"]),
        level=Level(raw["level"]),
        reason=Text(**texts["reason"]),
        what_to_do=Text(**texts["what_to_do"]),
        source=Text(**texts["source"]),
        times=len(raw["readings"]),
        readings=tuple(raw["readings"]),
        first_at=raw["first_at"],
        at=raw["last_at"],
        open=raw["open"],
        acknowledged_at=raw["acknowledged_at"],
        acknowledged_by=raw["acknowledged_by"],
        snoozed_until=raw["snoozed_until"],
        version=raw["version"],
    )


def for_rules(raw: Raw) -> OpenAlert:
    """As far as ``should_alert`` needs it."""
    return OpenAlert(
        id=str(raw["_id"]),
        kind=Kind(raw["kind"]),
        rule=Rule(raw["rule"]),
        direction=Direction(raw["direction"]),
        level=Level(raw["level"]),
        first_at=raw["first_at"],
        last_at=raw["last_at"],
        spoke_at=raw["spoke_at"],
        readings=frozenset(raw["readings"]),
        acknowledged_at=raw["acknowledged_at"],
    )
