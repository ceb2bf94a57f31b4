"""Making and changing reminders; taking, skipping, putting off."""

from __future__ import annotations

from datetime import date, time, timedelta

import strawberry

from backend.care.reminders.documents import OccurrenceDocument, OccurrenceState, ReminderState
from backend.care.reminders.errors import ReminderInvalid
from backend.care.reminders.limits import ReminderKind
from backend.care.reminders.reminder import Reminder as Stored
from backend.care.reminders.reminder import ReminderDraft, StockDraft
from backend.core.clock import SHANGHAI
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.reminders.types import Reminder, ReminderOccurrence, occurrence_of, reminder_of


@strawberry.input(description="What there is of the medicine; warned `warnDays` before its end.")
class MedicineStockInput:
    left: float
    per_dose: float = 1.0
    warn_days: int = 3


@strawberry.input(
    description="`times`: HH:MM in `timeZone`. `rule`: an RFC 5545 RRULE for the days (FREQ DAILY "
    "to YEARLY, UNTIL as a date); null: on `start` only. `subject`: the kind of measurement, the "
    "medication's id, a LOINC code or a vaccine."
)
class ReminderContentInput:
    kind: ReminderKind
    title: str
    times: list[str]
    start: date
    rule: str | None = None
    time_zone: str = SHANGHAI.key
    note: str | None = None
    subject: str | None = None
    missed_after_minutes: int | None = None
    tell_family: bool = False
    stock: MedicineStockInput | None = None

    def to_domain(self) -> ReminderDraft:
        """Raises ``ReminderInvalid``."""
        stock, missed = self.stock, self.missed_after_minutes
        return ReminderDraft(
            kind=self.kind,
            title=self.title,
            times=tuple(_time(each) for each in self.times),
            start=self.start,
            rule=self.rule,
            zone=self.time_zone,
            note=self.note,
            subject=self.subject,
            missed_after=timedelta(minutes=missed) if missed is not None else None,
            tell_family=self.tell_family,
            stock=StockDraft(left=stock.left, per_dose=stock.per_dose, warn_days=stock.warn_days)
            if stock
            else None,
        )


@strawberry.input
class CreateReminderInput:
    resident_id: strawberry.ID
    idempotency_key: str
    content: ReminderContentInput


@strawberry.input(description="`id`: a medication of the archive whose instruction says when.")
class RemindOfMedicationInput:
    id: strawberry.ID
    idempotency_key: str
    time_zone: str = SHANGHAI.key


@strawberry.input
class ChangeReminderInput:
    id: strawberry.ID
    version: int
    content: ReminderContentInput


@strawberry.input(description="PAUSED, ACTIVE again, or ENDED for good.")
class SwitchReminderInput:
    id: strawberry.ID
    version: int
    state: ReminderState


@strawberry.input
class ReminderOccurrenceInput:
    id: strawberry.ID


@strawberry.input
class SnoozeReminderInput:
    id: strawberry.ID
    minutes: int


@strawberry.type
class ReminderPayload:
    reminder: Reminder


@strawberry.type
class ReminderOccurrencePayload:
    occurrence: ReminderOccurrence


@strawberry.type
class ReminderMutation:
    @strawberry.mutation(description="A reminder of one's own, or of somebody one cares for.")
    async def create_reminder(self, info: Info, input: CreateReminderInput) -> ReminderPayload:
        context = info.context
        found = await context.services.reminders.reminders.create(
            context.viewer,
            ids.resident_id(input.resident_id),
            input.content.to_domain(),
            idempotency_key=input.idempotency_key,
        )
        return _payload(found, info)

    @strawberry.mutation(description="By a medication's own instruction, until its end.")
    async def remind_of_medication(
        self, info: Info, input: RemindOfMedicationInput
    ) -> ReminderPayload:
        context = info.context
        room = context.services.reminders
        resident_id, entry_id = ids.decode(input.id, "Entry")
        draft = await room.of_medication(context.viewer, resident_id, entry_id, input.time_zone)
        found = await room.reminders.create(
            context.viewer, resident_id, draft, idempotency_key=input.idempotency_key
        )
        return _payload(found, info)

    @strawberry.mutation(description="All of it but its kind. A stock that is given is a refill.")
    async def change_reminder(self, info: Info, input: ChangeReminderInput) -> ReminderPayload:
        context = info.context
        found = await context.services.reminders.reminders.change(
            context.viewer,
            *ids.decode(input.id, "Reminder"),
            input.content.to_domain(),
            version=input.version,
        )
        return _payload(found, info)

    @strawberry.mutation(description="Pause, go on, or end.")
    async def switch_reminder(self, info: Info, input: SwitchReminderInput) -> ReminderPayload:
        context = info.context
        found = await context.services.reminders.reminders.switch(
            context.viewer,
            *ids.decode(input.id, "Reminder"),
            input.state,
            version=input.version,
        )
        return _payload(found, info)

    @strawberry.mutation(description="Taken, measured, done; also of one that was missed.")
    async def take_reminder(
        self, info: Info, input: ReminderOccurrenceInput
    ) -> ReminderOccurrencePayload:
        return await _answered(info, input.id, OccurrenceState.TAKEN)

    @strawberry.mutation(description="Not this time.")
    async def skip_reminder(
        self, info: Info, input: ReminderOccurrenceInput
    ) -> ReminderOccurrencePayload:
        return await _answered(info, input.id, OccurrenceState.SKIPPED)

    @strawberry.mutation(description="Told again after some minutes.")
    async def snooze_reminder(
        self, info: Info, input: SnoozeReminderInput
    ) -> ReminderOccurrencePayload:
        context = info.context
        found = await context.services.reminders.occurrences.later(
            context.viewer, *ids.decode(input.id, "ReminderOccurrence"), input.minutes
        )
        return _occurrence(found, info)


async def _answered(
    info: Info, text: strawberry.ID, state: OccurrenceState
) -> ReminderOccurrencePayload:
    context = info.context
    found = await context.services.reminders.occurrences.answer(
        context.viewer, *ids.decode(text, "ReminderOccurrence"), state
    )
    return _occurrence(found, info)


def _occurrence(found: OccurrenceDocument, info: Info) -> ReminderOccurrencePayload:
    return ReminderOccurrencePayload(occurrence=occurrence_of(found, info))


def _payload(found: Stored, info: Info) -> ReminderPayload:
    return ReminderPayload(reminder=reminder_of(found, info))


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ReminderInvalid(field="times") from None
