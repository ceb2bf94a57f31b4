"""Alerts out: listed, acknowledged, snoozed."""

from __future__ import annotations

from datetime import datetime, timedelta

from bson import ObjectId

from backend.access.categories import Action
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from backend.measurements.alert import Alert, from_raw
from backend.measurements.documents import AlertDocument
from backend.measurements.draft import Kind
from backend.measurements.granted import category_of, granted_kinds, require_kinds
from backend.measurements.write_errors import AlertNotFound, SnoozeInvalid

_LONGEST_SNOOZE = timedelta(days=7)


class Alerts:
    """A resident's alerts for a viewer, through the policy."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        *,
        first: int,
        after: Cursor | None = None,
        open_only: bool = True,
    ) -> Page[Alert]:
        """Newest first; open means that nobody acknowledged or closed it."""
        kinds = await require_kinds(self._access, viewer, resident_id, ())
        size = page_size(first)
        query: Raw = {"resident_id": resident_id, "kind": {"$in": sorted(kinds)}}
        if open_only:
            query |= {"open": True, "acknowledged_at": None}
        if after is not None:
            query["$and"] = [after.older_than("last_at")]
        found = AlertDocument.get_pymongo_collection().find(query)
        rows = await found.sort([("last_at", -1), ("_id", -1)]).limit(size + 1).to_list()
        if not rows:
            return Page([], has_next=False)
        key = await self._core.keyring.key(resident_id)
        return Page.of([from_raw(raw, key) for raw in rows], size)

    async def get(self, viewer: Viewer, resident_id: ObjectId, alert_id: ObjectId) -> Alert:
        """Raises ``AlertNotFound``."""
        raw = await self._granted(viewer, resident_id, alert_id, Action.VIEW)
        return await self._opened(resident_id, raw)

    async def acknowledge(self, viewer: Viewer, resident_id: ObjectId, alert_id: ObjectId) -> Alert:
        """Seen and taken care of; it speaks again only when its level rises or much later."""
        change = {
            "acknowledged_at": self._core.clock.now(),
            "acknowledged_by": viewer.account_id,
        }
        return await self._change(viewer, resident_id, alert_id, change)

    async def snooze(
        self, viewer: Viewer, resident_id: ObjectId, alert_id: ObjectId, until: datetime
    ) -> Alert:
        """Silent until then, unless it becomes urgent. Raises ``SnoozeInvalid``."""
        now = self._core.clock.now()
        if not now < until <= now + _LONGEST_SNOOZE:
            raise SnoozeInvalid(days=_LONGEST_SNOOZE.days)
        return await self._change(viewer, resident_id, alert_id, {"snoozed_until": until})

    async def _change(
        self, viewer: Viewer, resident_id: ObjectId, alert_id: ObjectId, change: Raw
    ) -> Alert:
        await self._granted(viewer, resident_id, alert_id, Action.RECEIVE_ALERTS)
        raw = await AlertDocument.get_pymongo_collection().find_one_and_update(
            {"resident_id": resident_id, "_id": alert_id},
            {"$set": {**change, "updated_at": self._core.clock.now()}, "$inc": {"version": 1}},
            return_document=True,
        )
        return await self._opened(resident_id, raw)

    async def _granted(
        self, viewer: Viewer, resident_id: ObjectId, alert_id: ObjectId, action: Action
    ) -> Raw:
        """The one that is asked for; the log names its category and no other."""
        kinds = await granted_kinds(self._access, viewer, resident_id, action)
        raw: Raw | None = await AlertDocument.get_pymongo_collection().find_one(
            {"resident_id": resident_id, "_id": alert_id, "kind": {"$in": sorted(kinds)}}
        )
        if raw is None:
            raise AlertNotFound
        await self._access.require(viewer, resident_id, category_of(Kind(raw["kind"])), action)
        return raw

    async def _opened(self, resident_id: ObjectId, raw: Raw | None) -> Alert:
        if raw is None:
            raise AlertNotFound
        return from_raw(raw, await self._core.keyring.key(resident_id))
