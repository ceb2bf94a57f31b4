"""How plans of a doctor's panel go."""

from __future__ import annotations

from datetime import date

import strawberry

from backend.care.plans import standings
from backend.care.plans.duties import DutyKind
from backend.care.plans.judging import Standing
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.plans.types import HealthPlan, plan_of

enum(Standing, name="CarePlanStanding")


@strawberry.type(description="A check or a visit that was due before today.")
class CarePlanOverdue:
    kind: DutyKind
    title: str
    due: date


@strawberry.type(description="A running plan of somebody of the panel, and how it goes.")
class WatchedPlan:
    plan: HealthPlan
    standing: Standing | None = strawberry.field(
        description="Of the last week that was looked at; UNKNOWN where nothing tells, null where "
        "it rests on what is not granted."
    )
    week: date | None = strawberry.field(description="The Monday of that week.")
    overdue: list[CarePlanOverdue] = strawberry.field(description="Checks with reports granted.")


@strawberry.type(description="Running plans of one pathway over a panel, by how they went.")
class PanelControl:
    pathway: str
    title: str
    on_track: int
    behind: int
    worse: int
    unknown: int
    rate: float | None = strawberry.field(
        description="The share on track of those of which something is known, 0 to 1."
    )


def watched_plan(found: standings.PlanStanding, info: Info) -> WatchedPlan:
    language = info.context.language
    return WatchedPlan(
        plan=plan_of(found.plan, info),
        standing=found.standing,
        week=found.week,
        overdue=[
            CarePlanOverdue(kind=each.kind, title=each.title.get(language), due=each.due)
            for each in found.late
        ],
    )


def control_of(row: standings.Control, language: str) -> PanelControl:
    return PanelControl(
        pathway=row.pathway,
        title=row.title.get(language),
        on_track=row.on_track,
        behind=row.behind,
        worse=row.worse,
        unknown=row.unknown,
        rate=row.rate,
    )
