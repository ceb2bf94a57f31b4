"""Pages that were photographed in the wrong order, put right; then the report is read anew."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bson import ObjectId

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer
from backend.reports import correction as corrections
from backend.reports.documents import ReportState
from backend.reports.errors import PageOrderWrong, ReportNotInState
from backend.reports.report import Report
from backend.reports.reports import Reports
from backend.reports.rounds import queue_again
from backend.reports.versions import change_report

_STATES = frozenset({ReportState.READY, ReportState.FAILED})
_PART = re.compile(r"^([nm]?)p(\d+)(?=-)")


class Arranging:
    """Orders the pages of a report that is under review."""

    def __init__(self, core: Core, reports: Reports) -> None:
        self._core = core
        self._reports = reports

    async def reorder(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        report_id: ObjectId,
        pages: Sequence[int],
        *,
        version: int,
    ) -> Report:
        """``pages``: today's page numbers in the order in which they belong.

        Corrections and what was confirmed before go with their page. Raises ``PageOrderWrong``
        (a page missing or twice, or a PDF's pages torn apart), ``ReportNotInState``,
        ``ChangedMeanwhile`` and as ``Reports.changeable``.
        """
        report = await self._reports.changeable(viewer, resident_id, report_id)
        if report.state not in _STATES:
            raise ReportNotInState(state=report.state.value)
        if report.version != version:
            raise ChangedMeanwhile
        files = _files_in(report, pages)
        moved = {old: new for new, old in enumerate(pages, start=1)}
        key = await self._core.keyring.key(resident_id)
        raw, now = await self._reports.raw(resident_id, report_id), self._core.clock.now()
        changes: Raw = {
            "files": files,
            "corrections": [
                _moved_correction(stored, report_id, moved, key) for stored in raw["corrections"]
            ],
            "links": [{**each, "part": _moved(each["part"], moved)} for each in raw["links"]],
            "state": ReportState.READING.value,
            "updated_at": now,
        }

        async def work(session: Session) -> None:
            await change_report(session, report, changes)
            await queue_again(session, resident_id, report_id, now)

        await self._core.store.transaction(work)
        return await self._reports.load(resident_id, report_id)


def _files_in(report: Report, pages: Sequence[int]) -> list[Raw]:
    """The files in the order that the pages ask for; a file's own pages stay together."""
    by_number = {page.number: page for page in report.pages}
    if sorted(pages) != sorted(by_number):
        raise PageOrderWrong
    order = list(dict.fromkeys(by_number[number].file_id for number in pages))
    together = [
        page.number for file_id in order for page in report.pages if page.file_id == file_id
    ]
    if together != list(pages):
        raise PageOrderWrong
    files = {each["id"]: each for each in report.files}
    return [files[file_id] for file_id in order]


def _moved(part: str, moved: Mapping[int, int]) -> str:
    """An id that says on which page something stands, on its new page."""
    return _PART.sub(lambda found: f"{found[1]}p{moved[int(found[2])]}", part)


def _moved_correction(
    stored: Raw, report_id: ObjectId, moved: Mapping[int, int], key: OwnerKey
) -> Raw:
    said = corrections.from_raw(stored, report_id, key)
    body = corrections.to_raw(replace(said, target=_moved(said.target, moved)), report_id, key)
    return {**stored, "body": body["body"]}
