"""Recognition processes, started with the first page and let go when nothing came for a while."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from backend.reports.limits import READER_IDLE_SECONDS, READING_SECONDS
from ocr.model import ParsedReport
from ocr.worker import Limits, Workers

Files = Sequence[tuple[bytes, str]]
Progress = Callable[[str, int], None]


class Recogniser(Protocol):
    """What reads files; implemented by ``Engines``."""

    async def read(self, files: Files, progress: Progress) -> ParsedReport:
        """Raises ``OcrError``. ``progress`` is called in another thread."""
        ...


class Engines:
    """One recognition process, beside the server and never in it."""

    def __init__(
        self, engine: str = "rapidocr", threads: int = 1, seconds: float = READING_SECONDS
    ) -> None:
        self._engine = engine
        self._threads = threads
        self._limits = Limits(seconds=seconds)
        self._workers: Workers | None = None
        self._lock = threading.Lock()
        self._busy = 0
        self._used = 0.0

    async def read(self, files: Files, progress: Progress) -> ParsedReport:
        """One report. Raises ``OcrError``, among them ``WorkTooLong`` and ``WorkerLost``."""
        return await asyncio.to_thread(self._read, files, progress)

    def rest(self) -> None:
        """Give the memory back where nothing was read for a while."""
        with self._lock:
            if not self._busy and time.monotonic() - self._used > READER_IDLE_SECONDS:
                self._close()

    def close(self) -> None:
        with self._lock:
            self._close()

    def _read(self, files: Files, progress: Progress) -> ParsedReport:
        with self._lock:
            if self._workers is None:
                self._workers = Workers(1, self._engine, self._threads, self._limits)
            workers = self._workers
            self._busy += 1
        try:
            return workers.read_files(files, progress)
        finally:
            with self._lock:
                self._busy -= 1
                self._used = time.monotonic()

    def _close(self) -> None:
        if self._workers is not None:
            self._workers.close()
            self._workers = None
