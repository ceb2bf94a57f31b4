"""The worker's side: leases, failures that say why, workers that die, steps that are heard."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta

import pytest
from bson import ObjectId

from backend.core.clock import FixedClock
from backend.core.container import Core
from backend.reports.documents import JobState, ReportState, Step
from backend.reports.engines import Engines, Files, Progress
from backend.reports.files import Incoming
from backend.reports.limits import LEASE_SECONDS, READING_ATTEMPTS
from backend.reports.queue import Queue
from backend.reports.reader import ReportReader
from backend.services import Services
from graphql_api.common import ids
from ocr.errors import WorkerLost, WorkTooLong
from ocr.model import ParsedReport
from tests.factories import a_resident
from tests.ocr import pages
from tests.reports.graphql import changed, report_of
from tests.reports.papers import Written, a_photo, a_reading, a_report, an_item
from tests.reports.people import Person

_LEASE = timedelta(seconds=LEASE_SECONDS)


async def test_a_failure_says_why_and_can_be_run_again(services: Services, person: Person) -> None:
    lost = WorkTooLong(seconds=300)
    report = await a_report(services, person.viewer, person.resident_id, lost)
    key = ids.encode("PaperReport", person.resident_id, report.id)
    shown = await report_of(person.api, key)
    assert shown["state"] == "FAILED"
    assert shown["progress"]["state"] == "FAILED"
    assert shown["progress"]["failure"] == {
        "code": "OCR_TIMED_OUT", "message": "识别超过 300 秒，已停止，可以重试", "advice": [],
    }  # fmt: skip
    again = await changed(person.api, "read_report_again", id=key, version=shown["version"])
    assert (again["state"], again["progress"]["failure"]) == ("READING", None)
    engine = Written(a_reading([an_item()]))
    assert await ReportReader(services.core, engine).drain() == 1
    assert (await report_of(person.api, key))["state"] == "READY"


async def test_an_engine_that_dies_is_tried_again_and_then_told(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    report = await a_report(services, viewer, resident_id, WorkerLost())
    engine = Written(WorkerLost())
    reader = ReportReader(services.core, engine)
    for _ in range(READING_ATTEMPTS):
        clock.advance(timedelta(minutes=1))
        await reader.drain()
    job = await services.reports.reports.job(viewer, resident_id, report.id)
    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.code == "OCR_WORKER_LOST"
    assert len(engine.files) == READING_ATTEMPTS - 1
    found = await services.reports.reports.get(viewer, resident_id, report.id)
    assert found.state is ReportState.FAILED


async def test_a_worker_that_vanished_loses_its_lease_to_another(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    await services.reports.intake.take(viewer, resident_id, [Incoming(a_photo())])
    gone = Queue(clock)
    job = await gone.claim()
    assert job is not None
    reader = ReportReader(services.core, Written(a_reading([an_item()])))
    assert await reader.drain() == 0
    clock.advance(_LEASE)
    assert await reader.drain() == 1
    assert not await gone.renew(job)
    assert not await gone.tell(job, Step.READ, 1)


async def test_a_page_added_while_reading_makes_another_round(
    services: Services, core: Core
) -> None:
    viewer, resident_id = await a_resident(services)
    intake = services.reports.intake
    taken = await intake.take(viewer, resident_id, [Incoming(a_photo(1))])

    class Adding:
        """Another page comes while the first is read."""

        async def read(self, files: Files, progress: Progress) -> ParsedReport:
            await intake.take(viewer, resident_id, [Incoming(a_photo(2))], into=taken.report_id)
            return a_reading([an_item(text="1.0")])

    assert await ReportReader(core, Adding()).step()
    found = await services.reports.reports.get(viewer, resident_id, taken.report_id)
    assert (found.state, found.parsed) == (ReportState.READING, None)
    engine = Written(a_reading([an_item()]))
    assert await ReportReader(core, engine).drain() == 1
    assert [len(each) for each in engine.files] == [2]


async def test_a_page_without_a_word_is_a_photo_to_take_again(
    services: Services, person: Person
) -> None:
    empty = a_reading(kind="other", text="", warnings=["no_text"])
    report = await a_report(services, person.viewer, person.resident_id, empty)
    shown = await report_of(person.api, ids.encode("PaperReport", person.resident_id, report.id))
    assert shown["state"] == "FAILED"
    assert shown["progress"]["failure"]["code"] == "REPORT_NOTHING_READ"
    assert len(shown["pages"]) == 1


async def test_steps_are_heard_as_they_happen(services: Services, core: Core) -> None:
    viewer, resident_id = await a_resident(services)
    heard: list[str] = []
    async with core.changes.listen("report_jobs", resident_id) as feed:
        await a_report(services, viewer, resident_id, a_reading([an_item()]))

        async def listen() -> None:
            async for raw in feed:
                heard.append(raw["steps"][-1]["step"])
                if raw["state"] == "done":
                    return

        await asyncio.wait_for(listen(), 20)
    assert heard[-1] == "ready_for_review"


async def test_readers_in_the_background_take_each_report_once(
    services: Services, core: Core
) -> None:
    viewer, resident_id = await a_resident(services)
    engines = [Written(a_reading([an_item()])) for _ in range(2)]
    tasks = [asyncio.create_task(ReportReader(core, each).run()) for each in engines]
    done: set[ObjectId] = set()
    try:
        async with core.changes.listen("report_jobs", resident_id) as feed:
            for seed in range(10, 14):
                files = [Incoming(a_photo(seed))]
                await services.reports.intake.take(viewer, resident_id, files)
            async with asyncio.timeout(60):
                while len(done) < 4:
                    raw = await anext(feed)
                    done |= {raw["_id"]} if raw["state"] == "done" else set()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(len(each.files) for each in engines) == 4


@pytest.mark.skipif(pages.font(20) is None, reason="no Chinese font on this machine")
async def test_a_recognition_process_killed_in_the_middle_loses_nothing(
    services: Services, core: Core, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    paper = pages.pdf([pages.report()] * 3)
    taken = await services.reports.intake.take(viewer, resident_id, [Incoming(paper)])
    engines = Engines()
    reader = ReportReader(core, engines)
    try:
        async with core.changes.listen("report_jobs", resident_id) as feed:
            reading = asyncio.create_task(reader.step())
            async for raw in feed:
                if raw["steps"][-1]["step"] == "straightened":
                    break
            workers = engines._workers
            assert workers is not None
            for worker in workers._all:
                assert worker.pid is not None
                os.kill(worker.pid, signal.SIGKILL)
            await reading
        waiting = await services.reports.reports.job(viewer, resident_id, taken.report_id)
        assert waiting.state is JobState.PENDING
        clock.advance(timedelta(minutes=1))
        assert await reader.drain() == 1
    finally:
        engines.close()
    found = await services.reports.reports.get(viewer, resident_id, taken.report_id)
    assert found.state is ReportState.READY
    assert found.review is not None
    assert {each.page for each in found.review.items} == {1, 2, 3}
