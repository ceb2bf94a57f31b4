"""Times that can be booked, appointments, and places as a clinic sees them."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.appointments import appointment as domain
from backend.appointments import schedule as times
from backend.appointments.documents import AppointmentState, CancelReason, SlotState
from backend.appointments.services import ServiceKind
from backend.core.clock import SHANGHAI
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import Node, global_id
from graphql_api.content.types import Article, article_of

enum(ServiceKind, name="AppointmentKind")
enum(AppointmentState)
enum(CancelReason, name="AppointmentCancelReason")
enum(SlotState)


@strawberry.type(description="What a clinic offers times of. FHIR Schedule.")
class Schedule:
    id: strawberry.ID
    institution_id: strawberry.ID
    kind: ServiceKind
    kind_name: str
    title: str
    place: str
    note: str | None
    topics: list[str] = strawberry.field(description="Of the content library.")
    at: datetime


@strawberry.type(description="A time with places. FHIR Slot.")
class Slot:
    id: strawberry.ID
    schedule: Schedule
    start: datetime
    end: datetime
    capacity: int
    left: int = strawberry.field(description="Places that can be booked.")
    waiting: int = strawberry.field(description="People in line for a place.")
    state: SlotState


@strawberry.type(description="Booked, offered, waited for, or over. FHIR Appointment.")
class Appointment(Node):
    source: strawberry.Private[domain.Appointment]
    slot_id: strawberry.ID
    schedule: Schedule
    start: datetime
    end: datetime
    state: AppointmentState
    number: str = strawberry.field(description="What is said at the clinic's desk.")
    reason: CancelReason | None
    offered_until: datetime | None = strawberry.field(description="A place is kept until then.")
    reminder_id: strawberry.ID | None
    at: datetime

    @strawberry.field(description="How many are before one in line; null for who is in none.")
    async def in_line(self, info: Info) -> int | None:
        context = info.context
        return await context.services.appointments.looking.in_line(context.viewer, self.source)

    @strawberry.field(description="What to read before going.")
    async def preparation(self, info: Info) -> list[Article]:
        found = info.context.services.appointments.looking.preparation(self.source)
        return [article_of(each, info) for each in found]

    @strawberry.field(description="Other times of the kind, this clinic's first.")
    async def alternatives(self, info: Info) -> list[Slot] | None:
        context = info.context
        room = context.services.appointments.looking
        return [
            slot_of(each, info) for each in await room.alternatives(context.viewer, self.source)
        ]


@strawberry.type(description="An appointment as its clinic sees it: a number, and not whose it is.")
class ClinicAppointment:
    id: strawberry.ID
    slot_id: strawberry.ID
    kind: ServiceKind
    state: AppointmentState
    number: str
    start: datetime


def schedule_of(found: times.Schedule, info: Info) -> Schedule:
    english = info.context.language.startswith("en")
    return Schedule(
        id=global_id("Schedule", found.id),
        institution_id=global_id("Account", found.institution_id),
        kind=found.kind,
        kind_name=found.kind.en if english else found.kind.zh,
        title=found.title,
        place=found.place,
        note=found.note,
        topics=list(found.topics),
        at=found.at,
    )


def slot_of(found: times.Slot, info: Info) -> Slot:
    return Slot(
        id=global_id("Slot", found.id),
        schedule=schedule_of(found.schedule, info),
        start=found.start.astimezone(SHANGHAI),
        end=found.end.astimezone(SHANGHAI),
        capacity=found.capacity,
        left=found.left,
        waiting=found.waiting,
        state=found.state,
    )


def appointment_of(found: domain.Appointment, info: Info) -> Appointment:
    resident_id, reminder_id = found.resident_id, found.reminder_id
    return Appointment(
        id=global_id("Appointment", resident_id, found.id),
        source=found,
        slot_id=global_id("Slot", found.slot_id),
        schedule=schedule_of(found.schedule, info),
        start=found.start.astimezone(SHANGHAI),
        end=found.end.astimezone(SHANGHAI),
        state=found.state,
        number=found.number,
        reason=found.reason,
        offered_until=found.offered_until,
        reminder_id=global_id("Reminder", resident_id, reminder_id) if reminder_id else None,
        at=found.at,
    )


def place_of(found: domain.Place, info: Info) -> ClinicAppointment:
    return ClinicAppointment(
        id=global_id("ClinicAppointment", found.id),
        slot_id=global_id("Slot", found.slot_id),
        kind=found.kind,
        state=found.state,
        number=found.number,
        start=found.at.astimezone(SHANGHAI),
    )


async def appointment(info: Info, resident_id: ObjectId, appointment_id: ObjectId) -> Appointment:
    context = info.context
    room = context.services.appointments.looking
    return appointment_of(await room.get(context.viewer, resident_id, appointment_id), info)
