"""Alerts of reports out: listed, acknowledged."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from backend.access.categories import Action, Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.paging import LARGEST_PAGE, Cursor, Page, page_size
from backend.identity.viewer import Viewer
from backend.reports.alerts.alert import ResultAlert, from_raw
from backend.reports.documents import ReportAlertDocument
from backend.reports.errors import ResultAlertNotFound


class ResultAlerts:
    """A resident's alerts of reports for a viewer, through the policy."""

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
    ) -> Page[ResultAlert]:
        """Newest results first; open means that nobody acknowledged it and it still holds."""
        await self._access.require(viewer, resident_id, Category.REPORTS)
        size = page_size(first)
        query: Raw = {"resident_id": resident_id}
        if open_only:
            query |= {"open": True, "acknowledged_at": None}
        if after is not None:
            query["$and"] = [after.older_than("last_at")]
        found = ReportAlertDocument.get_pymongo_collection().find(query)
        rows = await found.sort([("last_at", -1), ("_id", -1)]).limit(size + 1).to_list()
        key = await self._core.keyring.key(resident_id)
        return Page.of([from_raw(raw, key) for raw in rows], size)

    async def get(self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId) -> ResultAlert:
        """Raises ``ResultAlertNotFound``."""
        await self._access.require(viewer, resident_id, Category.REPORTS)
        raw = await ReportAlertDocument.get_pymongo_collection().find_one(
            {"_id": report_id, "resident_id": resident_id}
        )
        return await self._opened(resident_id, raw)

    async def acknowledge(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId
    ) -> ResultAlert:
        """Seen and taken care of; it comes back only when a correction makes it news."""
        await self._access.require(viewer, resident_id, Category.REPORTS, Action.RECEIVE_ALERTS)
        now = self._core.clock.now()
        seen = {
            "acknowledged_at": now,
            "acknowledged_by": viewer.account_id,
            "updated_at": now,
        }
        raw = await ReportAlertDocument.get_pymongo_collection().find_one_and_update(
            {"_id": report_id, "resident_id": resident_id},
            {"$set": seen, "$inc": {"version": 1}},
            return_document=ReturnDocument.AFTER,
        )
        return await self._opened(resident_id, raw)

    async def plain(self, viewer: Viewer, resident_id: ObjectId) -> list[dict[str, Any]]:
        """Everything, for the download."""
        rows: list[dict[str, Any]] = []
        after: Cursor | None = None
        while True:
            page = await self.page(
                viewer, resident_id, first=LARGEST_PAGE, after=after, open_only=False
            )
            rows += [_plain(each) for each in page.items]
            if not page.has_next:
                return rows
            after = page.cursor(page.items[-1])

    async def _opened(self, resident_id: ObjectId, raw: Raw | None) -> ResultAlert:
        if raw is None:
            raise ResultAlertNotFound
        return from_raw(raw, await self._core.keyring.key(resident_id))


def _plain(alert: ResultAlert) -> dict[str, Any]:
    seen = alert.acknowledged_at
    return {
        "report": str(alert.id),
        "at": alert.at.isoformat(),
        "level": alert.level.key,
        "reason": alert.reason._asdict(),
        "what_to_do": alert.what_to_do._asdict(),
        "source": alert.source._asdict(),
        "results": [
            {
                "name": each.name,
                "text": each.text,
                "unit": each.unit,
                "reference": each.reference,
                "flag": each.flag,
                "level": each.level.key,
            }
            for each in alert.results
        ],
        "open": alert.open,
        "acknowledged_at": seen.isoformat() if seen else None,
    }
