"""Old entries go; where each chain was cut is an anchored entry, so that the rest verifies."""

from __future__ import annotations

from datetime import datetime, timedelta

from bson import ObjectId

from backend.access.log.documents import (
    AccessAnchor,
    AccessCheckpoint,
    AccessEntry,
    AccessReport,
    AccessRoot,
)
from backend.core.clock import Clock

LEAST_KEPT = timedelta(days=180)
"""Six months: what the issue asks for, as 网络安全法 Art. 21 (3) does for network logs."""
_MONTH = timedelta(days=30.44)


class Purging:
    """Deletes what is older than ``months``, at least ``LEAST_KEPT``."""

    def __init__(self, clock: Clock, months: int) -> None:
        self._clock = clock
        self._kept = max(months * _MONTH, LEAST_KEPT)

    async def purge(self) -> int:
        """How many entries were deleted."""
        before = self._clock.now() - self._kept
        root = await AccessRoot.get_pymongo_collection().find_one(
            {"at": {"$lt": before}}, {"number": 1}, sort=[("number", -1)]
        )
        if root is None:
            return 0
        entries = AccessEntry.get_pymongo_collection()
        old = await entries.distinct("resident_id", {"at": {"$lt": before}})
        return sum([await self._cut(each, root["number"], before) for each in old])

    async def _cut(self, resident_id: ObjectId, newest_root: int, before: datetime) -> int:
        anchor = await AccessAnchor.get_pymongo_collection().find_one(
            {"resident_id": resident_id, "root": {"$lte": newest_root}}, sort=[("seq", -1)]
        )
        if anchor is None or await self._held(resident_id, anchor["seq"], before):
            return 0
        # First where the chain begins from now on: stopped in between, nothing is missing.
        await AccessCheckpoint.get_pymongo_collection().update_one(
            {"resident_id": resident_id},
            {
                "$set": {
                    "seq": anchor["seq"],
                    "hash": anchor["hash"],
                    "root": anchor["root"],
                    "purged_at": self._clock.now(),
                },
                "$setOnInsert": {"_id": ObjectId()},
            },
            upsert=True,
        )
        gone = await AccessEntry.get_pymongo_collection().delete_many(
            {"resident_id": resident_id, "seq": {"$lte": anchor["seq"]}}
        )
        return gone.deleted_count

    async def _held(self, resident_id: ObjectId, seq: int, before: datetime) -> bool:
        """Something up to there is not old yet (clocks differ), or is being looked into."""
        entries = AccessEntry.get_pymongo_collection()
        upto = {"resident_id": resident_id, "seq": {"$lte": seq}}
        if await entries.find_one({**upto, "at": {"$gte": before}}, {"_id": 1}):
            return True
        reports = AccessReport.get_pymongo_collection()
        open_ones = await reports.distinct(
            "entry_id", {"resident_id": resident_id, "state": "open"}
        )
        held = {**upto, "_id": {"$in": open_ones}}
        return await entries.find_one(held, {"_id": 1}) is not None
