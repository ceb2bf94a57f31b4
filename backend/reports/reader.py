"""The worker's side: claim a report, have it read, put what was found up for review.

Whatever happens to a worker, the pages and the job stay in the store: a lease that runs
out is claimed by another, a run that fails says why and can be asked for again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.errors import KangbanError
from backend.core.keys import OwnerKey
from backend.core.rounds import drained, rounds, woken_rounds
from backend.reports.documents import JobState, ReportDocument, ReportState, Step
from backend.reports.engines import Files, Recogniser
from backend.reports.errors import ReportNothingRead, told
from backend.reports.events import ReportRead
from backend.reports.leftovers import Leftovers
from backend.reports.limits import LEASE_SECONDS, READING_ATTEMPTS, SAME_PAGE_REPORTS
from backend.reports.lookalikes import reads_alike
from backend.reports.parsed import from_stored, to_stored
from backend.reports.queue import Queue
from backend.reports.report import place
from ocr.errors import OcrError, WorkerLost
from ocr.model import ParsedReport

log = structlog.get_logger(__name__)

_POLL_SECONDS = 5.0
_TIDY_SECONDS = 3600.0
_STEPS = {each.value: each for each in Step}
_OF_PAGES = {Step.STRAIGHTENED, Step.READ}


class ReportReader:
    """Reads what was uploaded; any number of processes run one each."""

    def __init__(self, core: Core, engines: Recogniser) -> None:
        self._core = core
        self._engines = engines
        self._queue = Queue(core.clock)
        self._wake = asyncio.Event()
        self._leftovers = Leftovers(core)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._work())
            tasks.create_task(self._tidy())

    async def drain(self) -> int:
        """Read everything that is due now and return how many reports that was."""
        return await drained(self.step)

    async def step(self) -> bool:
        """Claim and read one report; False when none is due."""
        job = await self._queue.claim()
        if job is None:
            return False
        await self._handle(job)
        return True

    async def _listen(self) -> None:
        async with self._core.changes.listen("report_jobs") as feed:
            async for raw in feed:
                if raw["state"] == JobState.PENDING.value:
                    self._wake.set()

    async def _work(self) -> None:
        await woken_rounds("reading", self.drain, self._wake, _POLL_SECONDS)

    async def _tidy(self) -> None:
        """What processes that died left of uploads, at the start and every hour."""
        await rounds("leftovers", self._leftovers.sweep, _TIDY_SECONDS)

    async def _handle(self, job: Raw) -> None:
        try:
            if job["attempts"] > READING_ATTEMPTS:
                raise WorkerLost()  # whoever had it before died of it
            await self._queue.begin(job)
            files = await self._files(job)
            async with self._telling(job) as tell:
                parsed = await self._engines.read(files, tell)
            _check(parsed)
        except OcrError as error:
            await self._failed(job, told(error))
        except KangbanError as error:
            await self._failed(job, error)
        else:
            await self._ready(job, parsed)

    async def _files(self, job: Raw) -> Files:
        raw = await ReportDocument.get_pymongo_collection().find_one(
            {"_id": job["_id"], "resident_id": job["resident_id"]}, {"files": 1}
        )
        assert raw is not None, "a job without its report"
        get = self._core.blobs.get
        return [(await get(job["resident_id"], each["blob_id"]), "") for each in raw["files"]]

    @contextlib.asynccontextmanager
    async def _telling(self, job: Raw) -> AsyncIterator[_Tell]:
        """Steps come from another thread; the lease is kept while the block runs."""
        tell = _Tell(asyncio.get_running_loop())
        tasks = [
            asyncio.create_task(self._note(job, tell.steps)),
            asyncio.create_task(self._hold(job)),
        ]
        try:
            yield tell
            await asyncio.sleep(0)  # what was told at the very end is queued by the loop
            await tell.steps.join()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _note(self, job: Raw, steps: asyncio.Queue[tuple[str, int]]) -> None:
        while True:
            name, page = await steps.get()
            try:
                step = _STEPS[name]
                await self._queue.tell(job, step, page if step in _OF_PAGES else None)
            finally:
                steps.task_done()

    async def _hold(self, job: Raw) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            await self._queue.renew(job)

    async def _failed(self, job: Raw, error: KangbanError) -> None:
        failure: Raw = {"code": error.code, "data": error.data}
        lost = error.code == WorkerLost.code
        if lost and job["attempts"] < READING_ATTEMPTS:
            await self._queue.again(job, failure)
            return
        log.info("report not read", code=error.code)
        await self._end(job, ReportState.FAILED, {}, failure)

    async def _ready(self, job: Raw, parsed: ParsedReport) -> None:
        resident_id, report_id = job["resident_id"], job["_id"]
        key = await self._core.keyring.key(resident_id)
        changes: Raw = {
            "reading": key.seal_json(to_stored(parsed), place(report_id, "reading")),
            "same_as": await self._same(resident_id, report_id, parsed, key),
        }
        await self._end(job, ReportState.READY, changes, None)

    async def _same(
        self, resident_id: ObjectId, report_id: ObjectId, parsed: ParsedReport, key: OwnerKey
    ) -> list[ObjectId]:
        """Reports that say the same: what the reading says outweighs how a page looks."""
        rows = ReportDocument.get_pymongo_collection().find(
            {
                "resident_id": resident_id,
                "_id": {"$ne": report_id},
                "state": {"$ne": ReportState.DISCARDED.value},
                "reading": {"$ne": None},
            },
            {"reading": 1},
        )
        found: list[ObjectId] = []
        async for raw in rows.sort([("created_at", -1)]).limit(SAME_PAGE_REPORTS):
            other = from_stored(key.open_json(raw["reading"], place(raw["_id"], "reading")))
            if reads_alike(parsed, other):
                found.append(raw["_id"])
        return found

    async def _end(self, job: Raw, state: ReportState, changes: Raw, failure: Raw | None) -> None:
        """Job and report in one transaction; nothing where the job is another's by now."""
        resident_id, report_id = job["resident_id"], job["_id"]
        settled = JobState.DONE if failure is None else JobState.FAILED
        now = self._core.clock.now()
        event = ReportRead(
            resident_id=PydanticObjectId(resident_id),
            report_id=PydanticObjectId(report_id),
            failed=failure["code"] if failure else None,
        )

        async def work(session: Session) -> None:
            if not await self._queue.settle(job, settled, failure, session):
                return
            await ReportDocument.get_pymongo_collection().update_one(
                {
                    "_id": report_id,
                    "resident_id": resident_id,
                    "state": ReportState.READING.value,
                },
                {
                    "$set": {**changes, "state": state.value, "updated_at": now},
                    "$inc": {"version": 1},
                },
                session=session,
            )
            await self._core.outbox.publish(session, event)

        await self._core.store.transaction(work)


class _Tell:
    """Called by the recognising thread with each step."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.steps: asyncio.Queue[tuple[str, int]] = asyncio.Queue()

    def __call__(self, step: str, page: int) -> None:
        self._loop.call_soon_threadsafe(self.steps.put_nowait, (step, page))


def _check(parsed: ParsedReport) -> None:
    """A page without a word is a photo to take again, with what was wrong with it."""
    if not parsed.text.strip():
        advice = sorted({each for page in parsed.quality for each in page.advice})
        raise ReportNothingRead(advice=advice)
