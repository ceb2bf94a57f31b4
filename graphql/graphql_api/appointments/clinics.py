"""The clinic's desk: times are published and withdrawn, attendance is recorded."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.appointments.schedule import NewSchedule, NewSlot
from backend.appointments.services import ServiceKind
from graphql_api.appointments.types import (
    ClinicAppointment,
    Schedule,
    Slot,
    place_of,
    schedule_of,
    slot_of,
)
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor

_PAGE = 20


@strawberry.input(description="`topics`: of the content library, for the visit's preparation.")
class CreateScheduleInput:
    kind: ServiceKind
    title: str
    place: str
    idempotency_key: str
    note: str | None = None
    topics: list[str] = strawberry.field(default_factory=list)


@strawberry.input
class NewSlotInput:
    start: datetime
    end: datetime
    capacity: int = 1


@strawberry.input
class PublishSlotsInput:
    schedule_id: strawberry.ID
    slots: list[NewSlotInput]
    idempotency_key: str


@strawberry.input(description="`bundle`: a FHIR Bundle of Schedule and Slot, as JSON text.")
class ImportSlotsInput:
    bundle: str


@strawberry.input
class WithdrawSlotInput:
    id: strawberry.ID


@strawberry.input(description="`attended`: came, or did not. Said again it corrects.")
class RecordAttendanceInput:
    id: strawberry.ID
    attended: bool


@strawberry.type
class SchedulePayload:
    schedule: Schedule


@strawberry.type
class PublishSlotsPayload:
    slots: list[Slot]


@strawberry.type
class SlotPayload:
    slot: Slot


@strawberry.type
class AttendancePayload:
    appointment: ClinicAppointment


@strawberry.type(description="What became of one resource of the Bundle; `refused` says why not.")
class ImportedSlot:
    resource: str
    source: str
    outcome: str
    refused: str | None


@strawberry.type
class ImportSlotsPayload:
    items: list[ImportedSlot]


@strawberry.type
class ClinicQuery:
    @strawberry.field(description="The clinic's own, newest first. For institutions.")
    async def clinic_schedules(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[Schedule] | None:
        context = info.context
        page = await context.services.appointments.clinics.schedules(
            context.viewer, first=first, after=cursor(after)
        )
        return connection(page, lambda each: schedule_of(each, info))

    @strawberry.field(
        description="Who is to come from `since` on, before `until`. For institutions."
    )
    async def clinic_appointments(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        first: int = _PAGE,
        after: str | None = None,
    ) -> Connection[ClinicAppointment] | None:
        context = info.context
        page = await context.services.appointments.clinics.places(
            context.viewer, since=since, until=until, first=first, after=cursor(after)
        )
        return connection(page, lambda each: place_of(each, info))


@strawberry.type
class ClinicMutation:
    @strawberry.mutation(description="For institutions.")
    async def create_schedule(self, info: Info, input: CreateScheduleInput) -> SchedulePayload:
        context = info.context
        new = NewSchedule(
            kind=input.kind,
            title=input.title,
            place=input.place,
            note=input.note,
            topics=tuple(input.topics),
        )
        made = await context.services.appointments.clinics.create(
            context.viewer, new, idempotency_key=input.idempotency_key
        )
        return SchedulePayload(schedule=schedule_of(made, info))

    @strawberry.mutation(description="All of them, or none. For institutions.")
    async def publish_slots(self, info: Info, input: PublishSlotsInput) -> PublishSlotsPayload:
        context = info.context
        new = [NewSlot(start=e.start, end=e.end, capacity=e.capacity) for e in input.slots]
        made = await context.services.appointments.clinics.publish(
            context.viewer,
            ids.decode_one(input.schedule_id, "Schedule"),
            new,
            idempotency_key=input.idempotency_key,
        )
        return PublishSlotsPayload(slots=[slot_of(each, info) for each in made])

    @strawberry.mutation(description="FHIR Schedule and Slot; sent again it changes nothing twice.")
    async def import_slots(self, info: Info, input: ImportSlotsInput) -> ImportSlotsPayload:
        context = info.context
        found = await context.services.appointments.fhir.take(context.viewer, input.bundle)
        return ImportSlotsPayload(
            items=[
                ImportedSlot(
                    resource=each.resource,
                    source=each.source,
                    outcome=each.outcome.value,
                    refused=each.refused.message(context.language) if each.refused else None,
                )
                for each in found
            ]
        )

    @strawberry.mutation(description="Whoever had a place, or waited for one, is told.")
    async def withdraw_slot(self, info: Info, input: WithdrawSlotInput) -> SlotPayload:
        context = info.context
        found = await context.services.appointments.clinics.withdraw(
            context.viewer, ids.decode_one(input.id, "Slot")
        )
        return SlotPayload(slot=slot_of(found, info))

    @strawberry.mutation(description="For institutions.")
    async def record_attendance(
        self, info: Info, input: RecordAttendanceInput
    ) -> AttendancePayload:
        context = info.context
        found = await context.services.appointments.clinics.record(
            context.viewer,
            ids.decode_one(input.id, "ClinicAppointment"),
            attended=input.attended,
        )
        return AttendancePayload(appointment=place_of(found, info))
