"""A clinic with times, as tests need it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from backend.appointments.documents import AppointmentDocument, AppointmentState
from backend.appointments.schedule import NewSchedule, NewSlot, Slot
from backend.appointments.services import ServiceKind
from backend.identity.viewer import Viewer
from backend.services import Services
from tests.factories import a_key, at
from tests.rewards.shop import a_merchant

MORNING = at("2026-11-25", "09:00")
"""Four days after the tests' now."""


def a_schedule(kind: ServiceKind = ServiceKind.FOLLOW_UP, **changes: Any) -> NewSchedule:
    fields: dict[str, Any] = {"title": "高血压随访门诊", "place": "社区卫生服务中心二楼"}
    return NewSchedule(kind=kind, **{**fields, **changes})


async def a_clinic(services: Services) -> Viewer:
    return await a_merchant(services, "社区卫生服务中心")


async def a_slot(
    services: Services,
    clinic: Viewer,
    start: datetime = MORNING,
    *,
    capacity: int = 1,
    kind: ServiceKind = ServiceKind.FOLLOW_UP,
) -> Slot:
    clinics = services.appointments.clinics
    schedule = await clinics.create(clinic, a_schedule(kind), idempotency_key=a_key())
    new = NewSlot(start=start, end=start + timedelta(minutes=30), capacity=capacity)
    [slot] = await clinics.publish(clinic, schedule.id, [new], idempotency_key=a_key())
    return slot


async def booked(
    services: Services, viewer: Viewer, resident_id: ObjectId, slot: Slot, **more: Any
) -> ObjectId:
    return await services.appointments.bookings.book(
        viewer, resident_id, slot.id, idempotency_key=a_key(), **more
    )


async def waits(services: Services, viewer: Viewer, resident_id: ObjectId, slot: Slot) -> ObjectId:
    return await services.appointments.waiting.join(
        viewer, resident_id, slot.id, idempotency_key=a_key()
    )


async def state_of(appointment_id: ObjectId) -> AppointmentState:
    found = await AppointmentDocument.get(appointment_id)
    assert found is not None
    return found.state


async def counted(services: Services, slot: Slot) -> tuple[int, int]:
    """Places left and people in line; the places that are held, left and all agree."""
    db = services.core.store.db
    raw = await db["appointment_slots"].find_one({"_id": slot.id})
    assert raw is not None
    for name in ("appointments", "appointment_places"):
        held = await db[name].count_documents(
            {"slot_id": slot.id, "state": {"$in": ["booked", "proposed", "fulfilled", "noshow"]}}
        )
        line = await db[name].count_documents({"slot_id": slot.id, "state": "waitlist"})
        if raw["state"] == "open":
            assert (held + raw["left"], line) == (raw["capacity"], raw["waiting"])
    return raw["left"], raw["waiting"]


async def events(services: Services, resident_id: ObjectId) -> list[str]:
    found = services.core.store.db["outbox"].find(
        {"resident_id": resident_id, "name": {"$regex": "^appointment_"}}
    )
    return [raw["name"] async for raw in found.sort("_id", 1)]
