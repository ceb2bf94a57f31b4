"""Questions to the doctor, live."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from functools import partial

import strawberry

from backend.access.errors import AccessDenied
from backend.care.errors import TicketNotFound
from graphql_api.care.types import Ticket, ticket_of
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.listening import check, heard


@strawberry.type
class TicketSubscription:
    @strawberry.subscription(
        description="Questions to the doctor as they are asked, claimed, answered or asked back: "
        "those that ``tickets`` shows."
    )
    async def ticket_changed(
        self, info: Info, resident_id: strawberry.ID
    ) -> AsyncGenerator[Ticket, None]:
        context = info.context
        subject = ids.resident_id(resident_id)
        tickets = context.services.care.tickets
        right = partial(tickets.check_hears, context.viewer, subject)
        async with heard(info, "care_tickets", subject, right) as feed:
            async for raw in feed:
                await check(info, subject, right)
                with contextlib.suppress(TicketNotFound, AccessDenied):  # of others' questions
                    found = await tickets.get(context.viewer, subject, raw["_id"])
                    yield ticket_of(found, info)
