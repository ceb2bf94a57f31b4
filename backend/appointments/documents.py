"""What this room stores. Times are UTC; clinics and residents see Asia/Shanghai."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId
from pydantic import Field

from backend.appointments.services import ServiceKind
from backend.core.documents import ASC, DESC, ResidentOwned, Stored, index, unique


class SlotState(StrEnum):
    OPEN = "open"
    WITHDRAWN = "withdrawn"


class AppointmentState(StrEnum):
    """FHIR AppointmentStatus, those that are used."""

    WAITLIST = "waitlist"
    PROPOSED = "proposed"  # a place is offered to who was first in line
    BOOKED = "booked"
    FULFILLED = "fulfilled"
    NOSHOW = "noshow"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    BY_PERSON = "by_person"
    BY_CLINIC = "by_clinic"
    OFFER_LAPSED = "offer_lapsed"
    NO_PLACE = "no_place"  # the time came, and nobody had given a place back
    REPLACED = "replaced"  # by a place from the waiting list


HELD = (AppointmentState.BOOKED.value, AppointmentState.PROPOSED.value)
"""States that take up a place of the slot."""


class ScheduleDocument(Stored):
    """``source`` is the sender's own name of it, where it came by FHIR."""

    institution_id: PydanticObjectId
    kind: ServiceKind
    title: str
    place: str
    note: str | None = None
    topics: list[str] = Field(default_factory=list)
    """Of the content library: what the visit's preparation is about."""
    source: str | None = None
    at: datetime

    class Settings:
        name = "appointment_schedules"
        indexes: ClassVar = [
            unique(
                "one_schedule_per_source",
                ("institution_id", ASC),
                ("source", ASC),
                partialFilterExpression={"source": {"$type": "string"}},
            ),
            index("schedules_by_time", ("institution_id", ASC), ("at", DESC), ("_id", DESC)),
        ]


class SlotDocument(Stored):
    """``left`` are the places that nobody has and nobody is offered."""

    schedule_id: PydanticObjectId
    institution_id: PydanticObjectId
    kind: ServiceKind
    identity: str
    """Its start, or the sender's own name of it, where it came by FHIR."""
    start: datetime
    end: datetime
    capacity: int
    left: int
    waiting: int = 0
    state: SlotState = SlotState.OPEN
    at: datetime

    class Settings:
        name = "appointment_slots"
        indexes: ClassVar = [
            unique("one_slot_per_identity", ("schedule_id", ASC), ("identity", ASC)),
            index("slots_by_kind", ("kind", ASC), ("state", ASC), ("start", ASC), ("_id", ASC)),
            index(
                "slots_with_line",
                ("start", ASC),
                partialFilterExpression={"waiting": {"$gt": 0}},
            ),
            index("slots_by_institution", ("institution_id", ASC), ("start", ASC), ("_id", ASC)),
        ]


class AppointmentDocument(ResidentOwned):
    """The resident's side."""

    slot_id: PydanticObjectId
    schedule_id: PydanticObjectId
    institution_id: PydanticObjectId
    kind: ServiceKind
    start: datetime
    end: datetime
    state: AppointmentState
    open: str | None = None
    """The kind, while it is booked and not over."""
    waits: PydanticObjectId | None = None
    """The slot, while in line for it or offered a place."""
    number: str
    """What is said at the clinic's desk."""
    reason: CancelReason | None = None
    offered_until: datetime | None = None
    reminder_id: PydanticObjectId | None = None
    """The reminder that this visit answers."""
    requested_by: PydanticObjectId
    at: datetime
    changed_at: datetime
    version: int = 1

    class Settings:
        name = "appointments"
        indexes: ClassVar = [
            unique(
                "one_open_appointment_per_kind",
                ("resident_id", ASC),
                ("open", ASC),
                partialFilterExpression={"open": {"$type": "string"}},
            ),
            unique(
                "one_wait_per_slot",
                ("resident_id", ASC),
                ("waits", ASC),
                partialFilterExpression={"waits": {"$type": "objectId"}},
            ),
            index("appointments_by_time", ("resident_id", ASC), ("at", DESC), ("_id", DESC)),
        ]


class PlaceDocument(Stored):
    """The clinic's side of an appointment, with the same id. Says nothing of whose it is.

    ``resident_id`` only leads to the other side; it is None once they are erased. ``at`` is the
    place in line, ``look_at`` when the worker is to look.
    """

    resident_id: PydanticObjectId | None
    institution_id: PydanticObjectId
    slot_id: PydanticObjectId
    kind: ServiceKind
    start: datetime
    state: AppointmentState
    number: str
    at: datetime
    look_at: datetime | None = None

    class Settings:
        name = "appointment_places"
        indexes: ClassVar = [
            unique("one_place_per_number", ("number", ASC)),
            index("line_of_slot", ("slot_id", ASC), ("state", ASC), ("at", ASC), ("_id", ASC)),
            index("places_by_start", ("institution_id", ASC), ("start", DESC), ("_id", DESC)),
            index(
                "places_to_look_at",
                ("look_at", ASC),
                partialFilterExpression={"look_at": {"$type": "date"}},
            ),
            index("places_by_resident", ("resident_id", ASC)),
        ]


DOCUMENTS = (ScheduleDocument, SlotDocument, AppointmentDocument, PlaceDocument)
