"""Locks by key within one process: who would collide in the store waits here instead."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from weakref import WeakValueDictionary

from bson import ObjectId


class KeyedLocks:
    """Only spares retries: what keeps the books right is the store's own conflict check."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[ObjectId, asyncio.Lock] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def held(self, key: ObjectId) -> AsyncIterator[None]:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        async with lock:
            yield
