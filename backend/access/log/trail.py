"""What one answer touched and noted: it leaves when the notes are written and nothing is amiss."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Hashable
from contextvars import ContextVar

from bson import ObjectId

from backend.access.log.errors import GateSkipped, LogUnavailable

_TRAIL: ContextVar[Trail | None] = ContextVar("access.trail", default=None)
UNNAMED = ObjectId("000000000000000000000000")
"""Stands for the residents of a query that names none."""


class Trail:
    """One HTTP answer's, or one event's of a WebSocket."""

    def __init__(self) -> None:
        self.request = ObjectId()
        self.noted: dict[Hashable, asyncio.Future[None]] = {}
        self.passed: set[ObjectId] = set()
        self.touched: dict[ObjectId, str] = {}
        self.hurry: Callable[[], None] = _nothing
        """Asks the writer not to wait for more."""

    async def settle(self) -> None:
        """Wait until all that was noted is written. Raises ``LogUnavailable``."""
        waiting, self.noted = set(self.noted.values()), {}
        self.request = ObjectId()
        if not waiting:
            return
        self.hurry()
        done, _ = await asyncio.wait(waiting)
        if any(each.cancelled() or each.exception() for each in done):
            raise LogUnavailable

    def check(self) -> None:
        """Raises ``GateSkipped`` where a resident's data was asked for past the gate."""
        past = {rid: name for rid, name in self.touched.items() if rid not in self.passed}
        self.touched = {}  # told once: the refusal itself may leave
        if past:
            # Names of collections only: an id would tell the log whose record it was.
            raise GateSkipped(f"read without asking Access: {sorted(set(past.values()))}")


def _nothing() -> None:
    """Nobody was asked to write."""


def current() -> Trail | None:
    return _TRAIL.get()


@contextlib.asynccontextmanager
async def answering() -> AsyncIterator[Trail]:
    """An answer is made in the block; it may leave when the block has ended without an error.

    Looks are written beside the work then, and waited for at the end; outside of such a block
    each is waited for at once. Raises ``LogUnavailable`` and ``GateSkipped``.
    """
    trail = Trail()
    token = _TRAIL.set(trail)
    try:
        yield trail
    finally:
        _TRAIL.reset(token)
        # Also where the work failed: an error's answer may tell what was read before it.
        await trail.settle()
    trail.check()
