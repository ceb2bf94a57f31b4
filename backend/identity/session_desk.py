"""Opens, continues and ends sessions. Every change is one atomic update of one document."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from beanie import PydanticObjectId
from bson import ObjectId
from pymongo import ReturnDocument

from backend.core.clock import Clock
from backend.core.database import Raw
from backend.core.database import Session as Transaction
from backend.core.keys import Keyring
from backend.core.settings import Settings
from backend.identity.accounts import Account
from backend.identity.errors import (
    AccountSuspended,
    RefreshTokenReused,
    SessionEnded,
)
from backend.identity.refresh_tokens import RefreshToken, RefreshTokens
from backend.identity.sessions import Device, EndReason, Session, SignedInDevice, place
from backend.identity.sign_ins import ProviderName

log = structlog.get_logger(__name__)

REUSE_GRACE = timedelta(seconds=10)
"""How long a refresh token that was just used still leads to its one next token.

A phone that lost the answer, or asked twice at once, gets the same token both
times. A thief who is as quick shares the owner's next token, and the second of
the two to use that one, after the grace, ends the session for both.
"""

_KEPT = timedelta(days=90)  # an ended device stays on record
_MACHINE_KEPT = timedelta(days=1)  # a new session with every token
_RUNNING_FIELDS = {"account_id": 1, "roles": 1, "expires_at": 1, "ended_at": 1, "end_reason": 1}


class SessionDesk:
    def __init__(self, settings: Settings, keyring: Keyring, clock: Clock) -> None:
        self._clock = clock
        self._keyring = keyring
        self._tokens = RefreshTokens(keyring.secret(b"refresh-token"))
        self._refresh_life = timedelta(days=settings.refresh_token_days)
        self._access_life = timedelta(minutes=settings.access_token_minutes)

    async def open(
        self, account: Account, provider: ProviderName, device: Device, transaction: Transaction
    ) -> tuple[Session, str | None]:
        """A new session and its first refresh token; a machine gets none and asks anew."""
        now = self._clock.now()
        session_id = PydanticObjectId(ObjectId())
        key = await self._keyring.key(account.id, transaction)
        machine = provider is ProviderName.CLIENT
        first = None if machine else self._tokens.first(session_id)
        expires = now + (self._access_life if machine else self._refresh_life)
        session = Session(
            id=session_id,
            account_id=account.id,
            roles=account.roles,
            provider=provider,
            device_name=key.seal(device.clean_name().encode(), place(session_id)),
            platform=device.platform,
            channel=device.channel,
            created_at=now,
            last_used_at=now,
            expires_at=expires,
            refresh_hash=None if first is None else first.hash,
            kept_until=expires + (_MACHINE_KEPT if machine else _KEPT),
        )
        await session.insert(session=transaction)
        return session, None if first is None else self._tokens.text(first)

    async def rotate(self, text: str) -> tuple[Raw, str]:
        """The session and its next refresh token.

        Raises ``RefreshTokenInvalid``, ``RefreshTokenReused`` (and ends the session),
        ``SessionEnded`` or ``AccountSuspended``.
        """
        token = self._tokens.read(text)
        following = self._tokens.following(token)
        now = self._clock.now()
        raw = await _sessions().find_one_and_update(
            {
                "_id": token.session_id,
                "refresh_hash": token.hash,
                "ended_at": None,
                "expires_at": {"$gt": now},
            },
            {
                "$set": {
                    "refresh_hash": following.hash,
                    "generation": following.generation,
                    "rotated_at": now,
                    "last_used_at": now,
                    "expires_at": now + self._refresh_life,
                    "kept_until": now + self._refresh_life + _KEPT,
                }
            },
            return_document=ReturnDocument.AFTER,
        )
        if raw is None:
            raw = await self._used_before(token, following, now)
        return raw, self._tokens.text(following)

    async def _used_before(
        self, token: RefreshToken, following: RefreshToken, now: datetime
    ) -> Raw:
        raw = await _sessions().find_one({"_id": token.session_id})
        raw = running(raw, now)
        just_now = raw["rotated_at"] is not None and now - raw["rotated_at"] <= REUSE_GRACE
        if just_now and raw["refresh_hash"] == following.hash:
            return raw
        await self.end({"_id": token.session_id}, EndReason.REFRESH_REUSE)
        log.warning("refresh token reused", session_id=str(token.session_id))
        raise RefreshTokenReused

    async def running(self, session_id: ObjectId, account_id: ObjectId) -> Raw:
        """The session's account and roles, in one indexed read of five fields.

        Raises ``SessionEnded`` or ``AccountSuspended``.
        """
        raw = await _sessions().find_one(
            {"_id": session_id, "account_id": account_id}, _RUNNING_FIELDS
        )
        return running(raw, self._clock.now())

    async def end(
        self, which: Raw, reason: EndReason, transaction: Transaction | None = None
    ) -> int:
        """End the sessions that match and still run; how many."""
        now = self._clock.now()
        result = await _sessions().update_many(
            {**which, "ended_at": None, "expires_at": {"$gt": now}},
            {"$set": {"ended_at": now, "end_reason": reason}},
            session=transaction,
        )
        ended: int = result.modified_count
        return ended

    async def devices(self, account_id: ObjectId, current: ObjectId | None) -> list[SignedInDevice]:
        """What is signed in now, last used first."""
        key = await self._keyring.key(account_id)
        query = {
            "account_id": account_id,
            "ended_at": None,
            "expires_at": {"$gt": self._clock.now()},
        }
        return [
            SignedInDevice(
                session_id=each.id,
                name=key.open(each.device_name, place(each.id)).decode(),
                platform=each.platform,
                channel=each.channel,
                provider=each.provider,
                created_at=each.created_at,
                last_used_at=each.last_used_at,
                expires_at=each.expires_at,
                current=each.id == current,
            )
            async for each in Session.find(query).sort("-last_used_at", "-_id")
        ]


def running(raw: Raw | None, now: datetime) -> Raw:
    """The session, if it runs. Raises ``SessionEnded`` or ``AccountSuspended``."""
    if raw is None:
        raise SessionEnded(reason="unknown")
    if raw["ended_at"] is not None:
        if raw["end_reason"] == EndReason.ACCOUNT_SUSPENDED:
            raise AccountSuspended
        raise SessionEnded(reason=raw["end_reason"])
    if raw["expires_at"] <= now:
        raise SessionEnded(reason="expired")
    return raw


def _sessions() -> Any:
    return Session.get_pymongo_collection()
