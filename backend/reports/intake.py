"""Files in: inspected first, stored only when all of them are fit, read by the worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer
from backend.measurements.reading import RecordedBy
from backend.measurements.recording import recorder
from backend.reports.documents import ReportDocument, ReportJob, ReportState
from backend.reports.errors import NoFile, ReportNotInState, TooManyFiles, told
from backend.reports.events import ReportReceived
from backend.reports.files import Fresh, Incoming, content_mark, file_raw
from backend.reports.filing import OPEN, append, check_pages, report_raw
from backend.reports.inspected import CONTENT_TYPES, Inspected, inspect
from backend.reports.known_files import homes_of, resembling
from backend.reports.leftovers import Leftovers
from backend.reports.limits import FILES
from backend.reports.reports import Reports
from backend.reports.rounds import first_round, queue_again
from backend.reports.sandbox import Sandbox
from ocr.errors import OcrError

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """``known``: every file was here already, in this report. ``resembles``: reports with a
    page that looks the same, to be offered as the same report."""

    report_id: ObjectId
    known: bool = False
    resembles: tuple[ObjectId, ...] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    """Stored files on their way into a report: ``into`` one that is there, or a new one."""

    resident_id: ObjectId
    fresh: Sequence[Fresh]
    into: ObjectId | None
    announced: ObjectId
    same_as: list[ObjectId]


class Intake:
    """Takes files for a resident on behalf of a viewer."""

    def __init__(self, core: Core, access: Access, reports: Reports, sandbox: Sandbox) -> None:
        self._core = core
        self._access = access
        self._reports = reports
        self._sandbox = sandbox
        self._leftovers = Leftovers(core)

    async def require(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId | None = None
    ) -> None:
        """Whether the viewer may upload at all: asked before a body is read."""
        await self._access.require(viewer, resident_id, Category.REPORTS, Action.RECORD)
        if report_id is not None:
            report = await self._reports.changeable(viewer, resident_id, report_id)
            if report.state not in OPEN:
                raise ReportNotInState(state=report.state.value)

    async def take(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        files: Sequence[Incoming],
        *,
        into: ObjectId | None = None,
    ) -> Taken:
        """A new report, or more pages at the end of the report ``into``.

        Nothing is stored unless every file can be read. Raises ``AccessDenied``, ``NoFile``,
        ``TooManyFiles``, ``ReportNotInState`` and the file errors of ``ocr``.
        """
        await self.require(viewer, resident_id, into)
        relation = await self._access.require(viewer, resident_id, Category.REPORTS, Action.RECORD)
        if not files:
            raise NoFile
        if len(files) > FILES:
            raise TooManyFiles(limit=FILES)
        inspected = [await self._inspected(each) for each in files]
        key = await self._core.keyring.key(resident_id)
        by = recorder(viewer, relation)
        for _ in range(_ATTEMPTS):
            try:
                return await self._store(resident_id, files, inspected, into, key, by)
            except DuplicateKeyError:
                continue  # the same file came twice at once: now it is known
        raise ChangedMeanwhile

    async def _inspected(self, each: Incoming) -> Inspected:
        try:
            return await self._sandbox.run(inspect, each.data, each.name)
        except OcrError as error:
            raise told(error) from error

    async def _store(
        self,
        resident_id: ObjectId,
        files: Sequence[Incoming],
        inspected: Sequence[Inspected],
        into: ObjectId | None,
        key: OwnerKey,
        by: RecordedBy,
    ) -> Taken:
        marks = [content_mark(each.data, key) for each in files]
        homes = await homes_of(resident_id, marks)
        fresh = [
            Fresh.of(mark, file, each)
            for mark, file, each in zip(marks, inspected, files, strict=True)
            if mark not in homes
        ]
        fresh = list({each.mark: each for each in fresh}.values())
        if not fresh:
            return await self._known(resident_id, homes[marks[0]])
        resembles = await resembling(resident_id, fresh, key, but=into)
        resembles |= {home["_id"] for home in homes.values()} - {into}
        announced = await self._leftovers.announce(resident_id, [each.blob_id for each in fresh])
        try:
            await self._put(resident_id, fresh)
            filed = Filed(resident_id, fresh, into, announced, sorted(resembles))
            report_id = await self._write(filed, key, by)
        except BaseException:
            await self._leftovers.clear(resident_id, announced)
            raise
        return Taken(report_id=report_id, resembles=tuple(sorted(resembles)))

    async def _known(self, resident_id: ObjectId, home: Raw) -> Taken:
        if home["state"] == ReportState.DISCARDED.value:
            await self._revive(resident_id, home["_id"])
        return Taken(report_id=home["_id"], known=True)

    async def _revive(self, resident_id: ObjectId, report_id: ObjectId) -> None:
        """What was put away and is sent again is wanted after all."""
        now = self._core.clock.now()

        async def work(session: Session) -> None:
            await ReportDocument.get_pymongo_collection().update_one(
                {
                    "_id": report_id,
                    "resident_id": resident_id,
                    "state": ReportState.DISCARDED.value,
                },
                {
                    "$set": {"state": ReportState.READING.value, "updated_at": now},
                    "$inc": {"version": 1},
                },
                session=session,
            )
            await queue_again(session, resident_id, report_id, now)

        await self._core.store.transaction(work)

    async def _put(self, resident_id: ObjectId, fresh: Sequence[Fresh]) -> None:
        for each in fresh:
            await self._core.blobs.put(
                resident_id,
                each.file.data,
                CONTENT_TYPES[each.file.kind],
                blob_id=each.blob_id,
            )

    async def _write(self, filed: Filed, key: OwnerKey, by: RecordedBy) -> ObjectId:
        now, resident_id = self._core.clock.now(), filed.resident_id
        report_id = filed.into or ObjectId()
        files = [file_raw(each, report_id, key, by, now) for each in filed.fresh]
        count = sum(each["pages"] for each in files)

        async def work(session: Session) -> None:
            await self._leftovers.take_back(resident_id, filed.announced, session)
            if filed.into is None:
                check_pages(count)
                document = report_raw(report_id, resident_id, files, filed.same_as, by, now)
                await ReportDocument.get_pymongo_collection().insert_one(document, session=session)
                await ReportJob.get_pymongo_collection().insert_one(
                    first_round(report_id, resident_id, count, now), session=session
                )
            else:
                await append(session, resident_id, report_id, files, filed.same_as, now)
                await queue_again(session, resident_id, report_id, now, more_pages=count)
            event = ReportReceived(
                resident_id=PydanticObjectId(resident_id), report_id=PydanticObjectId(report_id)
            )
            await self._core.outbox.publish(session, event)

        await self._core.store.transaction(work)
        return report_id
