"""The only writer of transfers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys.keyring import refuse_erased
from backend.core.locks import KeyedLocks
from rewards.errors import (
    PointsInsufficient,
    PointsOwed,
    TransferKeyReused,
    TransferReversedAlready,
)
from rewards.ledger.chain import GENESIS
from rewards.ledger.documents import AccountDocument, TransferDocument
from rewards.ledger.folio import Folio
from rewards.ledger.transfer import Draft

T = TypeVar("T")
Work = Callable[[Folio], Awaitable[T]]
_ATTEMPTS = 3  # somebody else opened the account, or posted with the same key, meanwhile


class Ledger:
    """Opens residents' folios. Asks no policy: callers did."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.locks = KeyedLocks()

    async def transact(self, resident_id: ObjectId, work: Work[T]) -> T:
        """``work`` with the resident's folio, in one transaction; it may run several times.

        Raises ``KeyDestroyed`` for who is erased, ``DuplicateKeyError`` for a broken invariant.
        """

        async def once(session: Session) -> T:
            return await self.within(session, resident_id, work)

        async with self.locks.held(resident_id):
            for attempt in range(_ATTEMPTS):
                try:
                    return await self._core.store.transaction(once)
                except DuplicateKeyError:
                    if attempt == _ATTEMPTS - 1:
                        raise
        raise AssertionError("the last attempt returns or raises")

    async def within(self, session: Session, resident_id: ObjectId, work: Work[T]) -> T:
        """As ``transact``, in a transaction that the caller runs."""
        folio = await self._open(session, resident_id)
        answer = await work(folio)
        await folio.write()
        return answer

    async def post(self, resident_id: ObjectId, draft: Draft) -> ObjectId:
        """One transfer; the id of the first where the same one was posted before.

        Raises ``PointsInsufficient``, ``PointsOwed``, ``TransferKeyReused``,
        ``TransferReversedAlready``.
        """

        async def work(folio: Folio) -> ObjectId:
            return folio.post(replace(draft, id=ObjectId()))

        try:
            return await self.transact(resident_id, work)
        except DuplicateKeyError as error:
            earlier = await self._known(resident_id, draft)
            if earlier is None:
                raise TransferReversedAlready from error
            return earlier
        except (PointsInsufficient, PointsOwed):
            # The first time there were enough: asked again, it is told what it was told then.
            earlier = await self._known(resident_id, draft)
            if earlier is None:
                raise
            return earlier

    async def reverse(
        self, resident_id: ObjectId, transfer_id: ObjectId, *, key: str, evidence: str
    ) -> ObjectId:
        """Undo a transfer. Raises ``TransferReversedAlready``, ``LookupError``."""

        async def work(folio: Folio) -> ObjectId:
            return await folio.reverse(transfer_id, key=key, evidence=evidence)

        try:
            return await self.transact(resident_id, work)
        except DuplicateKeyError as error:
            before = await self._by_key(resident_id, key)
            if before is not None and before["reverses"] == transfer_id:
                earlier: ObjectId = before["_id"]
                return earlier
            raise TransferReversedAlready from error

    async def balance(self, resident_id: ObjectId) -> int:
        """What the account document says; 0 where there is none yet."""
        raw = await AccountDocument.get_pymongo_collection().find_one(
            {"_id": resident_id, "resident_id": resident_id}, {"balance": 1}
        )
        return 0 if raw is None else int(raw["balance"])

    async def _known(self, resident_id: ObjectId, draft: Draft) -> ObjectId | None:
        before = await self._by_key(resident_id, draft.key)
        if before is None:
            return None
        source, target = draft.sides
        asked = (draft.kind, source, target, draft.points, draft.evidence, draft.reverses)
        names = ("kind", "source", "target", "points", "evidence", "reverses")
        if asked != tuple(before[name] for name in names):
            raise TransferKeyReused
        earlier: ObjectId = before["_id"]
        return earlier

    async def _by_key(self, resident_id: ObjectId, key: str) -> Raw | None:
        found: Raw | None = await TransferDocument.get_pymongo_collection().find_one(
            {"resident_id": resident_id, "key": key}
        )
        return found

    async def _open(self, session: Session, resident_id: ObjectId) -> Folio:
        now = self._core.clock.now()
        accounts = AccountDocument.get_pymongo_collection()
        # The write comes first: whoever else has the account's turn makes this one start anew,
        # and so everything that is read from here on is as it stays until the commit.
        raw = await accounts.find_one_and_update(
            {"_id": resident_id, "resident_id": resident_id},
            {"$inc": {"turn": 1}},
            session=session,
            return_document=ReturnDocument.AFTER,
        )
        if raw is None:
            await refuse_erased(session, [resident_id])
            year = now.astimezone(SHANGHAI).year - 1
            raw = {
                "_id": resident_id,
                "resident_id": resident_id,
                "balance": 0,
                "seq": 0,
                "head": GENESIS,
                "turn": 1,
                "opened_at": now,
                "noticed_year": year,
                "noticed_at": None,
                "expired_year": year,
            }
            await accounts.insert_one(raw, session=session)
        return Folio(session, raw, now)
