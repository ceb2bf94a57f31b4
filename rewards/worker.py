"""What time brings: vouchers lapse, points are announced to expire, and do."""

from __future__ import annotations

import asyncio
import random

import structlog

from rewards.expiry import Expiry
from rewards.redemption.vouchers import Vouchers

log = structlog.get_logger(__name__)

_SECONDS = 30.0


class PointsWorker:
    """Any number of them: each step is one transaction that does nothing the second time."""

    def __init__(self, vouchers: Vouchers, expiry: Expiry) -> None:
        self._vouchers = vouchers
        self._expiry = expiry

    async def step(self) -> int:
        """Do what is due now; how much that was."""
        steps = (self._vouchers.lapse, self._expiry.notice, self._expiry.expire)
        return sum([await step() for step in steps])

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                while await self.step():
                    pass
            except Exception as error:  # the store is away: the next round does it
                log.warning("points step failed", error=type(error).__name__)
            await asyncio.sleep(_SECONDS * random.uniform(0.8, 1.2))
