"""Workers: rounds of what is due, until they are cancelled."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Never

import structlog

from backend.core.waiting import woken

log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[object]]


async def rounds(worker: str, work: Work, seconds: float) -> Never:
    """``work`` again and again, with about ``seconds`` between, which keeps processes apart.

    A round that fails (the store is away) is logged by the kind of its error alone, whose words
    could tell of a person. What it left undone is still due, or its lease brings it back.
    """
    while True:
        await _round(worker, work)
        await asyncio.sleep(seconds * random.uniform(0.8, 1.2))


async def woken_rounds(worker: str, work: Work, wake: asyncio.Event, seconds: float) -> Never:
    """``rounds`` that begin as soon as ``wake`` is set, and after ``seconds`` at the latest."""
    while True:
        wake.clear()
        if not await _round(worker, work):
            await asyncio.sleep(random.uniform(0.5, 1.5))
        await woken(wake, seconds)


async def drained(step: Callable[[], Awaitable[int]]) -> int:
    """``step`` until it finds nothing to do; how much it did in all."""
    handled = 0
    while done := await step():
        handled += done
    return handled


async def _round(worker: str, work: Work) -> bool:
    try:
        await work()
    except Exception as error:
        log.warning("a worker's round failed", worker=worker, error=type(error).__name__)
        return False
    return True
