"""An institution's machine: a client id and rotating secrets, of which only hashes are kept."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bson import ObjectId
from pydantic import BaseModel

from backend.core.documents import ASC, Stored, unique
from backend.core.errors import Unauthenticated
from backend.core.keys import Keyring
from backend.identity.sign_ins import encodable


class ClientCredentialsWrong(Unauthenticated):
    code = "CLIENT_CREDENTIALS_WRONG"
    zh = "客户端编号或密钥不正确。"
    en = "The client id or its secret is not right."


class HashedSecret(BaseModel):
    hash: bytes
    created_at: datetime
    expires_at: datetime | None = None

    def good_at(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


class InstitutionClient(Stored):
    """``id`` is the account's."""

    client_id: str
    secrets: list[HashedSecret]

    class Settings:
        name = "institution_clients"
        indexes: ClassVar = [unique("one_institution_per_client_id", ("client_id", ASC))]


@dataclass(frozen=True, slots=True, repr=False)
class IssuedClient:
    """Told once: the secret cannot be read again."""

    account_id: ObjectId
    client_id: str
    client_secret: str


def new_client_id() -> str:
    return f"kbc_{secrets.token_hex(8)}"


def new_client_secret() -> str:
    """256 random bits; the prefix lets secret scanners find a leaked one."""
    return f"kbs_{secrets.token_urlsafe(32)}"


def secret_hash(keyring: Keyring, client_id: str, secret: str) -> bytes:
    return keyring.blind_index(f"client_secret:{encodable(client_id)}", encodable(secret))


def secret_fits(client: InstitutionClient, hashed: bytes, now: datetime) -> bool:
    return any(
        hmac.compare_digest(each.hash, hashed) for each in client.secrets if each.good_at(now)
    )
