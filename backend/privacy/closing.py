"""Closing an account whose owner left: nobody signs in to it, its name cannot be read."""

from __future__ import annotations

from bson import ObjectId

from backend.access.relations import Relation
from backend.core.clock import Clock
from backend.core.database import Session as Transaction
from backend.core.database import Store
from backend.core.keys import Keyring
from backend.identity.accounts import Account, AccountStatus
from backend.identity.sessions import EndReason, Session
from backend.identity.sign_ins import SignIn
from backend.identity.viewer import Role

# Of rooms above this one, which all have ``account_id``.
_WITH_THE_ACCOUNT = ("chat_links", "chat_link_codes", "chat_talks", "telegram_messages")
_PRIVATE = frozenset({Role.RESIDENT, Role.CAREGIVER})


class Closing:
    def __init__(self, store: Store, keyring: Keyring, clock: Clock) -> None:
        self._store = store
        self._keyring = keyring
        self._clock = clock

    async def close_unless_needed(self, account_id: ObjectId) -> bool:
        """Whether it was closed: an account that still cares for somebody, or works, goes on."""
        if await Relation.find({"account_id": account_id, "ended_at": None}).count():
            return False
        account = await Account.get(account_id)
        if account is None or account.roles - _PRIVATE:
            return False
        await self._store.transaction(lambda session: self._close(account_id, session))
        await self._keyring.destroy(account_id)
        return True

    async def _close(self, account_id: ObjectId, session: Transaction) -> None:
        now = self._clock.now()
        await SignIn.get_pymongo_collection().delete_many(
            {"account_id": account_id}, session=session
        )
        await Session.get_pymongo_collection().update_many(
            {"account_id": account_id, "ended_at": None},
            {"$set": {"ended_at": now, "end_reason": EndReason.SIGNED_OUT_EVERYWHERE.value}},
            session=session,
        )
        for name in _WITH_THE_ACCOUNT:
            await self._store.db[name].delete_many({"account_id": account_id}, session=session)
        # The document stays, empty: log entries name the account, shown as 已注销的账户.
        empty = {"display_name": None, "phone": None, "phone_index": None}
        await Account.get_pymongo_collection().update_one(
            {"_id": account_id},
            {"$set": {**empty, "status": AccountStatus.SUSPENDED.value}},
            session=session,
        )
        await self._keyring.destroy(account_id, session)
