"""What a staff account signs in with, and the two acts on it that must be atomic."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId
from pydantic import Field

from backend.core.database import Raw, Session
from backend.core.documents import Stored
from backend.core.errors import Conflict, Forbidden, Unauthenticated
from backend.core.keys import Keyring
from backend.identity.sign_ins import ProviderName, SignIn, subject_index
from backend.identity.totp import matching_step, normal_recovery_code


class StaffCredentialsWrong(Unauthenticated):
    """User name, password or code: which one is not told."""

    code = "STAFF_CREDENTIALS_WRONG"
    zh = "用户名、密码或验证码不正确。"
    en = "The user name, the password or the code is not right."


class TotpReplayed(Unauthenticated):
    code = "TOTP_REPLAYED"
    zh = "这个验证码已经用过，请等待下一个。"
    en = "This code was used already; wait for the next one."


class TotpNotEnrolled(Forbidden):
    code = "TOTP_NOT_ENROLLED"
    zh = "请先绑定身份验证器，再登录。"
    en = "Set up the authenticator app first."


class TotpAlreadyEnrolled(Conflict):
    code = "TOTP_ALREADY_ENROLLED"
    zh = "身份验证器已经绑定。"
    en = "An authenticator app is set up already."


class StaffSecret(Stored):
    """``id`` is the account's. ``last_totp_step``: no code of it or before is taken again."""

    password_hash: str
    password_changed_at: datetime
    totp_secret: bytes | None = None
    totp_confirmed: bool = False
    last_totp_step: int = 0
    recovery: list[bytes] = Field(default_factory=list)

    class Settings:
        name = "staff_secrets"


async def staff_secret(keyring: Keyring, login: str) -> StaffSecret | None:
    """The secret of whoever has this normalised login."""
    subject = subject_index(keyring, ProviderName.PASSWORD, login)
    sign_in = await SignIn.get_pymongo_collection().find_one(
        {"provider": ProviderName.PASSWORD, "subject": subject}, {"account_id": 1}
    )
    return None if sign_in is None else await StaffSecret.get(sign_in["account_id"])


async def change(account_id: ObjectId, session: Session | None = None, **fields: Any) -> None:
    await StaffSecret.get_pymongo_collection().update_one(
        {"_id": account_id}, {"$set": fields}, session=session
    )


async def replace_hash(secret: StaffSecret, fresh: str) -> None:
    """Store the same password hashed anew, unless it was changed meanwhile."""
    await _take(
        secret.id, {"password_hash": secret.password_hash}, {"$set": {"password_hash": fresh}}
    )


async def open_totp(keyring: Keyring, secret: StaffSecret) -> str:
    """The shared TOTP secret. Raises ``TotpNotEnrolled``."""
    if secret.totp_secret is None:
        raise TotpNotEnrolled
    key = await keyring.key(secret.id)
    return key.open(secret.totp_secret, totp_place(secret.id)).decode()


async def spend_code(keyring: Keyring, secret: StaffSecret, code: str, now: datetime) -> None:
    """Take a TOTP or recovery code, for good.

    Raises ``StaffCredentialsWrong``, ``TotpReplayed`` or ``TotpNotEnrolled``.
    """
    step = matching_step(await open_totp(keyring, secret), code, now)
    if step is not None:
        if not await _take(secret.id, {"last_totp_step": {"$lt": step}}, _used(step)):
            raise TotpReplayed
        return
    plain = normal_recovery_code(code)
    if plain is None:
        raise StaffCredentialsWrong
    hashed = recovery_hash(keyring, secret.id, plain)
    if not await _take(secret.id, {"recovery": hashed}, {"$pull": {"recovery": hashed}}):
        raise StaffCredentialsWrong


def recovery_hash(keyring: Keyring, account_id: ObjectId, plain: str) -> bytes:
    """Keyed: without the master key the codes cannot be tried out on a stolen database."""
    return keyring.blind_index(f"recovery:{account_id}", plain)


def totp_place(account_id: ObjectId) -> str:
    return f"staff_secrets:{account_id}:totp"


def _used(step: int) -> Raw:
    return {"$set": {"last_totp_step": step}}


async def _take(account_id: ObjectId, only_if: Raw, update: Raw) -> bool:
    result = await StaffSecret.get_pymongo_collection().update_one(
        {"_id": account_id, **only_if}, update
    )
    return result.modified_count == 1
