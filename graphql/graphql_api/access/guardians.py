"""Guardians of adults who cannot manage: asked for, and confirmed by a second person."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access.relations import Kinship
from graphql_api.access.circle_types import (
    CircleLinkPayload,
    GuardianshipRequest,
    link_of,
    request_of,
)
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor


@strawberry.type
class ResidentGuardians:
    """A field of ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="Who asks to become a guardian; also for the family doctor.")
    async def guardianship_requests(self, info: Info) -> list[GuardianshipRequest] | None:
        context = info.context
        found = await context.services.circle.guardians.of_resident(context.viewer, self.key)
        return [request_of(each) for each in found]


@strawberry.type
class GuardianQuery:
    @strawberry.field(description="Operators: guardianships that wait for a second person.")
    async def waiting_guardianships(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[GuardianshipRequest]:
        context = info.context
        page = await context.services.circle.guardians.waiting(
            context.viewer, first=first, after=cursor(after)
        )
        return connection(page, request_of)


@strawberry.input(description="For an adult who cannot manage; a second person confirms it.")
class AskForGuardianshipInput:
    resident_id: strawberry.ID
    idempotency_key: str
    reason: str
    valid_until: datetime | None = None
    document_id: strawberry.ID | None = None
    kinship: Kinship | None = None


@strawberry.type
class AskForGuardianshipPayload:
    id: strawberry.ID
    answer_until: datetime


@strawberry.input
class GuardianshipInput:
    id: strawberry.ID


@strawberry.type
class RefuseGuardianshipPayload:
    id: strawberry.ID


@strawberry.type
class GuardianMutation:
    @strawberry.mutation(description="By somebody in the circle, or a guardian before it ends.")
    async def ask_for_guardianship(
        self, info: Info, input: AskForGuardianshipInput
    ) -> AskForGuardianshipPayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        document = None
        if input.document_id is not None:
            owner, document = ids.decode(input.document_id, "Entry")
            if owner != resident_id:
                raise ids.IdInvalid
        made = await context.services.circle.guardians.ask(
            context.viewer,
            resident_id,
            reason=input.reason,
            valid_until=input.valid_until,
            document_id=document,
            kinship=input.kinship,
            idempotency_key=input.idempotency_key,
        )
        return AskForGuardianshipPayload(
            id=strawberry.ID(ids.encode("GuardianshipRequest", made.resident_id, made.id)),
            answer_until=made.answer_until,
        )

    @strawberry.mutation(description="By an operator or the resident's doctor.")
    async def confirm_guardianship(self, info: Info, input: GuardianshipInput) -> CircleLinkPayload:
        context = info.context
        where = ids.decode(input.id, "GuardianshipRequest")
        relation = await context.services.circle.guardians.confirm(context.viewer, *where)
        return CircleLinkPayload(link=link_of(relation, None, info))

    @strawberry.mutation(description="By who may confirm, the resident, or who asked.")
    async def refuse_guardianship(
        self, info: Info, input: GuardianshipInput
    ) -> RefuseGuardianshipPayload:
        context = info.context
        where = ids.decode(input.id, "GuardianshipRequest")
        await context.services.circle.guardians.refuse(context.viewer, *where)
        return RefuseGuardianshipPayload(id=input.id)
