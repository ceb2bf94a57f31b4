"""What happens with appointments: ids and codes. Subscribers: notifications, reminders, points."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class AppointmentEvent(Event):
    """``acted_by`` is the account that did it, where somebody did."""

    name: ClassVar[str] = "appointment"
    appointment_id: PydanticObjectId
    acted_by: PydanticObjectId | None = None


class AppointmentBooked(AppointmentEvent):
    """Also one that was moved, or taken from the waiting list."""

    name: ClassVar[str] = "appointment_booked"


class AppointmentCancelled(AppointmentEvent):
    name: ClassVar[str] = "appointment_cancelled"


class AppointmentWithdrawn(AppointmentEvent):
    """The clinic took the time back."""

    name: ClassVar[str] = "appointment_withdrawn"


class PlaceOffered(AppointmentEvent):
    """First in line: a place is kept for a while."""

    name: ClassVar[str] = "appointment_offered"


class WaitEnded(AppointmentEvent):
    """The offer was not taken in time, or the time came without a place."""

    name: ClassVar[str] = "appointment_wait_ended"


class AttendanceRecorded(AppointmentEvent):
    """``state`` is ``fulfilled`` or ``noshow``; it may be corrected."""

    name: ClassVar[str] = "appointment_attendance"
    state: str
