"""What a resident sees of their points: balance, statement, what expires."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from backend.access.categories import Category
from backend.access.service import Access
from backend.core.database import Raw
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from rewards.expiry import Expiring, Expiry
from rewards.ledger.documents import TransferDocument
from rewards.ledger.ledger import Ledger
from rewards.ledger.transfer import Transfer, TransferKind, from_raw


@dataclass(frozen=True, slots=True)
class Balance:
    """Below zero: points of withdrawn records were spent already, and are owed."""

    points: int
    expiring: Expiring | None


class Statement:
    """For the resident, and for whoever is granted their points."""

    def __init__(self, access: Access, ledger: Ledger, expiry: Expiry) -> None:
        self._access = access
        self._ledger = ledger
        self._expiry = expiry

    async def balance(self, viewer: Viewer, resident_id: ObjectId) -> Balance:
        """Raises ``AccessDenied``."""
        await self._access.require(viewer, resident_id, Category.POINTS)
        points = await self._ledger.balance(resident_id)
        return Balance(points, await self._expiry.soon(resident_id))

    async def page(
        self, viewer: Viewer, resident_id: ObjectId, *, first: int, after: Cursor | None = None
    ) -> Page[Transfer]:
        """What moved the balance, newest first. Raises ``AccessDenied``."""
        await self._access.require(viewer, resident_id, Category.POINTS)
        size = page_size(first)
        # A merchant's confirmation moves what was reserved before, not the balance.
        query: Raw = {"resident_id": resident_id, "kind": {"$ne": TransferKind.REDEEM.value}}
        if after is not None:
            query |= after.older_than()
        found = TransferDocument.get_pymongo_collection().find(query)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(size + 1).to_list()
        return Page.of([from_raw(raw) for raw in rows], size)
