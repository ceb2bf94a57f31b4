"""How often something may be tried, counted in MongoDB for all processes together.

An attempt is counted before it is looked at, so that many at once get no further than many in
a row. Whether a right one is taken off again is for the room to say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from backend.core.clock import Clock
from backend.core.database import Raw
from backend.core.documents import ASC, Stored, index
from backend.core.errors import TooMuch


@dataclass(frozen=True, slots=True)
class Limit:
    """``count`` attempts within ``window``, which begins with the first of them."""

    count: int
    window: timedelta


class AttemptCount(Stored):
    """``key`` is a blind index of who tries, or of what is tried; one count per key."""

    key: bytes
    attempts: int
    until: datetime


def expiring(name: str) -> IndexModel:
    """The index that lets a count go an hour after its window."""
    return index(name, ("until", ASC), expireAfterSeconds=3_600)


class AttemptCounter:
    """The counts of one collection. ``too_often`` is refused with ``retry_after_seconds``."""

    def __init__(self, counts: type[AttemptCount], clock: Clock, too_often: type[TooMuch]) -> None:
        self._counts = counts
        self._clock = clock
        self._too_often = too_often

    async def count(self, key: bytes, limit: Limit) -> None:
        """Count one attempt. Raises ``too_often`` where it is one too many."""
        now = self._clock.now()
        running = {"$gt": ["$until", now]}
        row = await self._upsert(
            key,
            {
                "attempts": {"$cond": [running, {"$add": ["$attempts", 1]}, 1]},
                "until": {"$cond": [running, "$until", now + limit.window]},
            },
        )
        if row["attempts"] > limit.count:
            left = math.ceil((row["until"] - now).total_seconds())
            raise self._too_often(retry_after_seconds=left)

    async def forgive(self, key: bytes) -> None:
        """The attempt just counted was right."""
        await self._counts.get_pymongo_collection().update_one(
            {"key": key}, {"$inc": {"attempts": -1}}
        )

    async def clear(self, key: bytes) -> None:
        """Forget all attempts: one of them was right."""
        await self._counts.get_pymongo_collection().delete_one({"key": key})

    async def _upsert(self, key: bytes, update: Raw) -> Raw:
        collection: Any = self._counts.get_pymongo_collection()

        async def once() -> Raw:
            found: Raw = await collection.find_one_and_update(
                {"key": key}, [{"$set": update}], upsert=True, return_document=ReturnDocument.AFTER
            )
            return found

        try:
            return await once()
        except DuplicateKeyError:  # two first attempts at once
            return await once()
