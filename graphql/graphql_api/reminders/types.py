"""Reminders, their occurrences, and the share that was taken."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from bson import ObjectId

from backend.care.reminders.documents import OccurrenceDocument, OccurrenceState, ReminderState
from backend.care.reminders.limits import ReminderKind
from backend.care.reminders.occurrences import Adherence as Counted
from backend.care.reminders.reminder import Reminder as Stored
from backend.core.clock import SHANGHAI
from graphql_api.common.context import Info
from graphql_api.common.scalars import Node, global_id

strawberry.enum(ReminderKind, name="ReminderKind")
strawberry.enum(ReminderState, name="ReminderState")
strawberry.enum(OccurrenceState, name="ReminderOccurrenceState")


@strawberry.type(description="What is left of a medicine, in the unit of `perDose`.")
class MedicineStock:
    left: float
    per_dose: float
    warn_days: int
    low: bool = strawberry.field(description="The resident was told that it runs out.")


@strawberry.type(description="A schedule: RFC 5545 `rule` for the days, wall times in `timeZone`.")
class Reminder(Node):
    kind: ReminderKind
    title: str
    note: str | None
    times: list[str]
    start: date
    rule: str | None
    time_zone: str
    subject: str | None
    missed_after_minutes: int
    tell_family: bool
    stock: MedicineStock | None
    state: ReminderState
    next_at: datetime | None
    suggested: bool = strawberry.field(description="Made from the record or a plan.")
    version: int


@strawberry.type(description="One time that a reminder fell due.")
class ReminderOccurrence(Node):
    reminder_id: strawberry.ID
    kind: ReminderKind
    due_at: datetime
    missed_at: datetime
    state: OccurrenceState
    later_until: datetime | None
    answered_at: datetime | None


@strawberry.type(description="Of what was told and is over; `percent` is null where nothing is.")
class Adherence:
    since: datetime
    taken: int
    skipped: int
    missed: int
    percent: int | None


def reminder_of(found: Stored, info: Info) -> Reminder:
    draft, stock = found.draft, found.stock
    assert draft.missed_after is not None
    return Reminder(
        id=global_id("Reminder", found.resident_id, found.id),
        kind=draft.kind,
        title=draft.title,
        note=draft.note,
        times=[each.isoformat("minutes") for each in draft.times],
        start=draft.start,
        rule=draft.rule,
        time_zone=draft.zone,
        subject=draft.subject,
        missed_after_minutes=int(draft.missed_after.total_seconds() // 60),
        tell_family=draft.tell_family,
        stock=MedicineStock(
            left=stock.left, per_dose=stock.per_dose, warn_days=stock.warn_days, low=stock.told
        )
        if stock
        else None,
        state=found.state,
        next_at=found.next_at,
        suggested=found.source is not None,
        version=found.version,
    )


def occurrence_of(found: OccurrenceDocument, info: Info) -> ReminderOccurrence:
    resident_id = found.resident_id
    return ReminderOccurrence(
        id=global_id("ReminderOccurrence", resident_id, found.id),
        reminder_id=global_id("Reminder", resident_id, found.reminder_id),
        kind=found.kind,
        due_at=found.due_at.astimezone(SHANGHAI),
        missed_at=found.missed_at,
        state=found.state,
        later_until=found.later_until,
        answered_at=found.answered_at,
    )


def adherence_of(found: Counted) -> Adherence:
    return Adherence(
        since=found.since,
        taken=found.taken,
        skipped=found.skipped,
        missed=found.missed,
        percent=found.percent,
    )


async def reminder(info: Info, resident_id: ObjectId, reminder_id: ObjectId) -> Reminder:
    context = info.context
    room = context.services.reminders.reminders
    return reminder_of(await room.get(context.viewer, resident_id, reminder_id), info)


async def occurrence(
    info: Info, resident_id: ObjectId, occurrence_id: ObjectId
) -> ReminderOccurrence:
    context = info.context
    room = context.services.reminders.occurrences
    return occurrence_of(await room.get(context.viewer, resident_id, occurrence_id), info)
