"""How often somebody may try a code, counted in MongoDB for all processes together.

Right ones count too, and nothing clears the count: else a helper's good code in
between would buy any number of guesses.
"""

from __future__ import annotations

import math
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from backend.access.circle.documents import CodeAttempts
from backend.access.circle.errors import CodeTriedTooOften
from backend.access.limits import ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_ADDRESS, ATTEMPTS_WINDOW
from backend.core.clock import Clock
from backend.core.keys import Keyring


class Attempts:
    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock

    async def count(self, account_id: ObjectId, address: str | None) -> None:
        """Count one attempt before it is looked at. Raises ``CodeTriedTooOften``."""
        if address:
            await self._count(f"address:{address}", ATTEMPTS_PER_ADDRESS)
        await self._count(f"account:{account_id}", ATTEMPTS_PER_ACCOUNT)

    async def _count(self, subject: str, most: int) -> None:
        now = self._clock.now()
        running = {"$gt": ["$until", now]}
        row = await _upsert(
            self._keyring.blind_index("code_attempts", subject),
            {
                "attempts": {"$cond": [running, {"$add": ["$attempts", 1]}, 1]},
                "until": {"$cond": [running, "$until", now + ATTEMPTS_WINDOW]},
            },
        )
        if row["attempts"] > most:
            left = math.ceil((row["until"] - now).total_seconds())
            raise CodeTriedTooOften(retry_after_seconds=left)


async def _upsert(key: bytes, update: dict[str, Any]) -> dict[str, Any]:
    collection: Any = CodeAttempts.get_pymongo_collection()

    async def once() -> dict[str, Any]:
        found: dict[str, Any] = await collection.find_one_and_update(
            {"key": key}, [{"$set": update}], upsert=True, return_document=ReturnDocument.AFTER
        )
        return found

    try:
        return await once()
    except DuplicateKeyError:  # two first attempts at once
        return await once()
