"""Staff from the first password to a working authenticator app, and what they change later.

An operator gives a first password; the staff member alone sees the TOTP
secret, by signing up with it. Nobody signs in before that is confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from backend.core.clock import Clock
from backend.core.database import Session as Transaction
from backend.core.database import Store
from backend.core.keys import Keyring
from backend.identity.attempts import AttemptLimiter
from backend.identity.errors import AccountNotFound
from backend.identity.logins import normal_login
from backend.identity.passwords import Passwords, check_password
from backend.identity.session_desk import SessionDesk
from backend.identity.sessions import EndReason
from backend.identity.sign_ins import ProviderName
from backend.identity.staff_secrets import (
    StaffCredentialsWrong,
    StaffSecret,
    TotpAlreadyEnrolled,
    change,
    open_totp,
    recovery_hash,
    staff_secret,
    totp_place,
)
from backend.identity.totp import (
    matching_step,
    new_recovery_codes,
    new_secret,
    normal_recovery_code,
    otpauth_uri,
)


@dataclass(frozen=True, slots=True, repr=False)
class TotpEnrolment:
    """``uri`` as a QR code for the app, ``secret`` to type where no camera is."""

    uri: str
    secret: str


class StaffDesk:
    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        clock: Clock,
        passwords: Passwords,
        limiter: AttemptLimiter,
        desk: SessionDesk,
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._clock = clock
        self._passwords = passwords
        self._limiter = limiter
        self._desk = desk

    async def begin_totp(
        self, login: str, password: str, *, address: str | None = None
    ) -> TotpEnrolment:
        """A new TOTP secret, good once ``confirm_totp`` has seen a code of it.

        Raises ``StaffCredentialsWrong``, ``TotpAlreadyEnrolled`` or ``SignInTooOften``.
        """
        found = await self._unenrolled(login, password, address)
        secret = new_secret()
        key = await self._keyring.key(found.id)
        sealed = key.seal(secret.encode(), totp_place(found.id))
        await change(found.id, totp_secret=sealed, last_totp_step=0)
        await self._limiter.clear(ProviderName.PASSWORD, normal_login(login))
        return TotpEnrolment(otpauth_uri(secret, normal_login(login)), secret)

    async def confirm_totp(
        self, login: str, password: str, code: str, *, address: str | None = None
    ) -> list[str]:
        """The recovery codes, told once. The code shown is spent.

        Raises ``StaffCredentialsWrong``, ``TotpAlreadyEnrolled``, ``TotpNotEnrolled`` (not begun)
        or ``SignInTooOften``.
        """
        found = await self._unenrolled(login, password, address)
        step = matching_step(await open_totp(self._keyring, found), code, self._clock.now())
        if step is None:
            raise StaffCredentialsWrong
        codes = new_recovery_codes()
        await change(
            found.id, totp_confirmed=True, last_totp_step=step, recovery=self._hashed(found, codes)
        )
        await self._limiter.clear(ProviderName.PASSWORD, normal_login(login))
        return codes

    async def change_password(
        self, account_id: ObjectId, old: str, new: str, *, keep: ObjectId | None
    ) -> None:
        """Ends every session but ``keep``.

        Raises ``StaffCredentialsWrong``, ``PasswordTooWeak``, ``AccountNotFound`` or
        ``SignInTooOften``.
        """
        found = await self._secret(account_id)
        await self._limiter.count(ProviderName.PASSWORD, subject=str(account_id), address=None)
        if not await self._passwords.verify(found.password_hash, old):
            raise StaffCredentialsWrong
        check_password(new)
        await self._limiter.clear(ProviderName.PASSWORD, str(account_id))
        fresh = await self._passwords.hash(new)
        await self._renew(account_id, keep, password_hash=fresh)

    async def reset(self, account_id: ObjectId, password: str) -> None:
        """A new first password, TOTP to be set up anew, every session ended.

        Raises ``PasswordTooWeak`` or ``AccountNotFound``.
        """
        await self._secret(account_id)
        check_password(password)
        await self._renew(
            account_id,
            None,
            password_hash=await self._passwords.hash(password),
            totp_secret=None,
            totp_confirmed=False,
            recovery=[],
        )

    async def _renew(self, account_id: ObjectId, keep: ObjectId | None, **fields: object) -> None:
        async def work(transaction: Transaction) -> None:
            await change(account_id, transaction, password_changed_at=self._clock.now(), **fields)
            await self._desk.end(
                {"account_id": account_id, "_id": {"$ne": keep}},
                EndReason.CREDENTIALS_CHANGED,
                transaction,
            )

        await self._store.transaction(work)

    async def _unenrolled(self, login: str, password: str, address: str | None) -> StaffSecret:
        login = normal_login(login)
        await self._limiter.count(ProviderName.PASSWORD, subject=login, address=address)
        found = await staff_secret(self._keyring, login)
        stored = None if found is None else found.password_hash
        right = await self._passwords.verify(stored, password)
        if found is None or not right:
            raise StaffCredentialsWrong
        if found.totp_confirmed:
            raise TotpAlreadyEnrolled
        return found

    async def _secret(self, account_id: ObjectId) -> StaffSecret:
        found = await StaffSecret.get(account_id)
        if found is None:
            raise AccountNotFound
        return found

    def _hashed(self, secret: StaffSecret, codes: list[str]) -> list[bytes]:
        plain = (normal_recovery_code(each) for each in codes)
        return [recovery_hash(self._keyring, secret.id, each) for each in plain if each]
