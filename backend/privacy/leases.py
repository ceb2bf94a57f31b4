"""Jobs held by lease: any number of workers, each job in one hand at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from backend.core.clock import Clock
from backend.core.database import Raw, Session
from backend.privacy.limits import LEASE


class LeaseLost(Exception):
    """Another worker took the job, or it was cancelled or erased: drop what was made."""


class Leases:
    """Over the documents of one collection with ``available_at``, ``leased_by``, ``attempts``
    and ``state``."""

    def __init__(self, clock: Clock, collection: Callable[[], Any]) -> None:
        self._clock = clock
        self._collection = collection
        self._name = str(ObjectId())

    async def claim(self, query: Raw, changes: Raw | None = None) -> Raw | None:
        """The job that waits longest among those that match and are due; now ours."""
        now = self._clock.now()
        held = {"leased_by": self._name, "available_at": now + LEASE}
        found: Raw | None = await self._collection().find_one_and_update(
            {**query, "available_at": {"$lte": now}},
            {"$set": {**held, **(changes or {})}, "$inc": {"attempts": 1}},
            sort=[("available_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return found

    async def hold(self, job: Raw, **fields: Any) -> None:
        """Note progress and keep the job for another while. Raises ``LeaseLost``."""
        await self.settle(job, available_at=self._clock.now() + LEASE, **fields)

    async def settle(
        self,
        job: Raw,
        *,
        available_at: datetime,
        session: Session | None = None,
        **fields: Any,
    ) -> None:
        """Write the outcome, if the job is still ours. Raises ``LeaseLost``."""
        ours = {name: job[name] for name in ("_id", "state", "attempts")}
        ours["leased_by"] = self._name
        change = {"$set": {"available_at": available_at, **fields}}
        result = await self._collection().update_one(ours, change, session=session)
        if result.matched_count == 0:
            raise LeaseLost
