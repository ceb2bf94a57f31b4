"""What goes back: a confirmation undone, a report withdrawn, put away, fetched again, re-read."""

from __future__ import annotations

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile
from backend.identity.viewer import Viewer
from backend.measurements.recording import recorder
from backend.reports.documents import ReportState
from backend.reports.errors import ReportNotInState
from backend.reports.events import ReportWithdrawn
from backend.reports.report import Report
from backend.reports.reports import Reports
from backend.reports.rounds import queue_again
from backend.reports.settling import Settling
from backend.reports.versions import change_report

_PUT_AWAY = frozenset({ReportState.READING, ReportState.READY, ReportState.FAILED})


class Retiring:
    """Takes reports out of the archive and back; nothing is deleted."""

    def __init__(self, core: Core, access: Access, reports: Reports) -> None:
        self._core = core
        self._access = access
        self._reports = reports

    async def undo(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId, *, version: int
    ) -> Report:
        """Back to review; what it put into the archive counts no more until confirmed again."""
        report = await self._in(
            viewer, resident_id, report_id, frozenset({ReportState.CONFIRMED}), version
        )
        return await self._retire(viewer, report, ReportState.READY)

    async def withdraw(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId, *, version: int
    ) -> Report:
        """Entered in error, as a whole."""
        states = frozenset(ReportState) - {ReportState.WITHDRAWN, ReportState.DISCARDED}
        report = await self._in(viewer, resident_id, report_id, states, version)
        return await self._retire(viewer, report, ReportState.WITHDRAWN)

    async def discard(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId, *, version: int
    ) -> Report:
        """Put away before anything of it was confirmed."""
        report = await self._in(viewer, resident_id, report_id, _PUT_AWAY, version)
        if report.links:
            raise ReportNotInState(state=ReportState.CONFIRMED.value)
        return await self._change(report, ReportState.DISCARDED)

    async def restore(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId, *, version: int
    ) -> Report:
        """A withdrawn or discarded report, back to review (read anew where it never was)."""
        states = frozenset({ReportState.WITHDRAWN, ReportState.DISCARDED})
        report = await self._in(viewer, resident_id, report_id, states, version)
        if report.parsed is not None:
            return await self._change(report, ReportState.READY)
        return await self._change(report, ReportState.READING, read=True)

    async def read_again(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId, *, version: int
    ) -> Report:
        """Another try after a failure, or with what is known better by now."""
        states = frozenset({ReportState.FAILED, ReportState.READY})
        report = await self._in(viewer, resident_id, report_id, states, version)
        return await self._change(report, ReportState.READING, read=True)

    async def _in(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        report_id: ObjectId,
        states: frozenset[ReportState],
        version: int,
    ) -> Report:
        report = await self._reports.changeable(viewer, resident_id, report_id)
        if report.state not in states:
            raise ReportNotInState(state=report.state.value)
        if report.version != version:
            raise ChangedMeanwhile
        return report

    async def _change(self, report: Report, state: ReportState, *, read: bool = False) -> Report:
        now = self._core.clock.now()

        async def work(session: Session) -> None:
            await change_report(session, report, {"state": state.value, "updated_at": now})
            if read:
                await queue_again(session, report.resident_id, report.id, now)

        await self._core.store.transaction(work)
        return await self._reports.load(report.resident_id, report.id)

    async def _retire(self, viewer: Viewer, report: Report, state: ReportState) -> Report:
        resident_id, now = report.resident_id, self._core.clock.now()
        key = await self._core.keyring.key(resident_id)
        relation = await self._access.require(viewer, resident_id, Category.REPORTS, Action.RECORD)
        links: list[Raw] = [
            {"part": each.part, "entry_id": each.entry_id, "reading_id": each.reading_id}
            for each in report.links
        ]

        async def work(session: Session) -> None:
            by = recorder(viewer, relation)
            settling = Settling(self._core, session, resident_id, key, by=by, now=now)
            await settling.retire(links, keep_links=True)
            await change_report(session, report, {"state": state.value, "updated_at": now})
            await settling.publish(
                ReportWithdrawn(
                    resident_id=PydanticObjectId(resident_id),
                    report_id=PydanticObjectId(report.id),
                )
            )

        await self._core.store.transaction(work)
        return await self._reports.load(resident_id, report.id)
