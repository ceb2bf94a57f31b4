"""How often somebody may try to bind a meter; an attempt that was right is taken off again."""

from __future__ import annotations

from datetime import timedelta

from bson import ObjectId

from backend.core.attempts import AttemptCounter, Limit
from backend.core.container import Core
from backend.measurements.documents import ClaimAttempts
from backend.measurements.meter_errors import MeterClaimTooOften

PER_ACCOUNT = Limit(10, timedelta(hours=1))
PER_SERIAL = Limit(20, timedelta(hours=1))


class ClaimLimiter:
    def __init__(self, core: Core) -> None:
        self._keyring = core.keyring
        self._counter = AttemptCounter(ClaimAttempts, core.clock, MeterClaimTooOften)

    async def count(self, account_id: ObjectId, serial: str) -> None:
        """Count one attempt. Raises ``MeterClaimTooOften`` where it is one too many."""
        await self._counter.count(self._account(account_id), PER_ACCOUNT)
        await self._counter.count(self._serial(serial), PER_SERIAL)

    async def forgive(self, account_id: ObjectId, serial: str) -> None:
        """The attempt just counted was right."""
        await self._counter.forgive(self._account(account_id))
        await self._counter.forgive(self._serial(serial))

    def _account(self, account_id: ObjectId) -> bytes:
        return self._keyring.blind_index("meter_claims:account", str(account_id))

    def _serial(self, serial: str) -> bytes:
        return self._keyring.blind_index("meter_claims:serial", serial)
