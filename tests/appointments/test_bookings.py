"""Booking, moving and cancelling: a place is one person's, however many want it."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied, RoleRequired
from backend.appointments.documents import AppointmentState, CancelReason
from backend.appointments.errors import (
    AppointmentExists,
    AppointmentNotFound,
    AppointmentOver,
    AppointmentTooLate,
    ScheduleInvalid,
    ScheduleNotFound,
    SlotFull,
    SlotInvalid,
    SlotNotFound,
    SlotOfOtherKind,
    SlotOver,
    SlotWithdrawn,
)
from backend.appointments.schedule import NewSlot
from backend.appointments.services import ServiceKind
from backend.core.clock import FixedClock
from backend.core.idempotency import IdempotencyKeyReused
from backend.services import Services
from tests.appointments.helpers import (
    MORNING,
    a_clinic,
    a_schedule,
    a_slot,
    booked,
    counted,
    events,
    state_of,
)
from tests.factories import a_caregiver, a_key, a_resident, a_viewer, at

WEEK = timedelta(days=7)


async def test_a_hundred_at_once_get_as_many_places_as_there_are(services: Services) -> None:
    slot = await a_slot(services, await a_clinic(services), capacity=7)
    people = [await a_resident(services) for _ in range(20)]
    wanting = [people[number % 20] for number in range(100)]
    answers = await asyncio.gather(
        *(booked(services, viewer, resident, slot) for viewer, resident in wanting),
        return_exceptions=True,
    )
    kinds = Counter(type(each).__name__ for each in answers)
    assert kinds["ObjectId"] == 7
    assert kinds.keys() <= {"ObjectId", "SlotFull", "AppointmentExists"}
    assert await counted(services, slot) == (0, 0)
    mine = await services.core.store.db["appointments"].distinct("resident_id")
    assert len(mine) == 7
    assert (
        await services.core.store.db["outbox"].count_documents({"name": "appointment_booked"}) == 7
    )


async def test_one_resident_books_one_of_a_kind_however_often_at_once(services: Services) -> None:
    clinic = await a_clinic(services)
    slots = [await a_slot(services, clinic, MORNING + timedelta(days=n)) for n in range(5)]
    other = await a_slot(services, clinic, kind=ServiceKind.VACCINATION)
    viewer, resident = await a_resident(services)
    answers = await asyncio.gather(
        *(booked(services, viewer, resident, each) for each in slots), return_exceptions=True
    )
    kinds = Counter(type(each).__name__ for each in answers)
    assert kinds == {"ObjectId": 1, "AppointmentExists": 4}
    assert sum([(await counted(services, each))[0] for each in slots]) == 4
    await booked(services, viewer, resident, other)


async def test_the_same_request_answers_again_and_a_key_is_for_one(services: Services) -> None:
    clinic = await a_clinic(services)
    slot, other = await a_slot(services, clinic, capacity=3), await a_slot(services, clinic)
    viewer, resident = await a_resident(services)
    book = services.appointments.bookings.book
    first = await book(viewer, resident, slot.id, idempotency_key="k")
    assert await book(viewer, resident, slot.id, idempotency_key="k") == first
    with pytest.raises(IdempotencyKeyReused):
        await book(viewer, resident, other.id, idempotency_key="k")
    assert await counted(services, slot) == (2, 0)
    assert await events(services, resident) == ["appointment_booked"]


async def test_moving_takes_the_new_place_and_gives_the_old_back(services: Services) -> None:
    clinic = await a_clinic(services)
    slot = await a_slot(services, clinic)
    later = await a_slot(services, clinic, MORNING + WEEK)
    jab = await a_slot(services, clinic, kind=ServiceKind.VACCINATION)
    viewer, resident = await a_resident(services)
    room = services.appointments
    mine = await booked(services, viewer, resident, slot)
    await room.bookings.move(viewer, resident, mine, slot.id)
    with pytest.raises(SlotOfOtherKind):
        await room.bookings.move(viewer, resident, mine, jab.id)
    for _ in range(2):
        await room.bookings.move(viewer, resident, mine, later.id)
    found = await room.looking.get(viewer, resident, mine)
    assert (found.slot_id, found.start, found.state) == (later.id, later.start, "booked")
    assert [(await counted(services, each))[0] for each in (slot, later, jab)] == [1, 0, 1]
    stranger, own = await a_resident(services)
    theirs = await booked(services, stranger, own, slot)
    with pytest.raises(SlotFull):
        await room.bookings.move(stranger, own, theirs, later.id)
    assert await counted(services, slot) == (0, 0)
    reminders = services.core.store.db["reminders"].find({"resident_id": resident}).sort("_id", 1)
    assert [(raw["state"], raw["start"]) async for raw in reminders] == [
        ("ended", "2026-11-24"),
        ("active", "2026-12-01"),
    ]


async def test_cancelling_gives_back_once_and_only_in_time(
    services: Services, clock: FixedClock
) -> None:
    slot = await a_slot(services, await a_clinic(services))
    viewer, resident = await a_resident(services)
    room = services.appointments.bookings
    mine = await booked(services, viewer, resident, slot)
    for _ in range(2):
        await room.cancel(viewer, resident, mine)
    assert await counted(services, slot) == (1, 0)
    assert await events(services, resident) == ["appointment_booked", "appointment_cancelled"]
    with pytest.raises(AppointmentOver):
        await room.move(viewer, resident, mine, slot.id)
    again = await booked(services, viewer, resident, slot)
    clock.set(MORNING - timedelta(hours=3))
    with pytest.raises(AppointmentTooLate) as refused:
        await room.cancel(viewer, resident, again)
    assert refused.value.data == {"hours": 4}
    assert await state_of(again) is AppointmentState.BOOKED
    clock.set(MORNING + timedelta(hours=1))
    with pytest.raises(AppointmentOver):
        await room.cancel(viewer, resident, again)
    # A clock that jumps back does not book twice, and what is over stands in nobody's way.
    later = await a_slot(services, await a_clinic(services), MORNING + WEEK)
    assert await booked(services, viewer, resident, later)
    clock.set(MORNING - timedelta(days=1))
    with pytest.raises(AppointmentExists):
        await booked(services, viewer, resident, slot)


async def test_what_is_past_withdrawn_or_unknown_is_not_booked(
    services: Services, clock: FixedClock
) -> None:
    clinic = await a_clinic(services)
    slot, gone = await a_slot(services, clinic), await a_slot(services, clinic)
    await services.appointments.clinics.withdraw(clinic, gone.id)
    viewer, resident = await a_resident(services)
    with pytest.raises(SlotWithdrawn):
        await booked(services, viewer, resident, gone)
    with pytest.raises(SlotNotFound):
        await services.appointments.bookings.book(
            viewer, resident, ObjectId(), idempotency_key=a_key()
        )
    listed = services.appointments.looking.slots
    assert [each.id for each in (await listed(slot.schedule.kind, first=5)).items] == [slot.id]
    clock.set(MORNING - timedelta(minutes=30))
    with pytest.raises(SlotOver) as refused:
        await booked(services, viewer, resident, slot)
    assert refused.value.data == {"minutes": 30}
    assert (await listed(slot.schedule.kind, first=5)).items == []
    assert await events(services, resident) == []
    assert await counted(services, slot) == (1, 0)


async def test_a_caregiver_books_as_themselves_and_within_their_rights(
    services: Services,
) -> None:
    clinic = await a_clinic(services)
    slot = await a_slot(services, clinic, capacity=5)
    father, resident = await a_resident(services)
    daughter = await a_caregiver(
        services,
        resident,
        categories=frozenset({Category.CONDITIONS}),
        actions=frozenset({Action.VIEW, Action.RECORD}),
    )
    nephew = await a_caregiver(
        services, resident, categories=frozenset({Category.POINTS, Category.READINGS})
    )
    for other in (nephew, a_viewer(), clinic):
        with pytest.raises(AccessDenied):
            await booked(services, other, resident, slot)
    mine = await booked(services, daughter, resident, slot)
    found = await services.appointments.looking.get(father, resident, mine)
    assert found.requested_by == daughter.account_id
    db = services.core.store.db
    log = await db["access_log"].find_one({"account_id": daughter.account_id})
    assert log is not None
    assert (log["category"], log["action"], log["purpose"]) == (
        "conditions",
        "record",
        "appointment",
    )
    for other in (nephew, a_viewer()):
        for call in (services.appointments.looking.get, services.appointments.bookings.cancel):
            with pytest.raises(AccessDenied):
                await call(other, resident, mine)
    await services.appointments.bookings.cancel(daughter, resident, mine)
    his = await booked(services, father, resident, slot)
    with pytest.raises(AccessDenied):
        await services.appointments.bookings.cancel(daughter, resident, his)
    assert await state_of(his) is AppointmentState.BOOKED
    stranger, own = await a_resident(services)
    with pytest.raises(AppointmentNotFound):
        await services.appointments.bookings.cancel(stranger, own, his)


async def test_a_clinic_keeps_its_own_schedules_only(services: Services) -> None:
    clinic, other = await a_clinic(services), await a_clinic(services)
    clinics = services.appointments.clinics
    slot = await a_slot(services, clinic)
    new = [NewSlot(start=slot.start, end=slot.end)]
    for viewer, error in ((other, ScheduleNotFound), (a_viewer(), RoleRequired)):
        with pytest.raises(error):
            await clinics.publish(viewer, slot.schedule.id, new, idempotency_key=a_key())
    with pytest.raises(SlotNotFound):
        await clinics.withdraw(other, slot.id)
    with pytest.raises(RoleRequired):
        await clinics.withdraw(a_viewer(), slot.id)
    with pytest.raises(SlotInvalid):  # the time is there already
        await clinics.publish(clinic, slot.schedule.id, new, idempotency_key=a_key())
    for field, bad in (
        ("start", NewSlot(start=at("2026-11-21", "09:00"), end=at("2026-11-21", "10:00"))),
        ("start", NewSlot(start=at("2028-11-21", "09:00"), end=at("2028-11-21", "10:00"))),
        ("start", NewSlot(start=slot.start.replace(tzinfo=None), end=slot.end)),
        ("end", NewSlot(start=slot.start, end=slot.start)),
        ("capacity", NewSlot(start=MORNING + WEEK, end=slot.end + WEEK, capacity=0)),
    ):
        with pytest.raises(SlotInvalid) as refused:
            await clinics.publish(clinic, slot.schedule.id, [bad], idempotency_key=a_key())
        assert refused.value.data == {"field": field}
    changes: dict[str, Any] = {"title": " ", "place": "长" * 121, "topics": ("nothing",)}
    for field, value in changes.items():
        new_schedule = a_schedule(**{field: value})
        with pytest.raises(ScheduleInvalid) as unfit:
            await clinics.create(clinic, new_schedule, idempotency_key=a_key())
        assert unfit.value.data == {"field": field}
    db = services.core.store.db
    assert await db["appointment_slots"].count_documents({}) == 1
    assert await db["appointment_schedules"].count_documents({}) == 1


async def test_a_withdrawn_time_sends_everybody_away_with_others_to_choose(
    services: Services,
) -> None:
    clinic = await a_clinic(services)
    slot = await a_slot(services, clinic, capacity=2)
    near = await a_slot(services, clinic, MORNING + WEEK)
    people = [await a_resident(services) for _ in range(2)]
    mine = [await booked(services, viewer, resident, slot) for viewer, resident in people]
    for _ in range(2):
        await services.appointments.clinics.withdraw(clinic, slot.id)
    for (viewer, resident), appointment_id in zip(people, mine, strict=True):
        found = await services.appointments.looking.get(viewer, resident, appointment_id)
        assert (found.state, found.reason) == (
            AppointmentState.CANCELLED,
            CancelReason.BY_CLINIC,
        )
        others = await services.appointments.looking.alternatives(viewer, found)
        assert [each.id for each in others] == [near.id]
        assert await events(services, resident) == [
            "appointment_booked",
            "appointment_withdrawn",
        ]
    viewer, resident = people[0]
    await booked(services, viewer, resident, near)
