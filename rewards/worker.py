"""What time brings: vouchers lapse, points are announced to expire, and do."""

from __future__ import annotations

from functools import partial

from backend.core.rounds import drained, rounds
from rewards.expiry import Expiry
from rewards.redemption.vouchers import Vouchers

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
        await rounds("points", partial(drained, self.step), _SECONDS)
