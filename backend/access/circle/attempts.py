"""How often somebody may try a code.

Right ones count too, and nothing clears the count: else a helper's good code in
between would buy any number of guesses.
"""

from __future__ import annotations

from bson import ObjectId

from backend.access.circle.documents import CodeAttempts
from backend.access.circle.errors import CodeTriedTooOften
from backend.access.limits import ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_ADDRESS, ATTEMPTS_WINDOW
from backend.core.attempts import AttemptCounter, Limit
from backend.core.clock import Clock
from backend.core.keys import Keyring


class Attempts:
    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._counter = AttemptCounter(CodeAttempts, clock, CodeTriedTooOften)

    async def count(self, account_id: ObjectId, address: str | None) -> None:
        """Count one attempt before it is looked at. Raises ``CodeTriedTooOften``."""
        if address:
            await self._count(f"address:{address}", ATTEMPTS_PER_ADDRESS)
        await self._count(f"account:{account_id}", ATTEMPTS_PER_ACCOUNT)

    async def _count(self, subject: str, most: int) -> None:
        key = self._keyring.blind_index("code_attempts", subject)
        await self._counter.count(key, Limit(most, ATTEMPTS_WINDOW))
