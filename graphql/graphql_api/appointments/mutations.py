"""Booking, moving, cancelling, waiting: for oneself, or for somebody one cares for."""

from __future__ import annotations

import strawberry
from bson import ObjectId

from graphql_api.appointments.types import Appointment, appointment
from graphql_api.common import ids
from graphql_api.common.context import Info


@strawberry.input(description="`reminderId`: the follow-up reminder that the visit answers.")
class BookAppointmentInput:
    resident_id: strawberry.ID
    slot_id: strawberry.ID
    idempotency_key: str
    reminder_id: strawberry.ID | None = None


@strawberry.input
class WaitForSlotInput:
    resident_id: strawberry.ID
    slot_id: strawberry.ID
    idempotency_key: str


@strawberry.input
class MoveAppointmentInput:
    id: strawberry.ID
    slot_id: strawberry.ID


@strawberry.input
class AppointmentInput:
    id: strawberry.ID


@strawberry.type
class AppointmentPayload:
    appointment: Appointment


@strawberry.type
class AppointmentMutation:
    @strawberry.mutation(description="One of a kind at a time.")
    async def book_appointment(self, info: Info, input: BookAppointmentInput) -> AppointmentPayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        made = await context.services.appointments.bookings.book(
            context.viewer,
            resident_id,
            ids.decode_one(input.slot_id, "Slot"),
            idempotency_key=input.idempotency_key,
            reminder_id=_reminder(input.reminder_id, resident_id),
        )
        return AppointmentPayload(appointment=await appointment(info, resident_id, made))

    @strawberry.mutation(description="In line for a time that is full.")
    async def wait_for_slot(self, info: Info, input: WaitForSlotInput) -> AppointmentPayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        made = await context.services.appointments.waiting.join(
            context.viewer,
            resident_id,
            ids.decode_one(input.slot_id, "Slot"),
            idempotency_key=input.idempotency_key,
        )
        return AppointmentPayload(appointment=await appointment(info, resident_id, made))

    @strawberry.mutation(
        description="The place that is offered; one that is booked already is given back for it."
    )
    async def accept_offered_slot(self, info: Info, input: AppointmentInput) -> AppointmentPayload:
        context = info.context
        resident_id, one = ids.decode(input.id, "Appointment")
        await context.services.appointments.waiting.accept(context.viewer, resident_id, one)
        return AppointmentPayload(appointment=await appointment(info, resident_id, one))

    @strawberry.mutation(description="To another time of the same kind.")
    async def move_appointment(self, info: Info, input: MoveAppointmentInput) -> AppointmentPayload:
        context = info.context
        resident_id, one = ids.decode(input.id, "Appointment")
        await context.services.appointments.bookings.move(
            context.viewer, resident_id, one, ids.decode_one(input.slot_id, "Slot")
        )
        return AppointmentPayload(appointment=await appointment(info, resident_id, one))

    @strawberry.mutation(description="Also a place in line, and an offer.")
    async def cancel_appointment(self, info: Info, input: AppointmentInput) -> AppointmentPayload:
        context = info.context
        resident_id, one = ids.decode(input.id, "Appointment")
        await context.services.appointments.bookings.cancel(context.viewer, resident_id, one)
        return AppointmentPayload(appointment=await appointment(info, resident_id, one))


def _reminder(text: strawberry.ID | None, resident_id: ObjectId) -> ObjectId | None:
    if text is None:
        return None
    owner, reminder_id = ids.decode(text, "Reminder")
    if owner != resident_id:
        raise ids.IdInvalid
    return reminder_id
