"""Reports out: lists, one, how far its reading is, its pages as pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from backend.reports.documents import ReportDocument, ReportJob, ReportState
from backend.reports.errors import (
    NotYourReport,
    ReportItemNotFound,
    ReportNotFound,
    ReportPageNotFound,
    told,
)
from backend.reports.inspected import Box, crop_png, page_png
from backend.reports.report import Job, Report, from_raw, job_from_raw
from backend.reports.sandbox import Sandbox
from ocr.errors import OcrError


class Reports:
    """Reads for a viewer, through the policy."""

    def __init__(self, core: Core, access: Access, sandbox: Sandbox) -> None:
        self._core = core
        self._access = access
        self._sandbox = sandbox

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        *,
        first: int,
        after: Cursor | None = None,
        states: frozenset[ReportState] = frozenset(),
    ) -> Page[Report]:
        """Newest first; without states all but what was discarded."""
        await self._access.require(viewer, resident_id, Category.REPORTS)
        size = page_size(first)
        shown = states or frozenset(ReportState) - {ReportState.DISCARDED}
        query: Raw = {"resident_id": resident_id, "state": {"$in": sorted(shown)}}
        if after is not None:
            query["$and"] = [after.older_than("created_at")]
        found = ReportDocument.get_pymongo_collection().find(query)
        rows = await found.sort([("created_at", -1), ("_id", -1)]).limit(size + 1).to_list()
        key = await self._core.keyring.key(resident_id)
        return Page.of([from_raw(raw, key) for raw in rows], size)

    async def get(self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId) -> Report:
        """One report in any state. Raises ``ReportNotFound``."""
        await self._access.require(viewer, resident_id, Category.REPORTS)
        return await self.load(resident_id, report_id)

    async def load(self, resident_id: ObjectId, report_id: ObjectId) -> Report:
        """As ``get``; the policy was asked before."""
        raw = await self.raw(resident_id, report_id)
        return from_raw(raw, await self._core.keyring.key(resident_id))

    async def raw(self, resident_id: ObjectId, report_id: ObjectId) -> Raw:
        raw: Raw | None = await ReportDocument.get_pymongo_collection().find_one(
            {"_id": report_id, "resident_id": resident_id}
        )
        if raw is None:
            raise ReportNotFound
        return raw

    async def changeable(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId
    ) -> Report:
        """A report that the viewer may change: their own upload, or with the right to manage.

        Raises ``AccessDenied``, ``ReportNotFound``, ``NotYourReport``.
        """
        relation = await self._access.require(viewer, resident_id, Category.REPORTS, Action.RECORD)
        report = await self.load(resident_id, report_id)
        own = report.recorded_by.account_id == viewer.account_id
        if not own and Action.MANAGE not in relation.actions:
            raise NotYourReport
        return report

    async def job(self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId) -> Job:
        """How far the reading is."""
        await self._access.require(viewer, resident_id, Category.REPORTS)
        found = await self.jobs(resident_id, [report_id])
        if report_id not in found:
            raise ReportNotFound
        return found[report_id]

    async def jobs(
        self, resident_id: ObjectId, report_ids: Sequence[ObjectId]
    ) -> dict[ObjectId, Job]:
        """By report; the policy was asked before."""
        query = {"_id": {"$in": list(report_ids)}, "resident_id": resident_id}
        found = ReportJob.get_pymongo_collection().find(query)
        return {raw["_id"]: job_from_raw(raw) async for raw in found}

    async def of_parts(
        self, viewer: Viewer, resident_id: ObjectId, ids: Iterable[ObjectId]
    ) -> dict[ObjectId, tuple[Report, str]]:
        """By entry or reading id: the report it came from and which part of it."""
        await self._access.require(viewer, resident_id, Category.REPORTS)
        wanted = set(ids)
        listed = sorted(wanted)
        query = {
            "resident_id": resident_id,
            "$or": [
                {"links.entry_id": {"$in": listed}},
                {"links.reading_id": {"$in": listed}},
            ],
        }
        rows = await ReportDocument.get_pymongo_collection().find(query).to_list()
        if not rows:
            return {}
        key = await self._core.keyring.key(resident_id)
        return {
            part_id: (report, link.part)
            for report in (from_raw(raw, key) for raw in rows)
            for link in report.links
            for part_id in (link.entry_id, link.reading_id)
            if part_id in wanted
        }

    async def page_picture(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        report_id: ObjectId,
        number: int,
        *,
        item_id: str | None = None,
        crop: bool = False,
    ) -> bytes:
        """The page as PNG; with an item its rectangle is drawn, with ``crop`` cut out as well.

        Raises ``ReportPageNotFound`` or ``ReportItemNotFound``.
        """
        report = await self.get(viewer, resident_id, report_id)
        page = report.page(number)
        if page is None:
            raise ReportPageNotFound(page=number)
        box = _box_of(report, number, item_id) if item_id is not None else None
        data = await self._core.blobs.get(resident_id, page.blob_id)
        try:
            if crop and box is not None:
                return await self._sandbox.run(crop_png, data, page.of_file, box)
            return await self._sandbox.run(page_png, data, page.of_file, box)
        except OcrError as error:
            raise told(error) from error


def _box_of(report: Report, number: int, item_id: str) -> Box:
    if report.review is not None:
        parts = (*report.review.narrative, *report.review.medications)
        places = {each.id: (each.said.page, each.said.box) for each in parts}
        for item in report.review.items:
            if item.page is not None and item.box is not None:
                places[item.id] = (item.page, item.box)
        page, box = places.get(item_id, (0, None))
        if page == number and box is not None:
            return box
    raise ReportItemNotFound
