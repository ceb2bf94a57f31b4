"""The room's background work: one job after the other, as long as the program runs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import structlog

log = structlog.get_logger(__name__)

_POLL_SECONDS = 2.0  # a download waits this long at most before it begins

Step = Callable[[], Awaitable[bool]]


class PrivacyWorker:
    """Runs ``first`` once, then ``steps``: each does one piece of work and says whether there
    was any."""

    def __init__(self, steps: Sequence[Step], first: Callable[[], Awaitable[object]]) -> None:
        self._steps = tuple(steps)
        self._first = first

    async def run(self) -> None:
        """Work until cancelled."""
        begun = False
        while True:
            try:
                if not begun:
                    await self._first()
                    begun = True
                await self.drain()
            except Exception as error:  # the store is away: leases bring the jobs back
                log.warning("privacy work failed", error=type(error).__name__)
            await asyncio.sleep(_POLL_SECONDS * random.uniform(0.8, 1.2))

    async def drain(self) -> int:
        """Do everything that is due now; how much that was."""
        done = 0
        for step in self._steps:
            while await step():
                done += 1
        return done
