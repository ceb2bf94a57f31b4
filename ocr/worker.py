"""Recognition in processes of its own, with a limit on time and memory.

A page that hangs or eats memory costs one worker, never the server. ``Workers`` keeps
engines warm; ``submit`` returns a future, ``read`` waits. A worker that was stopped or
died is replaced before the next page.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import resource
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from ocr.errors import OcrError, WorkerLost, WorkTooLong
from ocr.model import ParsedReport

Progress = Callable[[str, int], None]
Files = Sequence[tuple[bytes, str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: seconds of wall time, bytes of address space."""

    seconds: float = 180.0
    memory: int = 6 * 1024**3


class Workers:
    """``count`` processes that read reports. Close it, or use it as a context manager."""

    def __init__(
        self,
        count: int = 1,
        engine: str = "rapidocr",
        threads: int = 1,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._engine, self._threads = engine, threads
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="ocr")
        for _ in range(count):
            self._idle.put(self._start())

    def submit(
        self, data: bytes, name: str = "", progress: Progress | None = None
    ) -> Future[ParsedReport]:
        """Reads in the background; the future raises what ``read`` raises."""
        return self._pool.submit(self.read, data, name, progress)

    def read(self, data: bytes, name: str = "", progress: Progress | None = None) -> ParsedReport:
        """One report. Raises ``OcrError``, among them ``WorkTooLong`` and ``WorkerLost``."""
        return self.read_files([(data, name)], progress)

    def read_files(self, files: Files, progress: Progress | None = None) -> ParsedReport:
        """As ``read``, of several files (bytes, name) that are one report's pages in order."""
        worker = self._idle.get()
        try:
            return worker.read(files, progress, self._limits.seconds)
        finally:
            if not worker.alive:
                with self._lock:
                    self._all.discard(worker)
                worker = self._start()
            self._idle.put(worker)

    def _start(self) -> _Worker:
        worker = _Worker(self._engine, self._threads, self._limits.memory)
        with self._lock:
            self._all.add(worker)
        return worker

    def close(self) -> None:
        """Stops every process at once."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for worker in self._all:
                worker.stop()
            self._all.clear()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _Worker:
    def __init__(self, engine: str, threads: int, memory: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_serve, args=(theirs, engine, threads, memory), daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def read(self, files: Files, progress: Progress | None, seconds: float) -> ParsedReport:
        end = time.monotonic() + seconds
        try:
            self._pipe.send(files)
            while self._pipe.poll(max(0.0, end - time.monotonic())):
                what, value = self._pipe.recv()
                if what == "step":
                    if progress is not None:
                        progress(*value)
                elif what == "done":
                    report: ParsedReport = value
                    return report
                else:
                    raise value
        except (EOFError, OSError) as error:
            self.stop()
            raise WorkerLost() from error
        self.stop()
        raise WorkTooLong(seconds=round(seconds))

    def stop(self) -> None:
        self._process.kill()
        self._process.join(5)
        self._pipe.close()


def _serve(pipe: Connection, engine: str, threads: int, memory: int) -> None:
    """The worker's loop; memory beyond its limit ends the file, not the server."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with contextlib.suppress(OSError):
        os.nice(5)
    from ocr.reader import Options, read_files

    options = Options(engine, threads, lambda step, page: pipe.send(("step", (step, page))))
    while True:
        try:
            files = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_answer(partial(read_files, files, options)))


def _answer(work: Callable[[], ParsedReport]) -> tuple[str, Any]:
    try:
        return "done", work()
    except OcrError as error:
        return "failed", error
    except MemoryError:
        return "failed", WorkerLost()
    except Exception:
        return "failed", OcrError()
