"""Where talks are kept: in memory for one terminal, in the store for messengers."""

from __future__ import annotations

import asyncio
import contextlib
import copy
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bson import ObjectId

from bot.chat.talk import Talk


class TalkHeld(Exception):
    """An earlier message of the chat takes longer than one waits."""


class Talks(Protocol):
    def turn(
        self, chat: str, account_id: ObjectId, *, wait: bool = True
    ) -> AbstractAsyncContextManager[Talk]:
        """The talk of this account in this chat, in nobody else's hands until the block ends;
        what changed is kept then, and forgotten where the block raised.

        Raises ``TalkHeld``, without ``wait`` at once where somebody else holds it.
        """
        ...


class MemoryTalks:
    """As long as the process lives."""

    def __init__(self) -> None:
        self._talks: defaultdict[tuple[str, ObjectId], Talk] = defaultdict(Talk)
        self._locks: defaultdict[tuple[str, ObjectId], asyncio.Lock] = defaultdict(asyncio.Lock)

    @contextlib.asynccontextmanager
    async def turn(
        self, chat: str, account_id: ObjectId, *, wait: bool = True
    ) -> AsyncIterator[Talk]:
        key = (chat, account_id)
        if self._locks[key].locked() and not wait:
            raise TalkHeld
        async with self._locks[key]:
            talk = copy.deepcopy(self._talks[key])
            yield talk
            self._talks[key] = talk
