"""An appointment as its resident sees it, and a place as its clinic does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.appointments.documents import AppointmentState, CancelReason
from backend.appointments.schedule import Schedule
from backend.appointments.services import ServiceKind
from backend.core.database import Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    id: ObjectId
    resident_id: ObjectId
    slot_id: ObjectId
    schedule: Schedule
    start: datetime
    end: datetime
    state: AppointmentState
    number: str
    reason: CancelReason | None
    offered_until: datetime | None
    reminder_id: ObjectId | None
    requested_by: ObjectId
    at: datetime

    @property
    def kind(self) -> ServiceKind:
        return self.schedule.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``at`` is its place in lists: the start."""

    id: ObjectId
    slot_id: ObjectId
    kind: ServiceKind
    state: AppointmentState
    number: str
    at: datetime


def appointment_of(raw: Raw, schedule: Schedule) -> Appointment:
    reason = raw["reason"]
    return Appointment(
        id=raw["_id"],
        resident_id=raw["resident_id"],
        slot_id=raw["slot_id"],
        schedule=schedule,
        start=raw["start"],
        end=raw["end"],
        state=AppointmentState(raw["state"]),
        number=raw["number"],
        reason=CancelReason(reason) if reason else None,
        offered_until=raw["offered_until"],
        reminder_id=raw["reminder_id"],
        requested_by=raw["requested_by"],
        at=raw["at"],
    )


def place_of(raw: Raw) -> Place:
    return Place(
        id=raw["_id"],
        slot_id=raw["slot_id"],
        kind=ServiceKind(raw["kind"]),
        state=AppointmentState(raw["state"]),
        number=raw["number"],
        at=raw["start"],
    )
