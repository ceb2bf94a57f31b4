"""How often somebody may try to bind a meter, counted in MongoDB for all processes together.

An attempt is counted before it is looked at, so that many at once get no further than
many in a row; one that was right is taken off again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from backend.core.container import Core
from backend.core.database import Raw
from backend.measurements.documents import ClaimAttempts
from backend.measurements.meter_errors import MeterClaimTooOften


@dataclass(frozen=True, slots=True)
class Limit:
    """``count`` attempts within ``window``, which begins with the first of them."""

    count: int
    window: timedelta


PER_ACCOUNT = Limit(10, timedelta(hours=1))
PER_SERIAL = Limit(20, timedelta(hours=1))


class ClaimLimiter:
    def __init__(self, core: Core) -> None:
        self._keyring = core.keyring
        self._clock = core.clock

    async def count(self, account_id: ObjectId, serial: str) -> None:
        """Count one attempt. Raises ``MeterClaimTooOften`` where it is one too many."""
        await self._count(self._account(account_id), PER_ACCOUNT)
        await self._count(self._serial(serial), PER_SERIAL)

    async def forgive(self, account_id: ObjectId, serial: str) -> None:
        """The attempt just counted was right."""
        for key in (self._account(account_id), self._serial(serial)):
            await ClaimAttempts.get_pymongo_collection().update_one(
                {"key": key}, {"$inc": {"attempts": -1}}
            )

    async def _count(self, key: bytes, limit: Limit) -> None:
        now = self._clock.now()
        running = {"$gt": ["$until", now]}
        row = await _upsert(
            key,
            {
                "attempts": {"$cond": [running, {"$add": ["$attempts", 1]}, 1]},
                "until": {"$cond": [running, "$until", now + limit.window]},
            },
        )
        if row["attempts"] > limit.count:
            left = math.ceil((row["until"] - now).total_seconds())
            raise MeterClaimTooOften(retry_after_seconds=left)

    def _account(self, account_id: ObjectId) -> bytes:
        return self._keyring.blind_index("meter_claims:account", str(account_id))

    def _serial(self, serial: str) -> bytes:
        return self._keyring.blind_index("meter_claims:serial", serial)


async def _upsert(key: bytes, update: Raw) -> Raw:
    collection: Any = ClaimAttempts.get_pymongo_collection()

    async def once() -> Raw:
        found: Raw = await collection.find_one_and_update(
            {"key": key}, [{"$set": update}], upsert=True, return_document=ReturnDocument.AFTER
        )
        return found

    try:
        return await once()
    except DuplicateKeyError:  # two first attempts at once
        return await once()
