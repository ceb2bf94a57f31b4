"""``EmbeddedMongo``: join the ``mongod`` of a directory, start it if nobody has, leave it."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType

from pymongo.errors import ConnectionFailure

from backend.core.embedded import explain, logs, process, replica
from backend.core.embedded.binary import require_mongod
from backend.core.embedded.errors import (
    DataDirBusy,
    MongodbCredentialsRejected,
    MongodbPortTaken,
    MongodNotFound,
    MongodStartTimeout,
)
from backend.core.embedded.files import Files
from backend.core.embedded.locks import FileLock, Gate
from backend.core.embedded.supervisor import Supervisor

logger = logging.getLogger("kangban.mongodb")

PORT_TRIES = 3


class EmbeddedMongo:
    """One program's use of the ``mongod`` in ``<data_dir>/mongodb``.

    ``cache_mb`` limits WiredTiger's cache (256 at least, MongoDB's own
    minimum); ``binary`` overrides ``find_mongod()``. All calls block; call
    them from a thread where an event loop runs.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        cache_mb: int = 256,
        binary: Path | None = None,
        start_timeout: float = 60.0,
        stop_timeout: float = 30.0,
    ) -> None:
        if cache_mb < 256:
            raise ValueError("cache_mb: MongoDB takes 256 at least")
        self.files = Files(data_dir)
        self._cache_mb = cache_mb
        self._binary = binary
        self._start_timeout = start_timeout
        self._stop_timeout = stop_timeout
        self._users = FileLock(self.files.users_lock)
        self._child: subprocess.Popen[bytes] | None = None
        self._supervisor: Supervisor | None = None
        self._revival = threading.Lock()

    # -- joining and leaving -------------------------------------------------

    def start(self) -> str:
        """Join the running ``mongod`` or start one; returns the URI once it is primary.

        The URI holds the password. A second call returns the same URI. Raises
        the errors of ``backend.core.embedded.errors``.
        """
        if self._users.held:
            return self._member().uri
        self.files.make()
        with self._gate():
            if not self._users.acquire(shared=True):
                raise DataDirBusy(directory=str(self.files.root), pid="?", seconds=0)
            try:
                self.files.make_secrets()
                self._bring_up(keep_port=False)
            except BaseException:
                self._leave()
                raise
        return self._member().uri

    def stop(self) -> None:
        """Leave; the last one out stops the ``mongod``. Harmless when not started."""
        if self._supervisor is not None:
            self._supervisor.stop()
            self._supervisor = None
        if not self._users.held:
            return
        with self._gate():
            self._leave()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    # -- while it runs -------------------------------------------------------

    def watch(self) -> None:
        """Restart a ``mongod`` that died, on its port, and rotate its log, until ``stop()``.

        A thread does it; any number of programs may watch one directory.
        """
        if not self._users.held:
            raise RuntimeError("start() comes before watch()")
        if self._supervisor is None:
            self._supervisor = Supervisor(self)
            self._supervisor.start()

    def pid(self) -> int | None:
        """The running ``mongod``, None while it is down."""
        # Our own child is asked directly: its command line is empty for a moment after exec.
        if self._child is not None and self._child.poll() is None:
            return self._child.pid
        ours = (pid for pid in self.files.pids() if process.is_ours(pid, self.files.db))
        return next(ours, None)

    def revive(self) -> bool:
        """Start it again on the same port if it is down; True when this call did."""
        with self._revival, self._gate():
            if not self._users.held or self.pid() is not None:
                return False
            self._bring_up(keep_port=True)
            return True

    def rotate_log(self, limit: int = logs.LIMIT_BYTES) -> bool:
        """Begin a new log file if the present one has outgrown ``limit`` bytes."""
        with self._gate():
            moved = logs.shift(self.files.log, limit=limit)
            if moved and (pid := self.pid()) is not None:
                process.reopen_log(pid)
            return moved

    # -- inside the gate -----------------------------------------------------

    def _gate(self) -> Gate:
        return Gate(self.files.gate_lock, self._start_timeout + self._stop_timeout)

    def _member(self, port: int | None = None) -> replica.Member:
        return replica.Member(port or self.files.port() or 0, self.files.password())

    def _bring_up(self, *, keep_port: bool) -> None:
        if (pid := self.pid()) is not None:
            if self._attach(pid):
                return
            self._end(pid)
        self.files.check_space()
        tries = 1 if keep_port else PORT_TRIES
        for left in reversed(range(tries)):
            try:
                self._launch(self._choose_port(keep_port))
                return
            except MongodbPortTaken:
                # Somebody took it between our look and mongod's.
                if not left:
                    raise

    def _attach(self, pid: int) -> bool:
        """Wait for a ``mongod`` that is there already; False when it never answers."""
        deadline = time.monotonic() + self._start_timeout
        port = process.port_of(pid)
        if port is not None and port != self.files.port():
            self.files.keep_port(port)
        try:
            self._make_ready(self._member(), pid, 0, deadline)
        except MongodStartTimeout:
            logger.warning("mongod %s lives but does not answer; ending it", pid)
            return False
        except _Gone:
            return False
        return True

    def _choose_port(self, keep: bool) -> int:
        port = self.files.port()
        if port is not None and process.becomes_free(port):
            return port
        if port is not None and keep:
            raise MongodbPortTaken(port=port)
        return process.free_port()

    def _launch(self, port: int) -> None:
        mongod = self._binary or require_mongod()
        logs.shift(self.files.log)
        log_start = logs.size(self.files.log)
        self.files.keep_port(port)
        line = process.arguments(mongod, self.files, port, self._cache_mb)
        deadline = time.monotonic() + self._start_timeout
        try:
            child = self._child = process.launch(line, self.files.output)
        except OSError as error:
            raise MongodNotFound(found=f" ({mongod}: {error.strerror})") from error
        self.files.keep_pid(child.pid)
        try:
            self._make_ready(self._member(port), child.pid, log_start, deadline)
        except _Gone:
            status = child.wait()
            log = logs.tail(self.files.log, 200, log_start)
            output = logs.tail(self.files.output)
            raise explain.explain(mongod, status, output, log, self.files, port) from None

    def _make_ready(
        self, member: replica.Member, pid: int, log_start: int, deadline: float
    ) -> None:
        def keep_waiting() -> None:
            if self.pid() != pid:
                raise _Gone
            if time.monotonic() > deadline:
                log = logs.tail(self.files.log, start=log_start)
                raise MongodStartTimeout(seconds=self._start_timeout, log=log)

        while True:
            try:
                replica.make_ready(member, keep_waiting)
                return
            except replica.CredentialsRejected as error:
                path = str(self.files.password_file)
                raise MongodbCredentialsRejected(password_file=path) from error
            except ConnectionFailure:
                # It closes connections when the set changes, and when it dies.
                keep_waiting()
                time.sleep(replica.PAUSE)

    def _end(self, pid: int) -> bool:
        return process.end(pid, lambda: self.pid() == pid, self._stop_timeout)

    def _leave(self) -> None:
        self._users.release()
        if not self._users.acquire():
            if self._child is not None:
                # Disowned: it goes on for the others, and Popen would complain of that.
                self._child.returncode = 0
                self._child = None
            return
        try:
            if (pid := self.pid()) is not None and not self._end(pid):
                logger.warning("mongod %s had to be killed; its journal keeps the data", pid)
            self._child = None
        finally:
            self._users.release()


class _Gone(Exception):
    """The ``mongod`` we waited for is no more."""
