"""What chats remember, in the store: any process goes on with any of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from bson import ObjectId
from pydantic import ValidationError
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from backend.core.container import Core
from backend.core.database import Raw
from backend.identity.viewer import Channel
from bot.chat.talk import Talk, dumped, loaded
from bot.chat.talks import TalkHeld
from bot.linking.documents import ChatTalk
from bot.linking.links import limits

log = structlog.get_logger(__name__)
_LOOKS_SECONDS = 0.1


class StoredTalks:
    """A messenger's. ``pause`` waits for seconds; ``asyncio.sleep`` but in tests."""

    def __init__(
        self,
        core: Core,
        channel: Channel,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._core = core
        self._channel = channel
        self._pause = pause

    @contextlib.asynccontextmanager
    async def turn(
        self, chat: str, account_id: ObjectId, *, wait: bool = True
    ) -> AsyncIterator[Talk]:
        """As ``Talks.turn``. A button used in one process is used in all: the next one to hold
        the talk sees what the last wrote."""
        waits = limits()["talk_waited_seconds"] if wait else 0
        row = await self._held(chat, account_id, waits)
        try:
            talk = await self._opened(row)
            yield talk
        except BaseException:
            await self._let_go(row, {})
            raise
        await self._keep(row, talk)

    async def _held(self, chat: str, account_id: ObjectId, waits: float) -> Raw:
        tries = 1 + int(waits / _LOOKS_SECONDS)
        for count in range(tries):
            row = await self._hold(chat, account_id)
            if row is not None:
                return row
            if count + 1 < tries:
                await self._pause(_LOOKS_SECONDS)
        raise TalkHeld

    async def _hold(self, chat: str, account_id: ObjectId) -> Raw | None:
        now = self._core.clock.now()
        place = {
            "account_id": account_id,
            "channel": self._channel.value,
            "chat": self._core.keyring.blind_index(f"chat:{self._channel.value}", chat),
        }
        until = now + timedelta(seconds=limits()["talk_held_seconds"])
        new: Raw = {"box": None, "version": 0, "resident_ids": []}
        new["expires_at"] = now + timedelta(hours=limits()["talk_hours"])
        try:
            row: Raw | None = await _talks().find_one_and_update(
                {**place, "$or": [{"held_by": None}, {"held_until": {"$lte": now}}]},
                {
                    "$set": {"held_by": str(ObjectId()), "held_until": until},
                    "$setOnInsert": new,
                },
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:  # it is there, and in somebody's hands
            return None
        return row

    async def _opened(self, row: Raw) -> Talk:
        if row["box"] is None or row["expires_at"] <= self._core.clock.now():
            return Talk()
        key = await self._core.keyring.key(row["account_id"])
        try:
            return loaded(key.open(row["box"], _place(row)))
        except ValidationError:
            log.warning("a talk of an older program was forgotten")
            return Talk()

    async def _keep(self, row: Raw, talk: Talk) -> None:
        key = await self._core.keyring.key(row["account_id"])
        kept = await self._let_go(
            row,
            {
                "box": key.seal(dumped(talk), _place(row)),
                "version": row["version"] + 1,
                "resident_ids": sorted(talk.residents),
                "expires_at": self._core.clock.now() + timedelta(hours=limits()["talk_hours"]),
            },
        )
        if not kept:
            log.warning("a talk was taken over in the middle of a message")

    async def _let_go(self, row: Raw, fields: Raw) -> bool:
        mine = {"_id": row["_id"], "held_by": row["held_by"], "version": row["version"]}
        change = {"$set": {**fields, "held_by": None}}
        return bool((await _talks().update_one(mine, change)).modified_count)


def _place(row: Raw) -> str:
    return f"chat_talks:{row['_id']}:talk"


def _talks() -> Any:
    return ChatTalk.get_pymongo_collection()
