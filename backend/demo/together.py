"""Several things at a time, but not all at once: each takes a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

AT_ONCE = 8
T = TypeVar("T")
R = TypeVar("R")


async def several(work: Callable[[T], Awaitable[R]], items: Iterable[T]) -> list[R]:
    """``work`` on every item, some at a time; the answers in the items' order."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> R:
        async with free:
            return await work(item)

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one(item)) for item in items]
    return [each.result() for each in running]
