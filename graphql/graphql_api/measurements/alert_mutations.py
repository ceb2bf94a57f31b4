"""Mutations of alerts and of a person's own limits."""

from __future__ import annotations

from datetime import datetime

import strawberry

from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.measurements.alerts import Alert, PersonalLimit, alert_of, limit_of
from graphql_api.measurements.limit_input import LimitInput


@strawberry.input
class AcknowledgeAlertInput:
    id: strawberry.ID


@strawberry.input
class SnoozeAlertInput:
    id: strawberry.ID
    until: datetime


@strawberry.type
class AlertPayload:
    alert: Alert


@strawberry.input(description="A range for one person, in the component's canonical unit.")
class SetPersonalLimitInput(LimitInput):
    resident_id: strawberry.ID
    idempotency_key: str


@strawberry.type
class PersonalLimitPayload:
    limit: PersonalLimit


@strawberry.input
class EndPersonalLimitInput:
    id: strawberry.ID


@strawberry.type
class EndPersonalLimitPayload:
    id: strawberry.ID


@strawberry.type
class AlertMutation:
    @strawberry.mutation
    async def acknowledge_alert(self, info: Info, input: AcknowledgeAlertInput) -> AlertPayload:
        context = info.context
        alert = await context.services.alerts.acknowledge(
            context.viewer, *ids.decode(input.id, "Alert")
        )
        return AlertPayload(alert=alert_of(alert, info))

    @strawberry.mutation
    async def snooze_alert(self, info: Info, input: SnoozeAlertInput) -> AlertPayload:
        context = info.context
        alert = await context.services.alerts.snooze(
            context.viewer, *ids.decode(input.id, "Alert"), until=input.until
        )
        return AlertPayload(alert=alert_of(alert, info))

    @strawberry.mutation(description="Only the resident's doctor may.")
    async def set_personal_limit(
        self, info: Info, input: SetPersonalLimitInput
    ) -> PersonalLimitPayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        limit = input.to_domain()
        limit_id = await context.services.overrides.set(
            context.viewer, resident_id, limit, idempotency_key=input.idempotency_key
        )
        return PersonalLimitPayload(limit=limit_of(resident_id, limit_id, limit))

    @strawberry.mutation
    async def end_personal_limit(
        self, info: Info, input: EndPersonalLimitInput
    ) -> EndPersonalLimitPayload:
        context = info.context
        await context.services.overrides.end(context.viewer, *ids.decode(input.id, "PersonalLimit"))
        return EndPersonalLimitPayload(id=input.id)
