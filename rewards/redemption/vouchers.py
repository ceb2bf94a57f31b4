"""Residents' vouchers: reserved for points, cancelled, or gone back when nobody used them."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import KeyDestroyed, OwnerKey
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from rewards.errors import (
    OfferLimitReached,
    OfferNotRunning,
    OfferSoldOut,
    VoucherNotFound,
    VoucherOver,
    VoucherUsed,
)
from rewards.events import VoucherReserved, VoucherReturned
from rewards.ledger.folio import Folio
from rewards.ledger.ledger import Ledger
from rewards.ledger.transfer import Draft, TransferKind
from rewards.redemption.codes import code_index, new_code
from rewards.redemption.documents import (
    OfferDocument,
    TicketDocument,
    VoucherDocument,
    VoucherState,
)
from rewards.redemption.offers import Offer, Offers
from rewards.redemption.voucher import Voucher, place, voucher_of

_TAKEN = [VoucherState.RESERVED.value, VoucherState.REDEEMED.value]
_ATTEMPTS = 3


class Vouchers:
    """For the resident, and for caregivers who may manage their points."""

    def __init__(self, core: Core, access: Access, ledger: Ledger, offers: Offers) -> None:
        self._core = core
        self._access = access
        self._ledger = ledger
        self._offers = offers

    async def reserve(
        self, viewer: Viewer, resident_id: ObjectId, offer_id: ObjectId, *, idempotency_key: str
    ) -> Voucher:
        """Stock, points and voucher in one transaction.

        Raises ``AccessDenied``, ``OfferNotFound``, ``OfferNotRunning``, ``OfferSoldOut``,
        ``OfferLimitReached``, ``PointsInsufficient``, ``PointsOwed``.
        """
        await self._access.require(viewer, resident_id, Category.POINTS, Action.MANAGE)
        key = await self._core.keyring.key(resident_id)

        async def work(session: Session) -> Raw:
            offer = await self._offers.get(offer_id, session)
            if not offer.runs_at(self._core.clock.now()):
                raise OfferNotRunning

            async def reserved(folio: Folio) -> ObjectId:
                return await self._reserved(folio, viewer, offer, key)

            return {"voucher_id": await self._ledger.within(session, resident_id, reserved)}

        arguments = ["redeem_offer", str(resident_id), str(offer_id)]
        # Whoever wants the same offer waits here, rather than colliding in the store.
        async with self._ledger.locks.held(offer_id):
            answer = await self._once(viewer, idempotency_key, arguments, work)
        return await self._get(resident_id, answer["voucher_id"])

    async def cancel(self, viewer: Viewer, resident_id: ObjectId, voucher_id: ObjectId) -> Voucher:
        """The points go back; once more does nothing.

        Raises ``AccessDenied``, ``VoucherNotFound``, ``VoucherUsed``, ``VoucherOver``.
        """
        await self._access.require(viewer, resident_id, Category.POINTS, Action.MANAGE)
        if not await self.returned(resident_id, voucher_id, VoucherState.CANCELLED):
            now = await self._get(resident_id, voucher_id)
            if now.state is VoucherState.REDEEMED:
                raise VoucherUsed
            if now.state is VoucherState.LAPSED:
                raise VoucherOver
        return await self._get(resident_id, voucher_id)

    async def page(
        self, viewer: Viewer, resident_id: ObjectId, *, first: int, after: Cursor | None = None
    ) -> Page[Voucher]:
        """Newest first. Whoever may only look sees no codes."""
        await self._access.require(viewer, resident_id, Category.POINTS)
        size = page_size(first)
        query: Raw = {"resident_id": resident_id}
        if after is not None:
            query |= after.older_than()
        found = VoucherDocument.get_pymongo_collection().find(query)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(size + 1).to_list()
        key = await self._core.keyring.key(resident_id)
        now = self._core.clock.now()
        return Page.of([voucher_of(raw, key, now) for raw in rows], size)

    async def code(self, viewer: Viewer, voucher: Voucher) -> str | None:
        """What the merchant scans. Raises ``AccessDenied`` for who may not spend the points."""
        await self._access.require(viewer, voucher.resident_id, Category.POINTS, Action.MANAGE)
        return voucher.code

    async def get(self, viewer: Viewer, resident_id: ObjectId, voucher_id: ObjectId) -> Voucher:
        """Raises ``AccessDenied``, ``VoucherNotFound``."""
        await self._access.require(viewer, resident_id, Category.POINTS)
        return await self._get(resident_id, voucher_id)

    async def returned(
        self, resident_id: ObjectId, voucher_id: ObjectId, state: VoucherState
    ) -> bool:
        """Give points and stock back; False where the voucher is not reserved any more."""
        now = self._core.clock.now()

        async def work(folio: Folio) -> bool:
            voucher = await VoucherDocument.get_pymongo_collection().find_one_and_update(
                {
                    "_id": voucher_id,
                    "resident_id": resident_id,
                    "state": VoucherState.RESERVED.value,
                },
                {"$set": {"state": state.value, "settled_at": now}},
                session=folio.session,
            )
            if voucher is None:
                return False
            await folio.reverse(
                voucher["transfer_id"], key=f"return:{voucher_id}", evidence=f"voucher:{voucher_id}"
            )
            await TicketDocument.get_pymongo_collection().update_one(
                {"_id": voucher_id},
                {"$set": {"state": state.value, "settled_at": now}},
                session=folio.session,
            )
            await OfferDocument.get_pymongo_collection().update_one(
                {"_id": voucher["offer_id"]}, {"$inc": {"stock": 1}}, session=folio.session
            )
            event = VoucherReturned(
                resident_id=PydanticObjectId(resident_id), voucher_id=PydanticObjectId(voucher_id)
            )
            await self._core.outbox.publish(folio.session, event)
            return True

        return await self._ledger.transact(resident_id, work)

    async def lapse(self, at_most: int = 100) -> int:
        """Give back what nobody used in time; how many. Any number of workers may do it."""
        query = {
            "state": VoucherState.RESERVED.value,
            "expires_at": {"$lte": self._core.clock.now()},
            "resident_id": {"$ne": None},
        }
        found = TicketDocument.get_pymongo_collection().find(query, {"resident_id": 1})
        due = await found.sort("expires_at", 1).limit(at_most).to_list()
        done = 0
        for raw in due:
            with contextlib.suppress(KeyDestroyed):  # who is erased goes with their vouchers
                done += await self.returned(raw["resident_id"], raw["_id"], VoucherState.LAPSED)
        return done

    async def _reserved(
        self, folio: Folio, viewer: Viewer, offer: Offer, key: OwnerKey
    ) -> ObjectId:
        await self._check_limit(folio, offer)
        taken = await OfferDocument.get_pymongo_collection().update_one(
            {"_id": offer.id, "stock": {"$gt": 0}}, {"$inc": {"stock": -1}}, session=folio.session
        )
        if taken.modified_count == 0:
            raise OfferSoldOut
        voucher_id = ObjectId()
        transfer_id = folio.post(
            Draft(
                kind=TransferKind.RESERVE,
                points=offer.points,
                key=f"reserve:{voucher_id}",
                evidence=f"voucher:{voucher_id}",
            )
        )
        await self._insert(folio, viewer, offer, key, voucher_id, transfer_id)
        event = VoucherReserved(
            resident_id=PydanticObjectId(folio.resident_id),
            voucher_id=PydanticObjectId(voucher_id),
        )
        await self._core.outbox.publish(folio.session, event)
        return voucher_id

    async def _insert(
        self,
        folio: Folio,
        viewer: Viewer,
        offer: Offer,
        key: OwnerKey,
        voucher_id: ObjectId,
        transfer_id: ObjectId,
    ) -> None:
        code = new_code()
        common: Raw = {
            "_id": voucher_id,
            "resident_id": folio.resident_id,
            "offer_id": offer.id,
            "state": VoucherState.RESERVED.value,
            "points": offer.points,
            "at": folio.now,
            "expires_at": folio.now + timedelta(days=offer.hold_days),
            "settled_at": None,
        }
        own = {
            "code": key.seal(code.encode(), place(voucher_id)),
            "transfer_id": transfer_id,
            "requested_by": viewer.account_id,
        }
        theirs = {
            "merchant_id": offer.merchant_id,
            "code_index": code_index(self._core.keyring, code),
        }
        vouchers = VoucherDocument.get_pymongo_collection()
        await vouchers.insert_one(common | own, session=folio.session)
        tickets = TicketDocument.get_pymongo_collection()
        await tickets.insert_one(common | theirs, session=folio.session)

    async def _check_limit(self, folio: Folio, offer: Offer) -> None:
        held = await VoucherDocument.get_pymongo_collection().count_documents(
            {
                "resident_id": folio.resident_id,
                "offer_id": offer.id,
                "state": {"$in": _TAKEN},
            },
            session=folio.session,
        )
        if held >= offer.limit:
            raise OfferLimitReached(limit=offer.limit)

    async def _once(
        self,
        viewer: Viewer,
        key: str,
        arguments: list[str],
        work: Callable[[Session], Awaitable[Raw]],
    ) -> Raw:
        for attempt in range(_ATTEMPTS):
            try:
                return await self._core.idempotency.once(
                    viewer.account_id,
                    key,
                    arguments,
                    work,
                )
            except DuplicateKeyError:  # somebody else opened the account meanwhile
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _get(self, resident_id: ObjectId, voucher_id: ObjectId) -> Voucher:
        raw = await VoucherDocument.get_pymongo_collection().find_one(
            {"resident_id": resident_id, "_id": voucher_id}
        )
        if raw is None:
            raise VoucherNotFound
        key = await self._core.keyring.key(resident_id)
        return voucher_of(raw, key, self._core.clock.now())
