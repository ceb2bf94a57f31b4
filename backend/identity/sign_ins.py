"""How an account is recognised: the outside identities that sign in to it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.documents import ASC, Stored, index, unique
from backend.core.keys import Keyring


class ProviderName(StrEnum):
    WECHAT = "wechat"
    FIREBASE = "firebase"
    PASSWORD = "password"  # staff: with TOTP
    CLIENT = "client"  # an institution's machine
    DEMO = "demo"


class SignIn(Stored):
    """One outside identity of one account. ``subject`` is a blind index, never the identity."""

    account_id: PydanticObjectId
    provider: ProviderName
    subject: bytes
    linked_at: datetime

    class Settings:
        name = "sign_ins"
        indexes: ClassVar = [
            unique("one_sign_in_per_provider_and_subject", ("provider", ASC), ("subject", ASC)),
            index("sign_ins_by_account", ("account_id", ASC)),
        ]


def subject_index(keyring: Keyring, provider: ProviderName, subject: str) -> bytes:
    """What is stored of an outside identity."""
    return keyring.blind_index(f"sign_in:{provider.value}", encodable(subject))


def encodable(text: str) -> str:
    """The text with lone surrogates, which no encoding takes, as question marks."""
    return text.encode("utf-8", "replace").decode()
