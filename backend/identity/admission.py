"""From a verified identity to an account and a session, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.core.clock import Clock
from backend.core.database import Session as Transaction
from backend.core.database import Store
from backend.core.keys import Keyring
from backend.identity.accounts import Account, AccountStatus, new_account
from backend.identity.errors import AccountSuspended, SignInTaken, SignInUnknown
from backend.identity.providers import ProviderIdentity
from backend.identity.session_desk import SessionDesk
from backend.identity.sessions import Device, Session
from backend.identity.sign_ins import SignIn, subject_index
from backend.identity.viewer import Role


@dataclass(frozen=True, slots=True, repr=False)
class Admitted:
    session: Session
    refresh_token: str | None
    is_new: bool


class Admission:
    def __init__(self, store: Store, keyring: Keyring, clock: Clock, desk: SessionDesk) -> None:
        self._store = store
        self._keyring = keyring
        self._clock = clock
        self._desk = desk

    async def admit(self, identity: ProviderIdentity, device: Device) -> Admitted:
        """Raises ``SignInUnknown`` or ``AccountSuspended``; then nothing is written."""

        async def work(transaction: Transaction) -> Admitted:
            found = await self._account_of(identity, transaction)
            if found is None and not identity.welcomes:
                raise SignInUnknown
            account_id = found or await self._welcome(identity, transaction)
            account = await self._enter(account_id, transaction)
            session, refresh = await self._desk.open(
                account, identity.provider, device, transaction
            )
            return Admitted(session, refresh, is_new=found is None)

        try:
            return await self._store.transaction(work)
        except DuplicateKeyError:  # the same person's two first sign-ins at once
            return await self._store.transaction(work)

    async def link(self, account_id: ObjectId, identity: ProviderIdentity) -> None:
        """Give the account one sign-in more; one it has already stays. Raises ``SignInTaken``."""

        async def work(transaction: Transaction) -> None:
            known = await self._known(identity, transaction)
            if any(each.account_id != account_id for each in known.values()):
                raise SignInTaken
            await self._attach(identity, account_id, known, transaction)

        try:
            await self._store.transaction(work)
        except DuplicateKeyError as error:
            raise SignInTaken from error

    async def create(self, identity: ProviderIdentity, roles: frozenset[Role]) -> ObjectId:
        """A new account that stands by itself. Raises ``SignInTaken``."""

        async def work(transaction: Transaction) -> ObjectId:
            return await self.register(identity, roles, transaction)

        try:
            return await self._store.transaction(work)
        except DuplicateKeyError as error:
            raise SignInTaken from error

    async def register(
        self,
        identity: ProviderIdentity,
        roles: frozenset[Role],
        transaction: Transaction,
    ) -> ObjectId:
        """A new account with its key and sign-ins. ``DuplicateKeyError`` where one is taken."""
        account_id = ObjectId()
        account = new_account(
            await self._keyring.create(account_id, transaction),
            self._keyring,
            account_id=account_id,
            roles=roles,
            now=self._clock.now(),
            display_name=identity.display_name,
            phone=identity.phone,
        )
        await account.insert(session=transaction)
        await self._attach(identity, account_id, {}, transaction)
        return account_id

    async def _account_of(
        self, identity: ProviderIdentity, transaction: Transaction
    ) -> ObjectId | None:
        """The account of the first subject that is known; it gets the subjects nobody has."""
        known = await self._known(identity, transaction)
        if not known:
            return None
        first = next(known[each] for each in self._indexes(identity) if each in known)
        await self._attach(identity, first.account_id, known, transaction)
        return first.account_id

    async def _welcome(self, identity: ProviderIdentity, transaction: Transaction) -> ObjectId:
        return await self.register(identity, frozenset({Role.RESIDENT}), transaction)

    async def _enter(self, account_id: ObjectId, transaction: Transaction) -> Account:
        # Conflicts with a suspension or a change of roles at the same time. The count makes it a
        # write always: MongoDB takes setting the same time again for nothing.
        raw = await Account.get_pymongo_collection().find_one_and_update(
            {"_id": account_id, "status": AccountStatus.ACTIVE},
            {"$set": {"last_sign_in_at": self._clock.now()}, "$inc": {"sign_in_count": 1}},
            session=transaction,
        )
        if raw is None:
            raise AccountSuspended
        account: Account = Account.model_validate(raw)
        return account

    async def _known(
        self, identity: ProviderIdentity, transaction: Transaction
    ) -> dict[bytes, SignIn]:
        query = {"provider": identity.provider, "subject": {"$in": self._indexes(identity)}}
        found = SignIn.find(query, session=transaction)
        return {each.subject: each async for each in found}

    async def _attach(
        self,
        identity: ProviderIdentity,
        account_id: ObjectId,
        known: dict[bytes, SignIn],
        transaction: Transaction,
    ) -> None:
        for subject in self._indexes(identity):
            if subject not in known:
                await SignIn(
                    account_id=PydanticObjectId(account_id),
                    provider=identity.provider,
                    subject=subject,
                    linked_at=self._clock.now(),
                ).insert(session=transaction)

    def _indexes(self, identity: ProviderIdentity) -> list[bytes]:
        return [subject_index(self._keyring, identity.provider, each) for each in identity.subjects]
