"""What a resident met: listed, exported, and as choosing needs it."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from backend.access.categories import Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from content.choosing.past import Past
from content.documents import PieceRecord
from content.library import Library
from content.reading.record import Record, past_of, record_of
from content.reading.rows import PURPOSE

_TIMES = ("opened_at", "read_at", "passed_at")


class Looking:
    def __init__(self, core: Core, access: Access, library: Library) -> None:
        self._core = core
        self._access = access
        self._library = library

    async def page(
        self, viewer: Viewer, resident_id: ObjectId, *, first: int, after: Cursor | None = None
    ) -> Page[Record]:
        """What was opened, the last that was new first. Raises ``AccessDenied``."""
        await self._access.require(viewer, resident_id, Category.CONDITIONS, purpose=PURPOSE)
        size = page_size(first)
        query: Raw = {"resident_id": resident_id, "opened_at": {"$ne": None}}
        if after is not None:
            query |= after.older_than()
        found = PieceRecord.get_pymongo_collection().find(query)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(size + 1).to_list()
        key = await self._core.keyring.key(resident_id)
        known = {piece.slug for piece in self._library.pieces}
        records = [record_of(raw, key) for raw in rows]
        page = Page.of(records, size)
        return Page([each for each in page.items if each.slug in known], page.has_next)

    async def exported(self, viewer: Viewer, resident_id: ObjectId) -> list[dict[str, Any]]:
        """Every piece that was met, oldest first, as plain JSON. Raises ``AccessDenied``."""
        await self._access.require(viewer, resident_id, Category.CONDITIONS, purpose=PURPOSE)
        key = await self._core.keyring.key(resident_id)
        found = PieceRecord.get_pymongo_collection().find({"resident_id": resident_id})
        titles = {each.slug: each.front.title for each in self._library.pieces}
        records = [record_of(raw, key) async for raw in found.sort([("at", 1), ("_id", 1)])]
        return [_plain(each, titles.get(each.slug)) for each in records]

    async def past(self, resident_id: ObjectId) -> Past:
        """By slug; the policy was asked before."""
        key = await self._core.keyring.key(resident_id)
        slugs = [piece.slug for piece in self._library.pieces]
        found = PieceRecord.get_pymongo_collection().find({"resident_id": resident_id}, {"name": 0})
        return past_of(await found.to_list(), slugs, key)


def _plain(record: Record, title: str | None) -> dict[str, Any]:
    times = {name: getattr(record, name) for name in _TIMES}
    return {
        "article": record.slug,
        "title": title,
        "shown_days": record.shown,
        **{name: at.isoformat() if at else None for name, at in times.items()},
        "dwell_seconds": record.dwell,
        "scroll": record.scroll,
        "feedback": record.feedback.value if record.feedback else None,
    }
