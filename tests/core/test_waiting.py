"""Workers wait for an event or a while, and stop when they are told to."""

from __future__ import annotations

import asyncio

import pytest

from backend.core.waiting import woken


async def test_an_event_wakes_and_time_ends_the_waiting() -> None:
    event = asyncio.Event()
    assert await woken(event, 0.01) is False
    event.set()
    assert await woken(event, 60) is True


@pytest.mark.parametrize("moments", [0, 1, 2])  # after one, wait_for forgets it
async def test_a_worker_that_is_stopped_as_the_event_comes_stops(moments: int) -> None:
    event = asyncio.Event()

    async def works() -> None:
        while True:
            event.clear()
            await woken(event, 60)

    task = asyncio.create_task(works())
    await asyncio.sleep(0.01)
    event.set()
    for _ in range(moments):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=1)
    again = task.cancel()  # or it would outlive the test
    assert done == {task}
    assert not again
    assert task.cancelled()
