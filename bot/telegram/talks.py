"""Which talk belongs to which chat, one message of it at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bson import ObjectId

from bot.chat.talk import Talk

Key = tuple[int, ObjectId]
"""Chat and account: whoever is linked anew begins anew."""


@dataclass(slots=True)
class _Kept:
    talk: Talk = field(default_factory=Talk)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    inside: int = 0
    told: bool = False


class TooManyAtOnce(Exception):
    """``told``: the person heard it already."""

    def __init__(self, told: bool) -> None:
        super().__init__()
        self.told = told


class Talks:
    """The newest ``most`` chats' talks, in this process."""

    def __init__(self, most: int, waiting: int) -> None:
        self._most = most
        self._waiting = waiting
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()

    @contextlib.asynccontextmanager
    async def turn(self, key: Key) -> AsyncIterator[Talk]:
        """Raises ``TooManyAtOnce``."""
        kept = self._kept.setdefault(key, _Kept())
        self._kept.move_to_end(key)
        if kept.inside >= self._waiting:
            told, kept.told = kept.told, True
            raise TooManyAtOnce(told)
        kept.inside += 1
        try:
            async with kept.lock:
                yield kept.talk
        finally:
            kept.inside -= 1
            kept.told = kept.told and kept.inside > 0
            self._trim()

    def _trim(self) -> None:
        idle = (key for key, each in list(self._kept.items()) if not each.inside)
        while len(self._kept) > self._most and (key := next(idle, None)):
            del self._kept[key]
