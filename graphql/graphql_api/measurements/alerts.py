"""Alert types and personal limits."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from bson import ObjectId

from backend.measurements import alert as domain
from backend.measurements.draft import Kind, Meal
from backend.measurements.judge import Rule
from backend.measurements.thresholds import Direction, Level, Override
from graphql_api.common.context import Info
from graphql_api.common.scalars import Node, global_id


@strawberry.type(description="Something a reading, or a run of them, gave reason to say.")
class Alert(Node):
    kind: Kind
    rule: Rule
    level: Level
    direction: Direction
    reason: str
    what_to_do: str
    source: str
    times: int
    first_at: datetime
    at: datetime
    open: bool
    acknowledged_at: datetime | None
    snoozed_until: datetime | None


@strawberry.type(description="A limit that the doctor set for this person.")
class PersonalLimit(Node):
    kind: Kind
    component: str
    meal: Meal | None
    low: float | None
    high: float | None
    valid_from: date
    valid_until: date | None
    set_by: str
    note: str | None


def alert_of(alert: domain.Alert, info: Info) -> Alert:
    language = info.context.language
    return Alert(
        id=global_id("Alert", alert.resident_id, alert.id),
        kind=alert.kind,
        rule=alert.rule,
        level=alert.level,
        direction=alert.direction,
        reason=alert.reason.get(language),
        what_to_do=alert.what_to_do.get(language),
        source=alert.source.get(language),
        times=alert.times,
        first_at=alert.first_at,
        at=alert.at,
        open=alert.open and alert.acknowledged_at is None,
        acknowledged_at=alert.acknowledged_at,
        snoozed_until=alert.snoozed_until,
    )


def limit_of(resident_id: ObjectId, limit_id: ObjectId, limit: Override) -> PersonalLimit:
    return PersonalLimit(
        id=global_id("PersonalLimit", resident_id, limit_id),
        kind=limit.kind,
        component=limit.component,
        meal=limit.meal,
        low=limit.low,
        high=limit.high,
        valid_from=limit.valid_from,
        valid_until=limit.valid_until,
        set_by=limit.set_by,
        note=limit.note,
    )
