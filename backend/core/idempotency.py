"""Asking twice does once: the first answer is kept and given again.

The key is the caller's; its record is written in the transaction of the
work. The same key with other arguments is an error. What is kept as answer
are ids and codes, never values.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

import orjson
from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.core.clock import Clock
from backend.core.database import Raw, Session, Store
from backend.core.documents import Stored, index, unique
from backend.core.errors import Conflict, Invalid

_KEPT = timedelta(hours=48)
_LONGEST_KEY = 200


class IdempotencyKeyReused(Conflict):
    code = "IDEMPOTENCY_KEY_REUSED"
    zh = "这个幂等键已用于另一个请求，请换一个新的。"
    en = "This idempotency key was used for another request; use a new one."


class IdempotencyKeyInvalid(Invalid):
    code = "IDEMPOTENCY_KEY_INVALID"
    zh = "幂等键须为 1 到 200 个字符。"
    en = "An idempotency key has 1 to 200 characters."


class IdempotentAnswer(Stored):
    account_id: PydanticObjectId
    key: str
    arguments: bytes
    answer: dict[str, Any]
    at: datetime

    class Settings:
        name = "idempotent_answers"
        indexes: ClassVar = [
            unique("one_answer_per_idempotency_key", ("account_id", 1), ("key", 1)),
            index(
                "idempotent_answers_expire",
                ("at", 1),
                expireAfterSeconds=int(_KEPT.total_seconds()),
            ),
        ]


class Idempotency:
    """Runs a piece of work once per account and key."""

    def __init__(self, store: Store, clock: Clock, secret: bytes) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret

    async def once(
        self,
        account_id: ObjectId,
        key: str,
        arguments: Any,
        work: Callable[[Session], Awaitable[Raw]],
    ) -> Raw:
        """``work``'s answer, in a transaction with the note that it was given.

        ``arguments`` is JSON-like; only its keyed hash is stored. Raises
        ``IdempotencyKeyReused`` or ``IdempotencyKeyInvalid``.
        """
        if not 1 <= len(key) <= _LONGEST_KEY:
            raise IdempotencyKeyInvalid
        digest = self._digest(arguments)
        earlier = await self._earlier(account_id, key, digest)
        if earlier is not None:
            return earlier

        async def both(session: Session) -> Raw:
            answer = await work(session)
            note = {
                "account_id": account_id,
                "key": key,
                "arguments": digest,
                "answer": answer,
                "at": self._clock.now(),
            }
            await IdempotentAnswer.get_pymongo_collection().insert_one(note, session=session)
            return answer

        try:
            return await self._store.transaction(both)
        except DuplicateKeyError:
            # Two requests with one key at once: the other was first, unless some other
            # invariant was broken, which is the caller's to tell.
            earlier = await self._earlier(account_id, key, digest)
            if earlier is None:
                raise
            return earlier

    async def known(self, account_id: ObjectId, key: str) -> bool:
        """Whether the key was used already."""
        found = await IdempotentAnswer.get_pymongo_collection().find_one(
            {"account_id": account_id, "key": key}, {"_id": 1}
        )
        return found is not None

    async def _earlier(self, account_id: ObjectId, key: str, digest: bytes) -> Raw | None:
        raw = await IdempotentAnswer.get_pymongo_collection().find_one(
            {"account_id": account_id, "key": key}
        )
        if raw is None:
            return None
        if not hmac.compare_digest(raw["arguments"], digest):
            raise IdempotencyKeyReused
        answer: Raw = raw["answer"]
        return answer

    def _digest(self, arguments: Any) -> bytes:
        return hmac.digest(self._secret, _canonical(arguments), hashlib.sha256)


def _canonical(arguments: Any) -> bytes:
    """The same bytes for the same arguments, whatever order their names stand in."""
    try:
        return orjson.dumps(arguments, default=str, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # A number beyond 64 bits or a lone surrogate: what refuses it later shall say so.
        return json.dumps(arguments, default=str, sort_keys=True).encode()
