"""The thread that keeps a ``mongod`` alive while a program uses it."""

from __future__ import annotations

import logging
import threading
import time
from typing import Protocol

from backend.core.errors import KangbanError

logger = logging.getLogger("kangban.mongodb")

LOOK_EVERY = 0.2
LOG_EVERY = 60.0


class Watched(Protocol):
    def pid(self) -> int | None: ...
    def revive(self) -> bool: ...
    def rotate_log(self) -> bool: ...


class Backoff:
    """How long to wait before the next restart: doubling, forgiven after a quiet time.

    Seconds throughout; ``now`` is a monotonic time.
    """

    def __init__(
        self, first: float = 0.2, most: float = 30.0, forgiven_after: float = 60.0
    ) -> None:
        self._first, self._most, self._forgiven_after = first, most, forgiven_after
        self._last: float | None = None
        self._wait = 0.0

    def next_wait(self, now: float) -> float:
        """0 at the first death and after a quiet time, then ``first``, doubled up to ``most``."""
        quiet = self._last is None or now - self._last > self._forgiven_after + self._wait
        self._wait = 0.0 if quiet else min(self._most, max(self._first, self._wait * 2))
        self._last = now
        return self._wait


class Supervisor:
    """Looks five times a second; restarts with ``Backoff``; rotates the log once a minute."""

    def __init__(self, mongo: Watched, backoff: Backoff | None = None) -> None:
        self._mongo = mongo
        self._backoff = backoff or Backoff()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mongod-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        log_due = time.monotonic() + LOG_EVERY
        while not self._stopping.wait(LOOK_EVERY):
            try:
                if self._mongo.pid() is None:
                    self._revive()
                elif time.monotonic() > log_due:
                    log_due = time.monotonic() + LOG_EVERY
                    self._mongo.rotate_log()
            except KangbanError as error:
                logger.error("mongod: %s: %s", error.code, error)
            except Exception:
                logger.exception("mongod could not be looked after; trying again")

    def _revive(self) -> None:
        wait = self._backoff.next_wait(time.monotonic())
        logger.warning("mongod is gone; starting it again in %.1f s", wait)
        if not self._stopping.wait(wait) and self._mongo.revive():
            logger.warning("mongod runs again as process %s", self._mongo.pid())
