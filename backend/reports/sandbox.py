"""Work on files from outside in a process of its own, with a limit on time and memory.

The process starts with the first file, ends when nothing came for a while, and is
replaced when a file broke it. Nothing of the server is in it: no keys, no database.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import resource
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from backend.reports.limits import INSPECTION_BYTES, INSPECTION_IDLE_SECONDS, INSPECTION_SECONDS
from ocr.errors import OcrError, WorkerLost, WorkTooLong

T = TypeVar("T")


class Sandbox:
    """Runs module-level functions, one at a time."""

    def __init__(self, seconds: float = INSPECTION_SECONDS, memory: int = INSPECTION_BYTES) -> None:
        self._seconds = seconds
        self._memory = memory
        self._turn = asyncio.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """What ``work`` returns. Raises what it raises of ``OcrError``, ``WorkTooLong`` or
        ``WorkerLost`` (died, out of memory)."""
        async with self._turn:
            return await asyncio.to_thread(self._run, work, arguments)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _run(self, work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        pipe = self._open()
        try:
            pipe.send((work, arguments))
            if not pipe.poll(self._seconds):
                self.close()
                raise WorkTooLong(seconds=round(self._seconds))
            done, value = pipe.recv()
        except (EOFError, OSError) as error:
            self.close()
            raise WorkerLost() from error
        if not done:
            raise value
        answer: T = value
        return answer

    def _open(self) -> Connection:
        if self._process is None or self._pipe is None or not self._process.is_alive():
            self.close()
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(
                target=_serve, args=(theirs, self._memory), daemon=True, name="reports-sandbox"
            )
            self._process.start()
            theirs.close()
        return self._pipe


def _serve(pipe: Connection, memory: int) -> None:
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    until = time.monotonic() + INSPECTION_IDLE_SECONDS
    with contextlib.suppress(EOFError, OSError):
        while pipe.poll(max(0.0, until - time.monotonic())):
            work, arguments = pipe.recv()
            pipe.send(_answer(work, arguments))
            until = time.monotonic() + INSPECTION_IDLE_SECONDS


def _answer(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, work(*arguments)
    except OcrError as error:
        return False, error
    except MemoryError:
        return False, WorkerLost()
    except Exception:
        # The text may quote the file; what it means for the sender is the same.
        return False, OcrError()
