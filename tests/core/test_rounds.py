"""Workers: what a failed round leaves, when the next begins, and how they stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from structlog.testing import capture_logs

from backend.core.rounds import drained, rounds, woken_rounds


async def until(done: asyncio.Event, worker: Coroutine[Any, Any, object]) -> None:
    task = asyncio.create_task(worker)
    try:
        async with asyncio.timeout(10):
            await done.wait()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_failed_round_is_told_without_its_words_and_the_next_comes() -> None:
    done, made = asyncio.Event(), 0

    async def work() -> None:
        nonlocal made
        made += 1
        if made == 1:
            raise ValueError("张建国 血压 180/110")
        done.set()

    with capture_logs() as logs:
        await until(done, rounds("readings", work, 0.001))
    told = {
        "event": "a worker's round failed",
        "worker": "readings",
        "error": "ValueError",
        "log_level": "warning",
    }
    assert logs == [told]


async def test_a_worker_that_is_woken_does_not_wait_for_its_round() -> None:
    wake, done, begun = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        if begun.is_set():
            done.set()
        begun.set()

    task = asyncio.create_task(until(done, woken_rounds("readings", work, wake, 3600)))
    await begun.wait()
    await asyncio.sleep(0)
    wake.set()
    await task


async def test_draining_goes_on_until_nothing_is_left_and_counts() -> None:
    left = [2, 3, 0, 7]

    async def step() -> int:
        return left.pop(0)

    assert await drained(step) == 5
    assert left == [7]
