"""The waiting list: first come, first offered, for a limited time; nobody twice, nobody lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from backend.access.errors import AccessDenied
from backend.appointments.documents import AppointmentState, CancelReason
from backend.appointments.errors import (
    AppointmentExists,
    AppointmentOver,
    AppointmentWaits,
    OfferOver,
    SlotHasPlaces,
    WaitsTooMany,
)
from backend.core.clock import FixedClock
from backend.documents import DOCUMENTS
from backend.main import build_dispatcher
from backend.privacy.owned import Owned
from backend.services import Services
from tests.appointments.helpers import (
    MORNING,
    a_clinic,
    a_slot,
    booked,
    counted,
    events,
    state_of,
    waits,
)
from tests.factories import a_resident, a_viewer

HOURS = timedelta(hours=1)
WAITLIST, PROPOSED = AppointmentState.WAITLIST, AppointmentState.PROPOSED
BOOKED, CANCELLED = AppointmentState.BOOKED, AppointmentState.CANCELLED


async def test_the_first_in_line_is_offered_then_the_next(
    services: Services, clock: FixedClock
) -> None:
    slot = await a_slot(services, await a_clinic(services))
    room = services.appointments
    holder, one, two, three = [await a_resident(services) for _ in range(4)]
    taken = await booked(services, *holder, slot)
    line = []
    for each in (one, two, three):
        line.append(await waits(services, *each, slot))
        clock.advance(timedelta(seconds=1))
    third = await room.looking.get(*three, line[2])
    assert await room.looking.in_line(three[0], third) == 2
    with pytest.raises(AppointmentOver):
        await room.waiting.accept(*one, line[0])
    await room.bookings.cancel(*holder, taken)
    assert [await state_of(each) for each in line] == [PROPOSED, WAITLIST, WAITLIST]
    assert await counted(services, slot) == (0, 2)
    offered = await room.looking.get(*one, line[0])
    assert offered.offered_until == clock.now() + 2 * HOURS
    with pytest.raises(AccessDenied):
        await room.waiting.accept(a_viewer(), one[1], line[0])
    assert await room.worker.step() == 0
    clock.advance(2 * HOURS)
    with pytest.raises(OfferOver):
        await room.waiting.accept(*one, line[0])
    steps = await asyncio.gather(*(room.worker.step() for _ in range(4)))
    assert sum(steps) == 1
    assert [await state_of(each) for each in line] == [CANCELLED, PROPOSED, WAITLIST]
    assert await events(services, one[1]) == ["appointment_offered", "appointment_wait_ended"]
    with pytest.raises(OfferOver):
        await room.waiting.accept(*one, line[0])
    # The second declines, the third takes it; said again it changes nothing.
    await room.bookings.cancel(*two, line[1])
    for _ in range(2):
        await room.waiting.accept(*three, line[2])
    assert [await state_of(each) for each in line] == [CANCELLED, CANCELLED, BOOKED]
    assert await counted(services, slot) == (0, 0)
    await build_dispatcher(services).drain()
    told = services.core.store.db["inbox_items"]
    texts = [
        [raw["text"] async for raw in told.find({"resident_id": each[1]}).sort("_id", 1)]
        for each in (one, two, three)
    ]
    # The circumstances of one's own doing are not told to oneself.
    assert [[t for t in each if t.startswith("appointment")] for each in texts] == [
        ["appointment_offered", "appointment_wait_ended"],
        ["appointment_offered"],
        ["appointment_offered"],
    ]


async def test_a_place_from_the_line_replaces_the_one_that_is_booked(
    services: Services, clock: FixedClock
) -> None:
    clinic = await a_clinic(services)
    soon = await a_slot(services, clinic)
    late = await a_slot(services, clinic, MORNING + timedelta(days=7))
    holder, one = [await a_resident(services) for _ in range(2)]
    room = services.appointments
    taken = await booked(services, *holder, soon)
    with pytest.raises(AppointmentExists):
        await waits(services, *holder, soon)
    with pytest.raises(SlotHasPlaces):
        await waits(services, *one, late)
    first = await booked(services, *one, late)
    better = await waits(services, *one, soon)
    with pytest.raises(AppointmentWaits):
        await waits(services, *one, soon)
    await room.bookings.cancel(*holder, taken)
    await room.waiting.accept(*one, better)
    assert (await state_of(first), await state_of(better)) == (CANCELLED, BOOKED)
    assert (await room.looking.get(*one, first)).reason is CancelReason.REPLACED
    assert [await counted(services, each) for each in (soon, late)] == [(0, 0), (1, 0)]
    with pytest.raises(AppointmentExists):
        await booked(services, *one, late)


async def test_a_line_ends_when_its_time_comes_and_has_a_limit(
    services: Services, clock: FixedClock
) -> None:
    clinic = await a_clinic(services)
    slots = [await a_slot(services, clinic, MORNING + n * HOURS) for n in range(6)]
    one = await a_resident(services)
    room = services.appointments
    for each in slots:
        await booked(services, *await a_resident(services), each)
    line = [await waits(services, *one, each) for each in slots[:5]]
    with pytest.raises(WaitsTooMany) as refused:
        await waits(services, *one, slots[5])
    assert refused.value.data == {"limit": 5}
    # Given back too late to be offered to anybody: it is free, and the line ends.
    clock.set(MORNING - timedelta(minutes=30))
    assert await room.worker.step() == 1
    assert [await state_of(each) for each in line] == [CANCELLED, *[WAITLIST] * 4]
    assert (await room.looking.get(*one, line[0])).reason is CancelReason.NO_PLACE
    clock.set(MORNING + timedelta(days=2))  # the clock jumps
    assert await room.worker.step() == 4
    assert {await state_of(each) for each in line} == {CANCELLED}
    for each in slots:
        await counted(services, each)
    assert await room.worker.step() == 0


async def test_many_who_give_up_and_wait_at_once_lose_no_place(services: Services) -> None:
    slot = await a_slot(services, await a_clinic(services), capacity=3)
    room = services.appointments
    holders = [await a_resident(services) for _ in range(3)]
    taken = [await booked(services, *each, slot) for each in holders]
    wanting = [await a_resident(services) for _ in range(5)]
    answers = await asyncio.gather(
        *(waits(services, *each, slot) for each in wanting),
        *(room.bookings.cancel(*h, t) for h, t in zip(holders, taken, strict=True)),
        return_exceptions=True,
    )
    refused = [each for each in answers if isinstance(each, BaseException)]
    assert {type(each) for each in refused} <= {SlotHasPlaces}
    left, waiting = await counted(services, slot)
    assert left == 0 or waiting == 0
    db = services.core.store.db
    offered = await db["appointments"].count_documents({"state": "proposed"})
    assert offered + left == 3
    assert offered + waiting + len(refused) == 5


async def test_who_is_erased_leaves_the_line_and_the_place(services: Services) -> None:
    clinic = await a_clinic(services)
    slot = await a_slot(services, clinic)
    holder, one, two = [await a_resident(services) for _ in range(3)]
    taken = await booked(services, *holder, slot)
    await waits(services, *one, slot)
    last = await waits(services, *two, slot)
    owned = Owned(services.core.store, DOCUMENTS)
    assert owned.unruled() == []
    gone = await owned.delete(one[1])
    assert (gone["appointments"], gone["appointment_places"]) == (1, 1)
    await owned.delete(holder[1])
    assert await services.appointments.worker.step() == 1
    assert await state_of(last) is PROPOSED
    raw = await services.core.store.db["appointment_slots"].find_one({"_id": slot.id})
    assert raw is not None
    assert (raw["left"], raw["waiting"]) == (0, 0)
    kept = await services.core.store.db["appointment_places"].find_one({"_id": taken})
    assert kept is not None
    assert (kept["resident_id"], kept["state"]) == (None, "cancelled")
