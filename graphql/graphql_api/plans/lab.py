"""Targets of laboratory items: the doctor's, and the pathway's with the newest result."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.care.plans.lab import LabItem, LabTarget, lab_items
from backend.care.plans.lab_standings import LabStanding
from backend.care.plans.plan import Plan
from backend.core.clock import SHANGHAI
from graphql_api.common.context import Info
from graphql_api.common.scalars import global_id


@strawberry.type(description="What a doctor can set a target for, and between which values.")
class CarePlanLabItem:
    key: str
    name: str
    unit: str
    least: float
    most: float


@strawberry.type(
    description="From `low` on, below `high`, in `unit`; `item` is the key of a CarePlanLabItem."
)
class CarePlanLabTarget:
    item: str
    name: str
    low: float | None
    high: float | None
    unit: str
    set_by: str | None = strawberry.field(
        description="The doctor; null where it is the pathway's own target."
    )
    set_at: datetime | None
    source: str | None = strawberry.field(description="Of the pathway's target.")


@strawberry.type(description="A laboratory result in the unit of its target.")
class CarePlanLabResult:
    value: float
    at: datetime
    entry_id: strawberry.ID


@strawberry.type(description="`latest` and `inTarget` are null without a result, or reports.")
class CarePlanLabProgress:
    target: CarePlanLabTarget
    latest: CarePlanLabResult | None
    in_target: bool | None


def items_of(info: Info) -> list[CarePlanLabItem]:
    language = info.context.language
    return [
        CarePlanLabItem(
            key=each.key,
            name=each.get(language),
            unit=each.unit,
            least=each.least,
            most=each.most,
        )
        for each in lab_items().values()
    ]


def own_targets(plan: Plan, language: str) -> list[CarePlanLabTarget]:
    return [
        _target(lab_items()[each.item], (each.low, each.high), each, None, language)
        for each in plan.lab
    ]


def lab_progress(found: LabStanding, plan: Plan, language: str) -> CarePlanLabProgress:
    ends = (found.low, found.high)
    latest = found.latest
    return CarePlanLabProgress(
        target=_target(found.item, ends, found.own, found.source, language),
        latest=None
        if latest is None
        else CarePlanLabResult(
            value=float(f"{latest.value:.4g}"),
            at=latest.at.astimezone(SHANGHAI),
            entry_id=global_id("Entry", plan.resident_id, latest.entry_id),
        ),
        in_target=found.in_target,
    )


def _target(
    item: LabItem,
    ends: tuple[float | None, float | None],
    own: LabTarget | None,
    source: str | None,
    language: str,
) -> CarePlanLabTarget:
    return CarePlanLabTarget(
        item=item.key,
        name=item.get(language),
        low=ends[0],
        high=ends[1],
        unit=item.unit,
        set_by=own.set_by if own else None,
        set_at=own.set_at.astimezone(SHANGHAI) if own else None,
        source=source,
    )
