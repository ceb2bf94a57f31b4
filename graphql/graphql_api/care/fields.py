"""Tickets under the resident, and the doctor's worklist."""

from __future__ import annotations

import strawberry
from bson import ObjectId

from backend.access.errors import AccessDenied
from backend.care.turns import Turn
from backend.identity.viewer import Role
from graphql_api.care.types import Ticket, ticket_of
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor

_PAGE = 20


@strawberry.type
class ResidentCare:
    """Inherited by ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(
        description="Questions to the doctor, newest first: one's own, and with chat granted all."
    )
    async def tickets(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[Ticket] | None:
        context = info.context
        page = await context.services.care.tickets.page(
            context.viewer, self.key, first=first, after=cursor(after)
        )
        return connection(page, lambda each: ticket_of(each, info))


@strawberry.type
class CareQuery:
    @strawberry.field(
        description="What waits for the doctor: emergencies, then the soonest due first."
    )
    async def worklist_page(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[Ticket]:
        context = info.context
        if not context.viewer.has(Role.FAMILY_DOCTOR):
            raise AccessDenied(action="view")
        page = await context.services.care.desk.worklist_page(
            context.viewer, first=first, after=Turn.decode(after) if after else None
        )
        return connection(page, lambda each: ticket_of(each, info))

    @strawberry.field(
        description="What waits for the doctor; the soonest due first.",
        deprecation_reason="Use worklistPage; stays until 2027-05-22.",
    )
    async def worklist(self, info: Info, first: int = _PAGE) -> list[Ticket]:
        context = info.context
        if not context.viewer.has(Role.FAMILY_DOCTOR):
            raise AccessDenied(action="view")
        found = await context.services.care.desk.worklist(context.viewer, first=first)
        return [ticket_of(each, info) for each in found]


async def ticket(info: Info, resident_id: ObjectId, ticket_id: ObjectId) -> Ticket:
    context = info.context
    found = await context.services.care.tickets.get(context.viewer, resident_id, ticket_id)
    return ticket_of(found, info)
