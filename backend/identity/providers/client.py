"""Institution sign-in: OAuth 2's client credentials (RFC 6749, 4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backend.core.clock import Clock
from backend.core.keys import Keyring
from backend.identity.institutions import (
    ClientCredentialsWrong,
    InstitutionClient,
    secret_fits,
    secret_hash,
)
from backend.identity.providers.base import ProviderIdentity
from backend.identity.sign_ins import ProviderName, encodable

_LONGEST = 200


@dataclass(frozen=True, slots=True, repr=False)
class ClientSecret:
    provider: ClassVar[ProviderName] = ProviderName.CLIENT
    client_id: str
    client_secret: str


class ClientProvider:
    name: ClassVar[ProviderName] = ProviderName.CLIENT

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock

    def attempt_subject(self, credential: ClientSecret) -> str:
        return credential.client_id[:_LONGEST]

    async def verify(self, credential: ClientSecret) -> ProviderIdentity:
        """Raises ``ClientCredentialsWrong``."""
        client_id = encodable(credential.client_id[:_LONGEST])
        hashed = secret_hash(self._keyring, client_id, credential.client_secret[:_LONGEST])
        client = await InstitutionClient.find_one({"client_id": client_id})
        if client is None or not secret_fits(client, hashed, self._clock.now()):
            raise ClientCredentialsWrong
        return ProviderIdentity(provider=self.name, subjects=(client_id,))
