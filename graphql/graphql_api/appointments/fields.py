"""Appointments under the resident, and what can be booked."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.appointments.services import ServiceKind
from graphql_api.appointments.types import Appointment, Slot, appointment_of, slot_of
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor

_PAGE = 20


@strawberry.type
class ResidentAppointments:
    """Inherited by ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="The last made first; `open`: what is still to come.")
    async def appointments(
        self, info: Info, open: bool = False, first: int = _PAGE, after: str | None = None
    ) -> Connection[Appointment] | None:
        context = info.context
        page = await context.services.appointments.looking.page(
            context.viewer, self.key, first=first, after=cursor(after), open_only=open
        )
        return connection(page, lambda each: appointment_of(each, info))


@strawberry.type
class SlotQuery:
    @strawberry.field(
        description="Times to come, the nearest first; without `free` also full ones, to wait for."
    )
    async def slots(
        self,
        info: Info,
        kind: ServiceKind,
        since: datetime | None = None,
        until: datetime | None = None,
        institution_id: strawberry.ID | None = None,
        free: bool = True,
        first: int = _PAGE,
        after: str | None = None,
    ) -> Connection[Slot] | None:
        context = info.context
        assert context.viewer is not None  # raises for who is not signed in
        at = ids.decode_one(institution_id, "Account") if institution_id else None
        page = await context.services.appointments.looking.slots(
            kind,
            first=first,
            after=cursor(after),
            since=since,
            until=until,
            institution_id=at,
            free=free,
        )
        return connection(page, lambda each: slot_of(each, info))
