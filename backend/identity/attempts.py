"""How often somebody may try to sign in.

A subject (a staff user name, a client id) that failed too often is locked until the window
ends; getting in clears it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from backend.core.attempts import AttemptCount, AttemptCounter, Limit, expiring
from backend.core.clock import Clock
from backend.core.documents import ASC, unique
from backend.core.keys import Keyring
from backend.identity.errors import SignInTooOften
from backend.identity.sign_ins import ProviderName, encodable

PER_SUBJECT = Limit(5, timedelta(minutes=15))
"""Of one staff user name or client id: at most 1,440 of a million TOTP codes a day."""

PER_ADDRESS = Limit(300, timedelta(minutes=15))
"""From one network address: mobile carriers put thousands of phones behind one."""


class SignInAttempts(AttemptCount):
    """``key`` is a blind index of provider and subject or address."""

    class Settings:
        name = "sign_in_attempts"
        indexes: ClassVar = [
            unique("one_count_per_key", ("key", ASC)),
            expiring("sign_in_attempts_expire"),
        ]


class AttemptLimiter:
    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._counter = AttemptCounter(SignInAttempts, clock, SignInTooOften)

    async def count(
        self, provider: ProviderName, *, subject: str | None, address: str | None
    ) -> None:
        """Count one attempt. Raises ``SignInTooOften`` where it is one too many."""
        if address is not None:
            await self._counter.count(self._key(provider, "address", address), PER_ADDRESS)
        if subject is not None:
            await self._counter.count(self._key(provider, "subject", subject), PER_SUBJECT)

    async def clear(self, provider: ProviderName, subject: str) -> None:
        """Forget the subject's attempts: one of them was right."""
        await self._counter.clear(self._key(provider, "subject", subject))

    def _key(self, provider: ProviderName, kind: str, value: str) -> bytes:
        return self._keyring.blind_index(f"attempts:{provider.value}:{kind}", encodable(value))
