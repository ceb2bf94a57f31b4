"""Waiting for an event, and not longer than so long."""

from __future__ import annotations

import asyncio


async def woken(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event was set within ``seconds``.

    Not ``asyncio.wait_for``: before Python 3.12 it forgets that its task was cancelled where the
    event is set in the same moment, and a worker that forgets to stop holds up the shutdown.
    """
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
