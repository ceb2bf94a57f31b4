"""Taking due work in batches: any number of workers, each piece in one hand at a time."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bson import ObjectId

from backend.core.clock import Clock
from backend.core.database import Raw

_AHEAD = 4  # times the batch that is looked at: workers that look at once seldom pick the same


class Claims:
    """Over documents with a time at ``due`` and the holder's name at ``holder``.

    A claim moves ``due`` to the end of its lease, so a worker that dies gives its batch back.
    """

    def __init__(
        self,
        clock: Clock,
        collection: Callable[[], Any],
        *,
        due: str,
        holder: str,
        lease: timedelta,
    ) -> None:
        self._clock = clock
        self._collection = collection
        self._due = due
        self._holder = holder
        self._lease = lease

    async def take(self, query: Raw, size: int) -> tuple[str, list[Raw]]:
        """The holder's name of this claim, and up to ``size`` due documents that are held now."""
        now = self._clock.now()
        due = {**query, self._due: {"$lte": now}}
        rows = self._collection().find(due, {"_id": 1}).sort(self._due, 1).limit(size * _AHEAD)
        seen = [raw["_id"] async for raw in rows]
        if not seen:
            return "", []
        chosen = seen if len(seen) <= size else random.sample(seen, size)
        name = str(ObjectId())
        await self._collection().update_many(
            {"_id": {"$in": chosen}, **due},
            {"$set": {self._holder: name, self._due: now + self._lease}},
        )
        mine = self._collection().find({"_id": {"$in": chosen}, self._holder: name})
        return name, await mine.to_list()
