"""The catalogue: anybody signed in reads it, operators keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo import ReturnDocument

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.paging import Cursor, Page, page_size
from backend.identity.accounts import Account
from backend.identity.operators import require_operator
from backend.identity.viewer import Role, Viewer
from rewards.errors import MerchantNotFound, OfferNotFound, OfferUnfit
from rewards.limits import limits
from rewards.redemption.documents import OfferDocument, OfferKind
from rewards.rules.rule import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffer:
    kind: OfferKind
    merchant_id: ObjectId
    title: Words
    about: Words
    points: int
    stock: int
    limit: int
    hold_days: int
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(NewOffer):
    id: ObjectId
    at: datetime

    def runs_at(self, now: datetime) -> bool:
        return self.valid_from <= now < self.valid_until


class Offers:
    """The catalogue and its stock."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def running(self, first: int, after: Cursor | None = None) -> Page[Offer]:
        """What can be had now, sold out or not; the newest first. Names nobody."""
        now = self._core.clock.now()
        query = {"valid_from": {"$lte": now}, "valid_until": {"$gt": now}}
        return await self._page(query, first, after)

    async def all(self, viewer: Viewer, first: int, after: Cursor | None = None) -> Page[Offer]:
        """Also what is over or to come. Raises ``OperatorRequired``."""
        require_operator(viewer)
        return await self._page({}, first, after)

    async def by_ids(self, ids: list[ObjectId]) -> dict[ObjectId, Offer]:
        found = OfferDocument.get_pymongo_collection().find({"_id": {"$in": ids}})
        return {raw["_id"]: offer_of(raw) async for raw in found}

    async def get(self, offer_id: ObjectId, session: Session | None = None) -> Offer:
        """Raises ``OfferNotFound``."""
        raw = await OfferDocument.get_pymongo_collection().find_one(
            {"_id": offer_id}, session=session
        )
        if raw is None:
            raise OfferNotFound
        return offer_of(raw)

    async def create(self, viewer: Viewer, new: NewOffer, *, idempotency_key: str) -> Offer:
        """Raises ``OperatorRequired``, ``OfferUnfit``, ``MerchantNotFound``."""
        require_operator(viewer)
        check(new)
        account = await Account.get(new.merchant_id)
        if account is None or Role.INSTITUTION not in account.roles:
            raise MerchantNotFound
        fields = _fields(new)
        arguments = ["create_offer", {name: str(value) for name, value in fields.items()}]

        async def work(session: Session) -> Raw:
            document = OfferDocument(
                **fields,
                created_by=PydanticObjectId(viewer.account_id),
                at=self._core.clock.now(),
            )
            await document.insert(session=session)
            return {"offer_id": document.id}

        answer = await self._core.idempotency.once(
            viewer.account_id, idempotency_key, arguments, work
        )
        return await self.get(answer["offer_id"])

    async def restock(self, viewer: Viewer, offer_id: ObjectId, more: int, *, key: str) -> Offer:
        """``more`` may be negative, down to nothing left. Raises ``OperatorRequired``,
        ``OfferNotFound``, ``OfferUnfit``."""
        require_operator(viewer)
        most = limits()["offers"]["largest_stock"]
        if not -most <= more <= most:
            raise OfferUnfit(field="stock")

        async def work(session: Session) -> Raw:
            left = {"$gte": -more, "$lte": most - more}
            changed = await OfferDocument.get_pymongo_collection().update_one(
                {"_id": offer_id, "stock": left}, {"$inc": {"stock": more}}, session=session
            )
            if changed.matched_count == 0:
                await self.get(offer_id, session)
                raise OfferUnfit(field="stock")
            return {"offer_id": offer_id}

        arguments = ["restock_offer", str(offer_id), more]
        await self._core.idempotency.once(viewer.account_id, key, arguments, work)
        return await self.get(offer_id)

    async def end(self, viewer: Viewer, offer_id: ObjectId) -> Offer:
        """Nobody reserves it from now on; vouchers that are out stay good."""
        require_operator(viewer)
        now = self._core.clock.now()
        raw = await OfferDocument.get_pymongo_collection().find_one_and_update(
            {"_id": offer_id},
            [{"$set": {"valid_until": {"$min": ["$valid_until", now]}}}],
            return_document=ReturnDocument.AFTER,
        )
        if raw is None:
            raise OfferNotFound
        return offer_of(raw)

    async def _page(self, query: Raw, first: int, after: Cursor | None) -> Page[Offer]:
        size = page_size(first)
        wanted = query if after is None else {"$and": [query, after.older_than()]}
        found = OfferDocument.get_pymongo_collection().find(wanted)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(size + 1).to_list()
        return Page.of([offer_of(raw) for raw in rows], size)


def check(new: NewOffer) -> None:
    """Raises ``OfferUnfit``."""
    table = limits()["offers"]
    for field, value, most in (
        ("points", new.points, table["largest_points"]),
        ("limit", new.limit, table["largest_limit"]),
        ("holdDays", new.hold_days, table["longest_hold_days"]),
    ):
        if not 1 <= value <= most:
            raise OfferUnfit(field=field)
    if not 0 <= new.stock <= table["largest_stock"]:
        raise OfferUnfit(field="stock")
    if new.valid_until <= new.valid_from:
        raise OfferUnfit(field="validUntil")
    for field, words, most in (
        ("title", new.title, table["longest_title"]),
        ("about", new.about, table["longest_text"]),
    ):
        for text in (words.zh, words.en):
            if not text.strip() or len(text) > most:
                raise OfferUnfit(field=field)


def offer_of(raw: Raw) -> Offer:
    return Offer(
        id=raw["_id"],
        at=raw["at"],
        kind=OfferKind(raw["kind"]),
        merchant_id=raw["merchant_id"],
        title=Words(raw["zh"], raw["en"]),
        about=Words(raw["about_zh"], raw["about_en"]),
        points=raw["points"],
        stock=raw["stock"],
        limit=raw["limit"],
        hold_days=raw["hold_days"],
        valid_from=raw["valid_from"],
        valid_until=raw["valid_until"],
    )


def _fields(new: NewOffer) -> dict[str, Any]:
    return {
        "kind": new.kind,
        "merchant_id": PydanticObjectId(new.merchant_id),
        "zh": new.title.zh,
        "en": new.title.en,
        "about_zh": new.about.zh,
        "about_en": new.about.en,
        "points": new.points,
        "stock": new.stock,
        "limit": new.limit,
        "hold_days": new.hold_days,
        "valid_from": new.valid_from,
        "valid_until": new.valid_until,
    }
