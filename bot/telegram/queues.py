"""One message of a chat at a time in this process, and not too many waiting."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Queue:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    inside: int = 0
    told: bool = False


class TooManyAtOnce(Exception):
    """``told``: the person heard it already."""

    def __init__(self, told: bool) -> None:
        super().__init__()
        self.told = told


class Queues:
    """Answers leave in the order of the messages; ``waiting`` of a chat at most are taken."""

    def __init__(self, waiting: int) -> None:
        self._waiting = waiting
        self._queues: dict[int, _Queue] = {}

    @contextlib.asynccontextmanager
    async def turn(self, chat: int) -> AsyncIterator[None]:
        """Raises ``TooManyAtOnce``."""
        queue = self._queues.setdefault(chat, _Queue())
        if queue.inside >= self._waiting:
            told, queue.told = queue.told, True
            raise TooManyAtOnce(told)
        queue.inside += 1
        try:
            async with queue.lock:
                yield
        finally:
            queue.inside -= 1
            if not queue.inside:
                del self._queues[chat]

    def busy(self, chat: int) -> bool:
        return chat in self._queues

    def __len__(self) -> int:
        return len(self._queues)
