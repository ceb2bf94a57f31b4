"""Reminders under the resident."""

from __future__ import annotations

import strawberry
from bson import ObjectId

from backend.care.reminders.limits import ReminderKind
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.reminders.types import (
    Adherence,
    Reminder,
    ReminderOccurrence,
    adherence_of,
    occurrence_of,
    reminder_of,
)

_PAGE = 20


@strawberry.type
class ResidentReminders:
    """Inherited by ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="Of granted kinds, newest first; without those that ended.")
    async def reminders(
        self, info: Info, ended: bool = False, first: int = _PAGE, after: str | None = None
    ) -> Connection[Reminder] | None:
        context = info.context
        page = await context.services.reminders.reminders.page(
            context.viewer, self.key, first=first, after=cursor(after), ended=ended
        )
        return connection(page, lambda each: reminder_of(each, info))

    @strawberry.field(description="What fell due, newest first; `open`: what waits for an answer.")
    async def reminder_occurrences(
        self, info: Info, open: bool = False, first: int = _PAGE, after: str | None = None
    ) -> Connection[ReminderOccurrence] | None:
        context = info.context
        page = await context.services.reminders.occurrences.page(
            context.viewer, self.key, first=first, after=cursor(after), open_only=open
        )
        return connection(page, lambda each: occurrence_of(each, info))

    @strawberry.field(description="How regularly: of one reminder, or of all of a kind.")
    async def adherence(
        self,
        info: Info,
        reminder_id: strawberry.ID | None = None,
        kind: ReminderKind = ReminderKind.MEDICATION,
        days: int = 30,
    ) -> Adherence | None:
        context = info.context
        about, one = (
            (self.key, None) if reminder_id is None else ids.decode(reminder_id, "Reminder")
        )
        found = await context.services.reminders.occurrences.adherence(
            context.viewer, about, reminder_id=one, kind=kind, days=days
        )
        return adherence_of(found)
