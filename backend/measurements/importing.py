"""Files of other apps and devices in: parsed in a thread, stored piece by piece.

Parser and store take turns: the parser holds Python's lock for as long as it may, and the
store, which lets go of it with every hash and every message, would wait for it each time.
Neither the event loop nor memory feels the size of a file. Every reading has an id of its
source: a file that comes again, whole or after a break, changes nothing that is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

from bson import ObjectId

from backend.access.categories import Action
from backend.access.service import Access
from backend.core.container import Core
from backend.identity.viewer import Viewer
from backend.measurements.devices import Context, Outcome, Refusal, Skipped, decode_file
from backend.measurements.draft import Draft
from backend.measurements.granted import granted_kinds
from backend.measurements.import_report import ImportReport, Progress
from backend.measurements.import_source import FileSource, Source
from backend.measurements.recording import Recording
from backend.measurements.turns import short_turns

PIECE = 250  # which the store plans in some 20 ms of the event loop's time
_PARSERS = 2  # that run at one moment in a process, whatever the number of imports
_TOLD_EVERY = 0.5  # seconds, in a long stretch with nothing to store

Tell = Callable[[Progress], None]


class Importing:
    """Imports files for a resident on behalf of a viewer."""

    def __init__(self, core: Core, access: Access, recording: Recording) -> None:
        self._core = core
        self._access = access
        self._recording = recording
        self._parsers = ThreadPoolExecutor(_PARSERS, thread_name_prefix="import")

    async def require(self, viewer: Viewer, resident_id: ObjectId) -> None:
        """Raises ``AccessDenied`` where ``take`` would: to be asked before a file is sent."""
        await granted_kinds(self._access, viewer, resident_id, Action.RECORD)

    async def take(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        source: Source,
        filename: str,
        *,
        tell: Tell | None = None,
    ) -> ImportReport:
        """Everything in a file. ``source``: a path, or an open file's descriptor.

        What is unlikely is taken as confirmed, for nobody can be asked; what is far from the
        resident's own last values is marked, what is impossible is refused. Raises
        ``AccessDenied``, and the file's error (``FileFormatUnknown``, ``FileEncrypted`` …)
        where nothing in it could be read.
        """
        await self.require(viewer, resident_id)
        context = Context(received_at=self._core.clock.now())
        with FileSource(source) as file:
            outcomes = decode_file(file.stream, filename, context)
            work = _Import(viewer, resident_id, file, outcomes, ImportReport(), tell)
            await self._run(work)
        work.report.check()
        return work.report

    async def _run(self, work: _Import) -> None:
        with short_turns():
            while piece := await self._parsed(work):
                await self._store(work, piece)
                work.say()

    async def _parsed(self, work: _Import) -> list[Outcome]:
        parsing = asyncio.get_running_loop().run_in_executor(self._parsers, work.parse)
        try:
            while not parsing.done():
                await asyncio.wait({parsing}, timeout=_TOLD_EVERY)
                work.say()
        except asyncio.CancelledError:
            # The parser must be out of the file before it is closed.
            work.file.stop()
            await asyncio.wait({parsing})
            raise
        return parsing.result()

    async def _store(self, work: _Import, piece: list[Outcome]) -> None:
        drafts = [each for each in piece if isinstance(each, Draft)]
        for each in piece:
            if isinstance(each, Skipped):
                work.report.add_skipped(each)
            elif isinstance(each, Refusal):
                work.report.add_refusal(each)
        if not drafts:
            return
        # Asked anew for every piece: a grant can end while a long file runs.
        asking = replace(work.viewer, memo={})
        admitted, recorded_by = await self._recording.admit(asking, work.resident_id, drafts)
        outcomes = await self._recording.store(
            work.viewer,
            work.resident_id,
            admitted,
            recorded_by=recorded_by,
            idempotency_key=None,
            confirmed=True,
            nobody_to_ask=True,
        )
        work.report.add_outcomes(outcomes)


@dataclass(frozen=True, slots=True)
class _Import:
    viewer: Viewer
    resident_id: ObjectId
    file: FileSource
    outcomes: Iterator[Outcome]
    report: ImportReport
    tell: Tell | None

    def parse(self) -> list[Outcome]:
        return list(islice(self.outcomes, PIECE))

    def say(self) -> None:
        if self.tell is not None:
            self.tell(Progress(self.file.read, self.file.size, self.report.readings))
