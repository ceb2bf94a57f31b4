"""An account's inbox: a page, what is unread, marking it read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bson import ObjectId

from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from backend.notifications.catalogue import topics
from backend.notifications.documents import InboxItem
from backend.notifications.errors import ChoicesInvalid, InboxItemNotFound
from backend.notifications.kinds import PushState


class Inbox:
    """Only the account's own. What a relation was needed for is gone with the relation."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def page(
        self,
        viewer: Viewer,
        *,
        first: int,
        after: Cursor | None = None,
        unread: bool = False,
        topic: str | None = None,
    ) -> Page[InboxItem]:
        """Newest first. Raises ``ChoicesInvalid`` for a topic that there is not."""
        size = page_size(first)
        query = _own(viewer, topic)
        if unread:
            query["read_at"] = None
        if after is not None:
            query = {**query, "$and": [after.older_than("at")]}
        rows = await InboxItem.find(query).sort("-at", "-_id").limit(size + 1).to_list()
        page = Page.of(rows, size)
        shown = await self._readable(viewer, list(page.items))
        return Page(shown, has_next=page.has_next)

    async def unread(self, viewer: Viewer) -> dict[str, int]:
        """How many are unread, by topic that has some."""
        stages = [
            {"$match": {"account_id": viewer.account_id, "read_at": None}},
            {"$group": {"_id": "$topic", "count": {"$sum": 1}}},
        ]
        cursor = await _inbox().aggregate(stages)
        return {raw["_id"]: raw["count"] async for raw in cursor}

    async def get(self, viewer: Viewer, item_id: ObjectId) -> InboxItem:
        """Raises ``InboxItemNotFound``, for another's too."""
        found = await InboxItem.find_one({"_id": item_id, "account_id": viewer.account_id})
        if found is None or not await self._readable(viewer, [found]):
            raise InboxItemNotFound
        return found

    async def told_with(self, viewer: Viewer, item_id: ObjectId, *, most: int) -> list[InboxItem]:
        """The item and those that its push stood for, newest first.

        Raises ``InboxItemNotFound``, for another's too.
        """
        query = {"account_id": viewer.account_id, "$or": [{"_id": item_id}, {"push.into": item_id}]}
        rows = await InboxItem.find(query).sort("-at", "-_id").limit(most).to_list()
        shown = await self._readable(viewer, rows)
        if not shown:
            raise InboxItemNotFound
        return shown

    async def again(self, viewer: Viewer, item_id: ObjectId, after: timedelta) -> bool:
        """Push it once more then; False where it was read, or would be no news any more.

        Raises ``InboxItemNotFound``, for another's too.
        """
        item = await self.get(viewer, item_id)
        at = self._core.clock.now() + after
        if at - item.at > topics()[item.topic].late:
            return False
        change = {"state": PushState.WAITING.value, "available_at": at, **_UNTOLD}
        done = await _inbox().update_one(
            {"_id": item_id, "read_at": None, "push.state": PushState.SENT.value},
            {"$set": {f"push.{field}": value for field, value in change.items()}},
        )
        return bool(done.modified_count)

    async def mark_read(self, viewer: Viewer, item_ids: Sequence[ObjectId]) -> int:
        """How many were unread. Raises ``InboxItemNotFound`` where one is not the viewer's."""
        query = {"_id": {"$in": list(item_ids)}, "account_id": viewer.account_id}
        if await _inbox().count_documents(query) != len(set(item_ids)):
            raise InboxItemNotFound
        return await self._read(query)

    async def mark_all_read(self, viewer: Viewer, topic: str | None = None) -> int:
        """Raises ``ChoicesInvalid`` for a topic that there is not."""
        return await self._read(_own(viewer, topic))

    async def forget(self, account_id: ObjectId, resident_id: ObjectId) -> int:
        """What is in the inbox by a relation that ended; how many items that were."""
        query = {"account_id": account_id, "resident_id": resident_id, "strangers": False}
        return int((await _inbox().delete_many(query)).deleted_count)

    async def _read(self, query: Raw) -> int:
        now = self._core.clock.now()
        done = await _inbox().update_many({**query, "read_at": None}, {"$set": {"read_at": now}})
        return int(done.modified_count)

    async def _readable(self, viewer: Viewer, items: list[InboxItem]) -> list[InboxItem]:
        """Without those of residents to whom the viewer has no relation any more."""
        asked = {each.resident_id for each in items if not each.strangers}
        await self._access.aware_of(viewer, asked)
        known = {each for each in asked if await self._access.towards(viewer, each)}
        return [each for each in items if each.strangers or each.resident_id in known]


_UNTOLD: Raw = {"sent": [], "attempts": 0, "settled_at": None}


def _own(viewer: Viewer, topic: str | None) -> Raw:
    query: Raw = {"account_id": viewer.account_id}
    if topic is not None:
        if topic not in topics():
            raise ChoicesInvalid(field="topic")
        query["topic"] = topic
    return query


def _inbox() -> Any:
    return InboxItem.get_pymongo_collection()
