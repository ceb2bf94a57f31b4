"""Questions to the doctor, live."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from functools import partial

import strawberry
from bson import ObjectId

from backend.access.consent.errors import ConsentMissing
from backend.access.errors import AccessDenied
from backend.access.relations import RelationKind
from backend.care.errors import TicketNotFound
from backend.care.ticket import Seen
from backend.core.database import Raw
from graphql_api.care.types import Ticket, ticket_of
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.listening import check, heard, still_signed_in
from graphql_api.common.scalars import global_id


@strawberry.type(description="One question of the worklist, as it is now.")
class WorklistChange:
    ticket_id: strawberry.ID
    ticket: Ticket | None = strawberry.field(description="Null where it waits no more.")


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

    @strawberry.subscription(
        description="What comes to wait for the doctor, is claimed, given back or late, and what "
        "waits no more: questions that `worklistPage` shows or showed."
    )
    async def worklist_changed(self, info: Info) -> AsyncGenerator[WorklistChange, None]:
        context = info.context
        viewer, care = context.viewer, context.services.care
        care.hearing.check(viewer)
        wanted: dict[str, Raw] = {
            "care_tickets": {},
            "relations": {"kind": RelationKind.DOCTOR.value},
            "sessions": {"_id": viewer.session_id},
        }
        with context.streams.one_more(viewer.account_id):
            async with context.services.core.changes.listen_to(wanted) as feed:
                async for name, raw in feed:
                    await still_signed_in(info)
                    care.hearing.check(viewer)
                    changes: list[tuple[ObjectId, Seen | None]] = []
                    if name == "relations":
                        changes = await care.hearing.heard_of_contract(viewer, raw)
                    elif name == "care_tickets":
                        with contextlib.suppress(AccessDenied, ConsentMissing):  # not theirs
                            found = await care.hearing.heard(viewer, raw["resident_id"], raw["_id"])
                            changes = [(raw["_id"], found)]
                    for ticket_id, found in changes:
                        yield WorklistChange(
                            ticket_id=global_id("Ticket", raw["resident_id"], ticket_id),
                            ticket=None if found is None else ticket_of(found, info),
                        )
