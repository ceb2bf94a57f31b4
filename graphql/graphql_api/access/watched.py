"""Whom the viewer looks after: a caregiver's people, a doctor's panel."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.care import watch
from backend.care.panel import PanelFilter
from backend.measurements.thresholds import Level
from graphql_api.access.circle_types import CircleLink, link_of
from graphql_api.archive.resident import Resident, resident_of
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.measurements.alerts import Alert, alert_of
from graphql_api.plans.standings import PanelControl, WatchedPlan, control_of, watched_plan


@strawberry.type(description="How many alerts of a level nobody took care of yet.")
class OpenAlertCount:
    level: Level
    count: int


@strawberry.type(description="Somebody the viewer looks after. What is not granted is null.")
class WatchedPerson:
    resident: Resident
    link: CircleLink
    name: str | None = strawberry.field(description="Masked; the profile has it in full.")
    open_alerts: list[OpenAlertCount] | None = strawberry.field(description="Most urgent first.")
    newest_alert: Alert | None
    conditions: list[str] | None = strawberry.field(
        description="Conditions that limits depend on: hypertension, diabetes … Panel only."
    )
    plans: list[WatchedPlan] | None = strawberry.field(
        description="Running plans of granted categories, oldest first. Panel only."
    )


@strawberry.type
class WatchQuery:
    @strawberry.field(description="Everybody the viewer cares for, with what is open there.")
    async def people(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[WatchedPerson]:
        context = info.context
        page = await context.services.watch.people(context.viewer, first=first, after=cursor(after))
        return connection(page, lambda each: watched_of(each, info))

    @strawberry.field(
        description="A doctor's residents, by contract, with what is open there. Where filters "
        "are given, those whom all of them fit. Overdue: home readings of a condition. "
        "Contact: an answer or a record by the doctor or their team, or a visit."
    )
    async def panel(
        self,
        info: Info,
        with_open_alerts: bool = False,
        with_overdue_readings: bool = False,
        no_contact_since: datetime | None = None,
        condition: str | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[WatchedPerson]:
        context = info.context
        wanted = PanelFilter(
            open_alerts=with_open_alerts,
            overdue_readings=with_overdue_readings,
            no_contact_since=no_contact_since,
            condition=condition,
        )
        page = await context.services.watch.panel(
            context.viewer, first=first, after=cursor(after), wanted=wanted
        )
        return connection(page, lambda each: watched_of(each, info))

    @strawberry.field(description="How the plans of a doctor's residents went last week.")
    async def panel_control(self, info: Info) -> list[PanelControl]:
        context = info.context
        found = await context.services.watch.control(context.viewer)
        return [control_of(each, context.language) for each in found]


def watched_of(person: watch.Watched, info: Info) -> WatchedPerson:
    alerts = person.alerts
    newest = None if alerts is None else alerts.newest
    return WatchedPerson(
        resident=resident_of(person.relation.resident_id),
        link=link_of(person.relation, None, info),
        name=person.name,
        open_alerts=(
            None
            if alerts is None
            else [OpenAlertCount(level=level, count=count) for level, count in alerts.levels]
        ),
        newest_alert=None if newest is None else alert_of(newest, info),
        conditions=None if person.conditions is None else sorted(person.conditions),
        plans=None if person.plans is None else [watched_plan(each, info) for each in person.plans],
    )
