"""An account: who may sign in and act. Not a resident: whose data it sees is ``access``'s matter.

One account may care for several residents, one resident may be seen by
several accounts, one account may have several sign-ins.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.documents import ASC, Stored, index
from backend.core.keys import Keyring, OwnerKey
from backend.identity.errors import DisplayNameUnfit
from backend.identity.viewer import Role

LONGEST_NAME = 64


class AccountStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Account(Stored):
    """``display_name`` and ``phone`` are sealed with the account's own data key."""

    roles: frozenset[Role]
    status: AccountStatus = AccountStatus.ACTIVE
    created_at: datetime
    last_sign_in_at: datetime | None = None
    sign_in_count: int = 0
    display_name: bytes | None = None
    phone: bytes | None = None
    phone_index: bytes | None = None

    class Settings:
        name = "accounts"
        indexes: ClassVar = [
            # Not unique: families share phones. A phone that signs in is a ``SignIn``.
            index("accounts_by_phone", ("phone_index", ASC), sparse=True),
            index("accounts_by_role", ("roles", ASC), ("status", ASC)),
        ]


@dataclass(frozen=True, slots=True)
class Person:
    """An account as its owner and operators see it, opened."""

    account_id: ObjectId
    roles: frozenset[Role]
    status: AccountStatus
    created_at: datetime
    display_name: str | None
    phone: str | None


def new_account(
    key: OwnerKey,
    keyring: Keyring,
    *,
    account_id: ObjectId,
    roles: frozenset[Role],
    now: datetime,
    display_name: str | None = None,
    phone: str | None = None,
) -> Account:
    """An account with its personal details sealed. Raises ``DisplayNameUnfit``."""
    account = Account(id=PydanticObjectId(account_id), roles=roles, created_at=now)
    if display_name is not None:
        account.display_name = seal_name(key, account_id, display_name)
    if phone is not None:
        account.phone = key.seal(phone.encode(), _place(account_id, "phone"))
        account.phone_index = keyring.blind_index("phone", phone)
    return account


def opened(account: Account, key: OwnerKey) -> Person:
    def text(box: bytes | None, field: str) -> str | None:
        return None if box is None else key.open(box, _place(account.id, field)).decode()

    return Person(
        account_id=account.id,
        roles=account.roles,
        status=account.status,
        created_at=account.created_at,
        display_name=text(account.display_name, "display_name"),
        phone=text(account.phone, "phone"),
    )


def seal_name(key: OwnerKey, account_id: ObjectId, name: str) -> bytes:
    """The sealed, trimmed name. Raises ``DisplayNameUnfit``."""
    name = unicodedata.normalize("NFC", name).strip()
    controls = any(unicodedata.category(each) in ("Cc", "Cs") for each in name)
    if controls or not 1 <= len(name) <= LONGEST_NAME:
        raise DisplayNameUnfit(limit=LONGEST_NAME)
    return key.seal(name.encode(), _place(account_id, "display_name"))


def _place(account_id: ObjectId, field: str) -> str:
    return f"accounts:{account_id}:{field}"
