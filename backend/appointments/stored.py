"""The room's collections, read as plain rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bson import ObjectId

from backend.appointments.documents import (
    AppointmentDocument,
    PlaceDocument,
    ScheduleDocument,
    SlotDocument,
)
from backend.appointments.errors import AppointmentNotFound, ScheduleNotFound, SlotNotFound
from backend.appointments.schedule import Schedule, Slot, schedule_of, slot_of
from backend.core.database import Raw, Session


def schedules() -> Any:
    return ScheduleDocument.get_pymongo_collection()


def slots() -> Any:
    return SlotDocument.get_pymongo_collection()


def appointments() -> Any:
    return AppointmentDocument.get_pymongo_collection()


def places() -> Any:
    return PlaceDocument.get_pymongo_collection()


async def slot_raw_of(slot_id: ObjectId, session: Session | None = None) -> Raw:
    """Raises ``SlotNotFound``."""
    raw: Raw | None = await slots().find_one({"_id": slot_id}, session=session)
    if raw is None:
        raise SlotNotFound
    return raw


async def schedule_by(schedule_id: ObjectId) -> Schedule:
    """Raises ``ScheduleNotFound``."""
    raw = await schedules().find_one({"_id": schedule_id})
    if raw is None:
        raise ScheduleNotFound
    return schedule_of(raw)


async def slots_of(raws: Iterable[Raw]) -> list[Slot]:
    """With their schedules, in the order given."""
    rows = list(raws)
    wanted = {"_id": {"$in": list({each["schedule_id"] for each in rows})}}
    known = {raw["_id"]: schedule_of(raw) async for raw in schedules().find(wanted)} if rows else {}
    return [slot_of(each, known[each["schedule_id"]]) for each in rows]


async def appointment_raw(
    resident_id: ObjectId, appointment_id: ObjectId, session: Session | None = None
) -> Raw:
    """Raises ``AppointmentNotFound``."""
    query = {"resident_id": resident_id, "_id": appointment_id}
    raw: Raw | None = await appointments().find_one(query, session=session)
    if raw is None:
        raise AppointmentNotFound
    return raw
