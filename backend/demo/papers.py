"""A photographed report goes the way of every report: uploaded, read, reviewed, confirmed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from bson import ObjectId

from backend.core.paging import Cursor
from backend.demo.accounts import Accounts
from backend.demo.photo import PlannedPaper, photographed
from backend.demo.replay import ReplayClock
from backend.reports.confirming import Confirmation
from backend.reports.documents import ReportState
from backend.reports.engines import Engines, Files, Progress
from backend.reports.errors import ReportNothingRead
from backend.reports.files import Incoming
from backend.reports.reader import ReportReader
from backend.reports.report import Report
from backend.services import Services
from ocr.model import ParsedReport

_PAGE = 100
_NAME = "检验报告.jpg"
_REVIEWED = timedelta(minutes=2)


class Ahead:
    """Photo and recognition, begun before the upload: they run beside everything else's loading."""

    def __init__(self, engines: Engines, paper: PlannedPaper, seed: int) -> None:
        self._engines = engines
        self._photo = asyncio.create_task(asyncio.to_thread(photographed, paper.sheet, seed))
        self._reading = asyncio.create_task(self._read())

    async def photo(self) -> bytes | None:
        """None on a machine without a Chinese font: nothing can be printed there."""
        return await self._photo

    async def read(self, files: Files, progress: Progress) -> ParsedReport:
        """Raises ``OcrError``."""
        return await self._reading

    async def _read(self) -> ParsedReport:
        photo = await self._photo
        if photo is None:
            raise ReportNothingRead
        return await self._engines.read([(photo, _NAME)], lambda *_: None)

    def stop(self) -> None:
        self._reading.cancel()


@dataclass(frozen=True, slots=True)
class _Begun:
    paper: PlannedPaper
    resident_id: ObjectId
    ahead: Ahead


class Papers:
    """One paper after the other, each as of its own time; what is there already is left alone."""

    def __init__(
        self, services: Services, accounts: Accounts, clock: ReplayClock, seed: int
    ) -> None:
        self._services = services
        self._accounts = accounts
        self._clock = clock
        self._seed = seed
        self._begun: list[_Begun] = []

    async def begin(self, paper: PlannedPaper, resident_id: ObjectId) -> None:
        """Photograph and recognise meanwhile, where the report is not in the archive yet."""
        there = await self._find(paper, resident_id)
        if there is not None and there.state not in _ON_ITS_WAY:
            return
        ahead = Ahead(self._services.reports.engines, paper, self._seed)
        self._begun.append(_Begun(paper, resident_id, ahead))

    async def finish(self) -> int:
        """Upload, read, confirm; how many reports are in the archive now."""
        done = 0
        for each in self._begun:
            photo = await each.ahead.photo()
            if photo is None:
                each.ahead.stop()
                continue
            self._clock.set(each.paper.at)
            report = await self._find(each.paper, each.resident_id)
            report_id = report.id if report else await self._upload(each, photo)
            reader = ReportReader(self._services.core, each.ahead)
            while await reader.step():
                pass
            self._clock.set(each.paper.at + _REVIEWED)
            done += await self._confirm(each, report_id)
        self._begun.clear()
        return done

    async def _upload(self, each: _Begun, photo: bytes) -> ObjectId:
        viewer = self._accounts.viewer(each.paper.by)
        taken = await self._services.reports.intake.take(
            viewer, each.resident_id, [Incoming(photo, _NAME)]
        )
        return taken.report_id

    async def _confirm(self, each: _Begun, report_id: ObjectId) -> bool:
        """As the person who has the paper in their hand: what is marked was compared with it."""
        viewer = self._accounts.viewer(each.paper.by)
        report = await self._services.reports.reports.get(viewer, each.resident_id, report_id)
        if report.state is not ReportState.READY:
            return False
        await self._services.reports.confirming.confirm(
            viewer,
            each.resident_id,
            report_id,
            version=report.version,
            said=Confirmation(uncertain_confirmed=True),
            idempotency_key=f"demo-paper-{report_id}",
        )
        return True

    async def _find(self, paper: PlannedPaper, resident_id: ObjectId) -> Report | None:
        """The report that was uploaded at the paper's time."""
        viewer = self._accounts.viewer(paper.by)
        after = Cursor(paper.at + timedelta(milliseconds=1), ObjectId("f" * 24))
        page = await self._services.reports.reports.page(
            viewer, resident_id, first=1, after=after, states=frozenset(ReportState)
        )
        return next((each for each in page.items if each.at == paper.at), None)


_ON_ITS_WAY = frozenset({ReportState.READING, ReportState.READY})
