"""The room's background work: one job after the other, as long as the program runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from backend.core.rounds import drained, rounds

_POLL_SECONDS = 2.0  # a download waits this long at most before it begins

Step = Callable[[], Awaitable[bool]]


class PrivacyWorker:
    """Runs ``first`` once, then ``steps``: each does one piece of work and says whether there
    was any."""

    def __init__(self, steps: Sequence[Step], first: Callable[[], Awaitable[object]]) -> None:
        self._steps = tuple(steps)
        self._first = first
        self._begun = False

    async def run(self) -> None:
        """Work until cancelled."""
        await rounds("privacy", self._round, _POLL_SECONDS)

    async def _round(self) -> None:
        if not self._begun:
            await self._first()
            self._begun = True
        await self.drain()

    async def drain(self) -> int:
        """Do everything that is due now; how much that was."""
        return sum([await drained(step) for step in self._steps])
