"""What operators do with institutions' machines: let them in, change their secrets."""

from __future__ import annotations

from datetime import timedelta

from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.clock import Clock
from backend.core.database import Session as Transaction
from backend.core.database import Store
from backend.core.keys import Keyring
from backend.identity.admission import Admission
from backend.identity.errors import AccountNotFound
from backend.identity.institutions import (
    HashedSecret,
    InstitutionClient,
    IssuedClient,
    new_client_id,
    new_client_secret,
    secret_hash,
)
from backend.identity.operators import require_operator
from backend.identity.providers import ProviderIdentity
from backend.identity.sign_ins import ProviderName
from backend.identity.viewer import Role, Viewer

_OVERLAP = timedelta(hours=24)


class InstitutionDesk:
    """Everything here raises ``OperatorRequired`` for anybody else."""

    def __init__(self, store: Store, keyring: Keyring, clock: Clock, admission: Admission) -> None:
        self._store = store
        self._keyring = keyring
        self._clock = clock
        self._admission = admission

    async def create(self, viewer: Viewer, *, display_name: str) -> IssuedClient:
        """Raises ``DisplayNameUnfit``."""
        require_operator(viewer)
        client_id, secret = new_client_id(), new_client_secret()
        identity = ProviderIdentity(
            provider=ProviderName.CLIENT, subjects=(client_id,), display_name=display_name
        )

        async def work(transaction: Transaction) -> ObjectId:
            account_id = await self._admission.register(
                identity, frozenset({Role.INSTITUTION}), transaction
            )
            await InstitutionClient(
                id=PydanticObjectId(account_id),
                client_id=client_id,
                secrets=[self._hashed(client_id, secret)],
            ).insert(session=transaction)
            return account_id

        return IssuedClient(await self._store.transaction(work), client_id, secret)

    async def rotate_secret(
        self, viewer: Viewer, account_id: ObjectId, *, overlap: timedelta = _OVERLAP
    ) -> IssuedClient:
        """A new secret; the older ones go on for ``overlap``. Raises ``AccountNotFound``."""
        require_operator(viewer)
        secret = new_client_secret()

        async def work(transaction: Transaction) -> str:
            client = await InstitutionClient.get(account_id, session=transaction)
            if client is None:
                raise AccountNotFound
            client.secrets = [
                self._hashed(client.client_id, secret),
                *self._ending(client.secrets, overlap),
            ]
            await client.replace(session=transaction)
            return client.client_id

        return IssuedClient(account_id, await self._store.transaction(work), secret)

    def _ending(self, secrets: list[HashedSecret], overlap: timedelta) -> list[HashedSecret]:
        now = self._clock.now()
        latest = now + overlap
        return [
            each.model_copy(update={"expires_at": min(each.expires_at or latest, latest)})
            for each in secrets
            if each.good_at(now)
        ]

    def _hashed(self, client_id: str, secret: str) -> HashedSecret:
        return HashedSecret(
            hash=secret_hash(self._keyring, client_id, secret), created_at=self._clock.now()
        )
