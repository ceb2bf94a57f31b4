"""Emergency access to a record: taking it, who took it, and its review."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.access.contract.documents import Verdict
from backend.identity.operators import require_operator
from graphql_api.access.contract_types import EmergencyAccess, emergency_of
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.common.scalars import global_id


@strawberry.type
class ResidentEmergencies:
    """A field of ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="Who took emergency access and why, newest first.")
    async def emergency_accesses(self, info: Info) -> list[EmergencyAccess] | None:
        context = info.context
        found = await context.services.family_doctors.emergencies.of_resident(
            context.viewer, self.key
        )
        return [emergency_of(each) for each in found]


@strawberry.type
class EmergencyQuery:
    @strawberry.field(description="Operators: emergency accesses that nobody reviewed yet.")
    async def emergencies_to_review(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[EmergencyAccess]:
        context = info.context
        page = await context.services.family_doctors.emergencies.to_review(
            context.viewer, first=first, after=cursor(after)
        )
        return connection(page, emergency_of)


@strawberry.input(description="The reason is shown to the resident, at once.")
class BreakGlassInput:
    resident_id: strawberry.ID
    idempotency_key: str
    reason: str


@strawberry.type
class BreakGlassPayload:
    id: strawberry.ID
    until: datetime
    categories: list[Category]


@strawberry.input
class ReviewEmergencyInput:
    id: strawberry.ID
    verdict: Verdict
    reason: str


@strawberry.type
class ReviewEmergencyPayload:
    id: strawberry.ID
    verdict: Verdict
    reviewed_at: datetime


@strawberry.type
class EmergencyMutation:
    @strawberry.mutation(description="By a doctor, in an emergency: look for an hour.")
    async def break_glass(self, info: Info, input: BreakGlassInput) -> BreakGlassPayload:
        context = info.context
        emergency = await context.services.family_doctors.emergencies.break_glass(
            context.viewer,
            ids.resident_id(input.resident_id),
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return BreakGlassPayload(
            id=global_id("EmergencyAccess", emergency.resident_id, emergency.id),
            until=emergency.until,
            categories=sorted(emergency.categories),
        )

    @strawberry.mutation(description="Operators: was it justified?")
    async def review_emergency(
        self, info: Info, input: ReviewEmergencyInput
    ) -> ReviewEmergencyPayload:
        context = info.context
        require_operator(context.viewer)
        emergency = await context.services.family_doctors.emergencies.review(
            context.viewer, *ids.decode(input.id, "EmergencyAccess"), input.verdict, input.reason
        )
        assert emergency.reviewed_at is not None
        return ReviewEmergencyPayload(
            id=input.id, verdict=input.verdict, reviewed_at=emergency.reviewed_at
        )
