"""Files in: inspected first, stored only when all of them are fit, read by the worker."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

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
from backend.reports.documents import JobState, ReportDocument, ReportJob, ReportState, Step
from backend.reports.errors import (
    FILE_ERRORS,
    NoFile,
    ReportNotInState,
    TooManyFiles,
    told,
)
from backend.reports.events import ReportReceived
from backend.reports.inspected import CONTENT_TYPES, Inspected, inspect
from backend.reports.limits import FILES, NAME_CHARACTERS, PAGES, SAME_PAGE_REPORTS
from backend.reports.lookalikes import looks_alike
from backend.reports.report import seen_in, seen_place
from backend.reports.reports import Reports
from backend.reports.sandbox import Sandbox
from ocr.errors import OcrError

_ATTEMPTS = 3
_OPEN = {ReportState.READING, ReportState.READY, ReportState.FAILED, ReportState.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file as sent; ``name`` gives the extension that must agree."""

    data: bytes
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """``known``: every file was here already, in this report. ``resembles``: reports with a
    page that looks the same, to be offered as the same report."""

    report_id: ObjectId
    known: bool = False
    resembles: tuple[ObjectId, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fresh:
    mark: bytes
    file: Inspected
    name: str


class Intake:
    """Takes files for a resident on behalf of a viewer."""

    def __init__(self, core: Core, access: Access, reports: Reports, sandbox: Sandbox) -> None:
        self._core = core
        self._access = access
        self._reports = reports
        self._sandbox = sandbox

    async def require(
        self, viewer: Viewer, resident_id: ObjectId, report_id: ObjectId | None = None
    ) -> None:
        """Whether the viewer may upload at all: asked before a body is read."""
        await self._access.require(viewer, resident_id, Category.REPORTS, Action.RECORD)
        if report_id is not None:
            report = await self._reports.changeable(viewer, resident_id, report_id)
            if report.state not in _OPEN:
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
        homes = await self._homes(resident_id, marks)
        fresh = [
            _Fresh(mark, file, each.name[-NAME_CHARACTERS:])
            for mark, file, each in zip(marks, inspected, files, strict=True)
            if mark not in homes
        ]
        fresh = list({each.mark: each for each in fresh}.values())
        if not fresh:
            return await self._known(resident_id, homes[marks[0]])
        resembles = await self._resembling(resident_id, fresh, key, into)
        resembles |= {home["_id"] for home in homes.values()} - {into}
        added = await self._put(resident_id, fresh)
        try:
            report_id = await self._write(resident_id, fresh, added, into, key, by, resembles)
        except BaseException:
            for blob_id in added:
                await self._core.blobs.delete(resident_id, blob_id)
            raise
        return Taken(report_id=report_id, resembles=tuple(sorted(resembles)))

    async def _homes(self, resident_id: ObjectId, marks: Sequence[bytes]) -> dict[bytes, Raw]:
        """Where files of this content are already, by mark."""
        query = {"resident_id": resident_id, "files.mark": {"$in": list(marks)}}
        shown = {"files.mark": 1, "state": 1}
        found: dict[bytes, Raw] = {}
        async for raw in ReportDocument.get_pymongo_collection().find(query, shown):
            found |= {bytes(file["mark"]): raw for file in raw["files"]}
        return {mark: raw for mark, raw in found.items() if mark in set(marks)}

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

    async def _resembling(
        self,
        resident_id: ObjectId,
        fresh: Sequence[_Fresh],
        key: OwnerKey,
        into: ObjectId | None,
    ) -> set[ObjectId]:
        mine = [page.phash for each in fresh for page in each.file.pages]
        found: set[ObjectId] = set()
        rows = ReportDocument.get_pymongo_collection().find(
            {"resident_id": resident_id, "state": {"$ne": ReportState.DISCARDED.value}},
            {"files": 1},
        )
        async for raw in rows.sort([("created_at", -1)]).limit(SAME_PAGE_REPORTS):
            theirs = [
                page["phash"]
                for file in raw["files"]
                for page in seen_in(file, raw["_id"], key)["pages"]
            ]
            if raw["_id"] != into and looks_alike(mine, theirs):
                found.add(raw["_id"])
        return found

    async def _put(self, resident_id: ObjectId, fresh: Sequence[_Fresh]) -> list[ObjectId]:
        put = self._core.blobs.put
        return [
            await put(resident_id, each.file.data, CONTENT_TYPES[each.file.kind]) for each in fresh
        ]

    async def _write(
        self,
        resident_id: ObjectId,
        fresh: Sequence[_Fresh],
        blobs: Sequence[ObjectId],
        into: ObjectId | None,
        key: OwnerKey,
        by: RecordedBy,
        resembles: set[ObjectId],
    ) -> ObjectId:
        now = self._core.clock.now()
        report_id = into or ObjectId()
        files = [
            _file_raw(each, blob_id, report_id, key, by, now)
            for each, blob_id in zip(fresh, blobs, strict=True)
        ]
        count = sum(each["pages"] for each in files)
        same_as = sorted(resembles)

        async def work(session: Session) -> None:
            if into is None:
                _check_pages(count)
                document = _report_raw(report_id, resident_id, files, same_as, by, now)
                await ReportDocument.get_pymongo_collection().insert_one(document, session=session)
                await ReportJob.get_pymongo_collection().insert_one(
                    _job_raw(report_id, resident_id, count, now), session=session
                )
            else:
                await _append(session, resident_id, report_id, files, same_as, now)
                await queue_again(session, resident_id, report_id, now, more_pages=count)
            event = ReportReceived(
                resident_id=PydanticObjectId(resident_id), report_id=PydanticObjectId(report_id)
            )
            await self._core.outbox.publish(session, event)

        await self._core.store.transaction(work)
        return report_id


def content_mark(data: bytes, key: OwnerKey) -> bytes:
    """The same for the same file of one resident, noise to who has no key."""
    return key.token(f"file:{hashlib.sha256(data).hexdigest()}")


async def queue_again(
    session: Session,
    resident_id: ObjectId,
    report_id: ObjectId,
    now: datetime,
    *,
    more_pages: int = 0,
) -> None:
    """Another round of reading; one that runs now will find that it is no longer asked for."""
    received = {"step": Step.RECEIVED.value, "page": None, "at": now}
    await ReportJob.get_pymongo_collection().update_one(
        {"_id": report_id, "resident_id": resident_id},
        {
            "$set": {
                "state": JobState.PENDING.value,
                "available_at": now,
                "attempts": 0,
                "leased_by": None,
                "steps": [received],
                "failure": None,
                "updated_at": now,
            },
            "$inc": {"round": 1, "pages": more_pages},
        },
        session=session,
    )


async def _append(
    session: Session,
    resident_id: ObjectId,
    report_id: ObjectId,
    files: list[Raw],
    same_as: list[ObjectId],
    now: datetime,
) -> None:
    collection = ReportDocument.get_pymongo_collection()
    here = {"_id": report_id, "resident_id": resident_id}
    raw = await collection.find_one(here, {"state": 1, "files.pages": 1}, session=session)
    if raw is None or raw["state"] not in _OPEN:
        raise ReportNotInState(state=raw["state"] if raw else ReportState.DISCARDED.value)
    _check_pages(sum(each["pages"] for each in (*raw["files"], *files)))
    await collection.update_one(
        here,
        {
            "$push": {"files": {"$each": files}},
            "$addToSet": {"same_as": {"$each": same_as}},
            "$set": {"state": ReportState.READING.value, "updated_at": now},
            "$inc": {"version": 1},
        },
        session=session,
    )


def _check_pages(count: int) -> None:
    if count > PAGES:
        raise FILE_ERRORS["OCR_TOO_MANY_PAGES"](pages=count, limit=PAGES)


def _file_raw(
    fresh: _Fresh,
    blob_id: ObjectId,
    report_id: ObjectId,
    key: OwnerKey,
    by: RecordedBy,
    now: datetime,
) -> Raw:
    file_id = ObjectId()
    seen: dict[str, Any] = {
        "name": fresh.name,
        "pages": [asdict(page) for page in fresh.file.pages],
    }
    return {
        "id": file_id,
        "blob_id": blob_id,
        "kind": fresh.file.kind,
        "content_type": CONTENT_TYPES[fresh.file.kind],
        "size": len(fresh.file.data),
        "pages": len(fresh.file.pages),
        "mark": fresh.mark,
        "seen": key.seal_json(seen, seen_place(report_id, file_id)),
        "added_by": by.to_raw(),
        "added_at": now,
    }


def _report_raw(
    report_id: ObjectId,
    resident_id: ObjectId,
    files: list[Raw],
    same_as: list[ObjectId],
    by: RecordedBy,
    now: datetime,
) -> Raw:
    return {
        "_id": report_id,
        "resident_id": resident_id,
        "state": ReportState.READING.value,
        "files": files,
        "reading": None,
        "corrections": [],
        "same_as": same_as,
        "links": [],
        "confirmed_by": None,
        "confirmed_at": None,
        "recorded_by": by.to_raw(),
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }


def _job_raw(report_id: ObjectId, resident_id: ObjectId, pages: int, now: datetime) -> Raw:
    return {
        "_id": report_id,
        "resident_id": resident_id,
        "state": JobState.PENDING.value,
        "round": 1,
        "attempts": 0,
        "available_at": now,
        "leased_by": None,
        "pages": pages,
        "steps": [{"step": Step.RECEIVED.value, "page": None, "at": now}],
        "failure": None,
        "updated_at": now,
    }
