"""The log's periodic work: roots and the purge, by whichever process holds the lease."""

from __future__ import annotations

from datetime import timedelta

import structlog
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.log.anchoring import Anchoring
from backend.access.log.documents import AccessLease
from backend.access.log.purging import Purging
from backend.core.clock import Clock
from backend.core.rounds import rounds

log = structlog.get_logger(__name__)

_JOB = "keeping"
_LEASE = timedelta(minutes=30)


class Keeping:
    """``run`` in any number of processes."""

    def __init__(self, clock: Clock, *, every: timedelta, months: int) -> None:
        self._clock = clock
        self._every = every
        self._anchoring = Anchoring(clock)
        self._purging = Purging(clock, months)
        self._holder = ObjectId()

    async def run(self) -> None:
        """Work until cancelled."""
        await rounds("access log", self.once, self._every.total_seconds())

    async def once(self) -> bool:
        """Anchor and purge now; False where another process is at it, or just was."""
        if not await self._lease():
            return False
        root = await self._anchoring.anchor()
        gone = await self._purging.purge()
        if root is not None:
            log.info("access log anchored", root=root.number, hash=root.hash.hex(), purged=gone)
        await self._set_until(self._every / 2)
        return True

    async def _lease(self) -> bool:
        now = self._clock.now()
        leases = AccessLease.get_pymongo_collection()
        try:
            await leases.update_one(
                {"job": _JOB, "until": {"$lte": now}},
                {
                    "$set": {"until": now + _LEASE, "holder": self._holder},
                    "$setOnInsert": {"_id": ObjectId()},
                },
                upsert=True,
            )
        except DuplicateKeyError:
            return False
        return True

    async def _set_until(self, after: timedelta) -> None:
        # Not free at once: the others wake about now, too.
        await AccessLease.get_pymongo_collection().update_one(
            {"job": _JOB, "holder": self._holder}, {"$set": {"until": self._clock.now() + after}}
        )
