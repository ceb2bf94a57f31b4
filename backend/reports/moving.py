"""“Whose report is this?” — Somebody else's: it goes to their record and leaves this one."""

from __future__ import annotations

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Session
from backend.core.history import ChangedMeanwhile
from backend.identity.viewer import Viewer
from backend.reports.documents import ReportDocument, ReportJob, ReportState
from backend.reports.errors import ReportNotInState
from backend.reports.files import Incoming
from backend.reports.intake import Intake, Taken
from backend.reports.leftovers import Leftovers
from backend.reports.reports import Reports

_MOVABLE = frozenset({ReportState.READY, ReportState.FAILED, ReportState.READING})


class Moving:
    """Moves a report that was not confirmed yet."""

    def __init__(self, core: Core, access: Access, reports: Reports, intake: Intake) -> None:
        self._core = core
        self._access = access
        self._reports = reports
        self._intake = intake
        self._leftovers = Leftovers(core)

    async def move(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        report_id: ObjectId,
        to: ObjectId,
        *,
        version: int,
    ) -> Taken:
        """The report in the other record, to be read there anew.

        Its pages are kept there first and only then taken away here: a fault in between leaves
        them in both records. Raises ``AccessDenied`` for either record, ``ReportNotInState``,
        ``ChangedMeanwhile``.
        """
        report = await self._reports.changeable(viewer, resident_id, report_id)
        await self._access.require(viewer, to, Category.REPORTS, Action.RECORD)
        if report.state not in _MOVABLE or report.links or to == resident_id:
            raise ReportNotInState(state=report.state.value)
        if report.version != version:
            raise ChangedMeanwhile
        blobs = [each["blob_id"] for each in report.files]
        files = [Incoming(await self._core.blobs.get(resident_id, each)) for each in blobs]
        taken = await self._intake.take(viewer, to, files)

        async def work(session: Session) -> ObjectId:
            await self._forget(session, resident_id, report_id, version)
            return await self._leftovers.announce(resident_id, blobs, session)

        announced = await self._core.store.transaction(work)
        await self._leftovers.clear(resident_id, announced)
        return taken

    async def _forget(
        self, session: Session, resident_id: ObjectId, report_id: ObjectId, version: int
    ) -> None:
        here = {"_id": report_id, "resident_id": resident_id}
        gone = await ReportDocument.get_pymongo_collection().delete_one(
            {**here, "version": version}, session=session
        )
        if gone.deleted_count == 0:
            raise ChangedMeanwhile
        await ReportJob.get_pymongo_collection().delete_one(here, session=session)
