"""Staff sign-in: user name or phone, password, and a TOTP or recovery code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backend.core.clock import Clock
from backend.core.keys import Keyring
from backend.identity.logins import normal_login
from backend.identity.passwords import Passwords
from backend.identity.providers.base import ProviderIdentity
from backend.identity.sign_ins import ProviderName
from backend.identity.staff_secrets import (
    StaffCredentialsWrong,
    TotpNotEnrolled,
    replace_hash,
    spend_code,
    staff_secret,
)


@dataclass(frozen=True, slots=True, repr=False)
class StaffLogin:
    """``code``: six digits of the authenticator app, or a recovery code."""

    provider: ClassVar[ProviderName] = ProviderName.PASSWORD
    login: str
    password: str
    code: str


class PasswordProvider:
    name: ClassVar[ProviderName] = ProviderName.PASSWORD

    def __init__(self, keyring: Keyring, clock: Clock, passwords: Passwords) -> None:
        self._keyring = keyring
        self._clock = clock
        self._passwords = passwords

    def attempt_subject(self, credential: StaffLogin) -> str:
        return normal_login(credential.login)

    async def verify(self, credential: StaffLogin) -> ProviderIdentity:
        """Raises ``StaffCredentialsWrong``, ``TotpNotEnrolled`` or ``TotpReplayed``."""
        login = normal_login(credential.login)
        secret = await staff_secret(self._keyring, login)
        stored = None if secret is None else secret.password_hash
        right = await self._passwords.verify(stored, credential.password)
        if secret is None or not right:
            raise StaffCredentialsWrong
        if not secret.totp_confirmed:
            raise TotpNotEnrolled
        await spend_code(self._keyring, secret, credential.code, self._clock.now())
        if self._passwords.outdated(secret.password_hash):
            fresh = await self._passwords.hash(credential.password)
            await replace_hash(secret, fresh)
        return ProviderIdentity(provider=self.name, subjects=(login,))
