"""Corrections of a draft: each kept with who made it and when, each can be undone."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.service import Access
from backend.archive.sections import PartialDate
from backend.archive.sections.values import checked_text
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.history import ChangedMeanwhile
from backend.identity.viewer import Viewer
from backend.measurements.recording import recorder
from backend.reports.correction import HEADER, Correction, to_raw
from backend.reports.documents import ReportDocument, ReportState
from backend.reports.errors import (
    CorrectionNotFound,
    ReportItemNotFound,
    ReportNotInState,
    ValueUnreadable,
)
from backend.reports.report import Report
from backend.reports.reports import Reports

_DATES = frozenset({"collected_at", "reported_at"})
_NEEDED = frozenset({"name", "text"})


class Reviewing:
    """Changes what recognition read, before it is confirmed."""

    def __init__(self, core: Core, access: Access, reports: Reports) -> None:
        self._core = core
        self._access = access
        self._reports = reports

    async def correct_item(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        report_id: ObjectId,
        item_id: str,
        changes: dict[str, Any],
        *,
        version: int,
    ) -> Report:
        """``name``, ``text``, ``unit``, ``reference``, ``flag``; ``removed``; none of them:
        right as it was read. Raises ``ReportItemNotFound``, ``ReportNotInState``,
        ``ChangedMeanwhile``, ``ValueUnreadable`` and the text errors.
        """
        report = await self._draft(viewer, resident_id, report_id, version)
        if report.review is None or report.review.item(item_id) is None:
            raise ReportItemNotFound
        _check(changes)
        return await self._add(viewer, report, item_id, changes or {"checked": True})

    async def add_item(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        report_id: ObjectId,
        changes: dict[str, Any],
        *,
        version: int,
    ) -> Report:
        """A result that recognition missed; at least ``name`` and ``text``."""
        report = await self._draft(viewer, resident_id, report_id, version)
        if not changes.keys() >= _NEEDED:
            raise ValueUnreadable
        _check(changes)
        return await self._add(viewer, report, f"a{ObjectId()}", {**changes, "added": True})

    async def correct_header(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        report_id: ObjectId,
        changes: dict[str, str | None],
        *,
        version: int,
    ) -> Report:
        """``facility``, ``department``, ``specimen``, ``sample_number``, ``collected_at``,
        ``reported_at`` (FHIR dates). Raises the date errors as well."""
        report = await self._draft(viewer, resident_id, report_id, version)
        for name, text in changes.items():
            if text is not None:
                checked_text(text)
                if name in _DATES:
                    PartialDate(text)
        return await self._add(viewer, report, HEADER, dict(changes))

    async def undo(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        report_id: ObjectId,
        correction_id: ObjectId,
        *,
        version: int,
    ) -> Report:
        """Take one correction back. Raises ``CorrectionNotFound``."""
        report = await self._draft(viewer, resident_id, report_id, version)
        standing = {each.id for each in report.corrections if each.undone_at is None}
        if correction_id not in standing:
            raise CorrectionNotFound
        relation = await self._access.require(viewer, resident_id, Category.REPORTS, Action.RECORD)
        changes = {
            "$set": {
                "corrections.$.undone_at": self._core.clock.now(),
                "corrections.$.undone_by": recorder(viewer, relation).to_raw(),
            }
        }
        return await self._update(report, {"corrections.id": correction_id}, changes)

    async def _draft(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId, version: int
    ) -> Report:
        report = await self._reports.changeable(viewer, resident_id, report_id)
        if report.state is not ReportState.READY:
            raise ReportNotInState(state=report.state.value)
        if report.version != version:
            raise ChangedMeanwhile
        return report

    async def _add(
        self, viewer: Viewer, report: Report, target: str, changes: dict[str, Any]
    ) -> Report:
        relation = await self._access.require(
            viewer, report.resident_id, Category.REPORTS, Action.RECORD
        )
        correction = Correction(
            id=ObjectId(),
            target=target,
            changes=changes,
            by=recorder(viewer, relation),
            at=self._core.clock.now(),
        )
        key = await self._core.keyring.key(report.resident_id)
        raw = to_raw(correction, report.id, key)
        return await self._update(report, {}, {"$push": {"corrections": raw}})

    async def _update(self, report: Report, more: Raw, changes: Raw) -> Report:
        stamped = {
            **changes,
            "$set": {**changes.get("$set", {}), "updated_at": self._core.clock.now()},
            "$inc": {"version": 1},
        }
        result = await ReportDocument.get_pymongo_collection().update_one(
            {
                "_id": report.id,
                "resident_id": report.resident_id,
                "version": report.version,
                **more,
            },
            stamped,
        )
        if result.matched_count == 0:
            raise ChangedMeanwhile
        return await self._reports.load(report.resident_id, report.id)


def _check(changes: dict[str, Any]) -> None:
    for name in ("name", "text", "unit", "reference"):
        text = changes.get(name)
        if name in _NEEDED and name in changes and not (text or "").strip():
            raise ValueUnreadable
        if text is not None:
            checked_text(text)
