"""How often somebody may try to sign in, counted in MongoDB for all processes together.

An attempt is counted before it is looked at, so that many at once get no
further than many in a row. A subject (a staff user name, a client id) that
failed too often is locked until the window ends; getting in clears it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from backend.core.clock import Clock
from backend.core.documents import ASC, Stored, index, unique
from backend.core.keys import Keyring
from backend.identity.errors import SignInTooOften
from backend.identity.sign_ins import ProviderName, encodable


@dataclass(frozen=True, slots=True)
class Limit:
    """``count`` attempts within ``window``, which begins with the first of them."""

    count: int
    window: timedelta


PER_SUBJECT = Limit(5, timedelta(minutes=15))
"""Of one staff user name or client id: at most 1,440 of a million TOTP codes a day."""

PER_ADDRESS = Limit(300, timedelta(minutes=15))
"""From one network address: mobile carriers put thousands of phones behind one."""


class SignInAttempts(Stored):
    """``key`` is a blind index of provider and subject or address."""

    key: bytes
    attempts: int
    until: datetime

    class Settings:
        name = "sign_in_attempts"
        indexes: ClassVar = [
            unique("one_count_per_key", ("key", ASC)),
            index("sign_in_attempts_expire", ("until", ASC), expireAfterSeconds=3_600),
        ]


class AttemptLimiter:
    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock

    async def count(
        self, provider: ProviderName, *, subject: str | None, address: str | None
    ) -> None:
        """Count one attempt. Raises ``SignInTooOften`` where it is one too many."""
        if address is not None:
            await self._count(self._key(provider, "address", address), PER_ADDRESS)
        if subject is not None:
            await self._count(self._key(provider, "subject", subject), PER_SUBJECT)

    async def clear(self, provider: ProviderName, subject: str) -> None:
        """Forget the subject's attempts: one of them was right."""
        await SignInAttempts.get_pymongo_collection().delete_one(
            {"key": self._key(provider, "subject", subject)}
        )

    async def _count(self, key: bytes, limit: Limit) -> None:
        now = self._clock.now()
        running = {"$gt": ["$until", now]}
        update = {
            "attempts": {"$cond": [running, {"$add": ["$attempts", 1]}, 1]},
            "until": {"$cond": [running, "$until", now + limit.window]},
        }
        row = await self._upsert(key, update)
        if row["attempts"] > limit.count:
            left = math.ceil((row["until"] - now).total_seconds())
            raise SignInTooOften(retry_after_seconds=left)

    async def _upsert(self, key: bytes, update: dict[str, Any]) -> dict[str, Any]:
        collection: Any = SignInAttempts.get_pymongo_collection()

        async def once() -> dict[str, Any]:
            found: dict[str, Any] = await collection.find_one_and_update(
                {"key": key},
                [{"$set": update}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
            return found

        try:
            return await once()
        except DuplicateKeyError:  # two first attempts at once
            return await once()

    def _key(self, provider: ProviderName, kind: str, value: str) -> bytes:
        return self._keyring.blind_index(f"attempts:{provider.value}:{kind}", encodable(value))
