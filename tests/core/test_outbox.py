"""The outbox: at least once, to each subscriber, whatever dies on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import ClassVar

import pytest
from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.clock import FixedClock
from backend.core.container import Core
from backend.core.database import Session
from backend.core.dispatcher import LEASE, MAX_ATTEMPTS, Dispatcher
from backend.core.outbox import Event, OutboxEntry


class Happened(Event):
    name: ClassVar[str] = "test_happened"
    number: int


RESIDENT = PydanticObjectId()


async def publish(core: Core, *numbers: int) -> None:
    async def work(session: Session) -> None:
        events = [Happened(resident_id=RESIDENT, number=number) for number in numbers]
        await core.outbox.publish(session, *events)

    await core.store.transaction(work)


async def states(core: Core) -> list[tuple[str, int]]:
    found = OutboxEntry.get_pymongo_collection().find({}).sort("_id", 1)
    return [(raw["state"], raw["attempts"]) async for raw in found]


async def test_an_event_reaches_every_subscriber_once(core: Core) -> None:
    seen: list[tuple[str, int]] = []

    async def first(event: Happened, _: ObjectId) -> None:
        seen.append(("first", event.number))

    async def second(event: Happened, _: ObjectId) -> None:
        seen.append(("second", event.number))

    dispatcher = Dispatcher(core.clock, core.changes)
    dispatcher.subscribe(Happened, "first", first)
    dispatcher.subscribe(Happened, "second", second)
    await publish(core, 1, 2)
    assert await dispatcher.drain() == 2
    assert sorted(seen) == [("first", 1), ("first", 2), ("second", 1), ("second", 2)]
    assert await states(core) == [("done", 1), ("done", 1)]


async def test_an_event_of_a_failed_transaction_never_was(core: Core) -> None:
    async def work(session: Session) -> None:
        await core.outbox.publish(session, Happened(resident_id=RESIDENT, number=1))
        raise RuntimeError("after all not")

    with pytest.raises(RuntimeError):
        await core.store.transaction(work)
    assert await OutboxEntry.count() == 0


async def test_only_the_subscriber_that_failed_is_called_again(
    core: Core, clock: FixedClock
) -> None:
    calls = {"early": 0, "bad": 0, "good": 0}
    written: list[list[str]] = []  # when the second begins: a crash in it must not repeat the first

    async def early(event: Happened, _: ObjectId) -> None:
        calls["early"] += 1

    async def good(event: Happened, _: ObjectId) -> None:
        calls["good"] += 1

    async def bad(event: Happened, _: ObjectId) -> None:
        calls["bad"] += 1
        raw = await OutboxEntry.get_pymongo_collection().find_one({})
        written.append(raw["done_by"] if raw else [])
        if calls["bad"] == 1:
            raise RuntimeError("张建国 142/88 must not be kept")

    dispatcher = Dispatcher(core.clock, core.changes)
    dispatcher.subscribe(Happened, "early", early)
    dispatcher.subscribe(Happened, "bad", bad)
    dispatcher.subscribe(Happened, "good", good)
    await publish(core, 1)
    await dispatcher.drain()
    raw = await OutboxEntry.get_pymongo_collection().find_one({})
    assert raw is not None
    assert (raw["state"], raw["error"]) == ("pending", "bad: RuntimeError")
    clock.advance(timedelta(seconds=2))
    assert await dispatcher.drain() == 1
    assert calls == {"early": 1, "bad": 2, "good": 1}
    assert written == [["early"], ["early", "good"]]
    assert await states(core) == [("done", 2)]


async def test_what_always_fails_ends_as_a_dead_letter(core: Core, clock: FixedClock) -> None:
    async def bad(event: Happened, _: ObjectId) -> None:
        raise RuntimeError

    dispatcher = Dispatcher(core.clock, core.changes)
    dispatcher.subscribe(Happened, "bad", bad)
    await publish(core, 1)
    for _ in range(MAX_ATTEMPTS + 3):
        await dispatcher.drain()
        clock.advance(timedelta(minutes=11))
    assert await states(core) == [("dead", MAX_ATTEMPTS)]


async def test_a_killed_worker_leaves_its_event_to_the_next(core: Core, clock: FixedClock) -> None:
    seen: list[int] = []

    async def handler(event: Happened, _: ObjectId) -> None:
        seen.append(event.number)

    killed, next_one = (Dispatcher(core.clock, core.changes) for _ in range(2))
    next_one.subscribe(Happened, "handler", handler)
    await publish(core, 7)
    assert await killed._claim() is not None  # and dies here
    assert await next_one.drain() == 0
    clock.advance(LEASE + timedelta(seconds=1))
    assert await next_one.drain() == 1
    assert seen == [7]


async def test_many_workers_share_the_work_without_doubling_it(core: Core) -> None:
    seen: list[int] = []

    async def handler(event: Happened, _: ObjectId) -> None:
        seen.append(event.number)
        await asyncio.sleep(0)

    workers = [Dispatcher(core.clock, core.changes) for _ in range(4)]
    for worker in workers:
        worker.subscribe(Happened, "handler", handler)
    await publish(core, *range(40))
    await asyncio.gather(*(worker.drain() for worker in workers))
    assert sorted(seen) == list(range(40))


async def test_a_running_worker_is_woken_at_once(core: Core) -> None:
    arrived = asyncio.Event()

    async def handler(event: Happened, _: ObjectId) -> None:
        arrived.set()

    dispatcher = Dispatcher(core.clock, core.changes)
    dispatcher.subscribe(Happened, "handler", handler)
    running = asyncio.create_task(dispatcher.run())
    try:
        await asyncio.sleep(0.3)
        await publish(core, 1)
        await asyncio.wait_for(arrived.wait(), 10)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
