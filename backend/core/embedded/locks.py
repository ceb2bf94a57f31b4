"""Locks that the kernel takes back from whoever dies.

``gate``   exclusive, held only while somebody starts, joins, leaves or revives
           the ``mongod``; every change of ``users`` happens inside it, because
           ``flock`` drops the shared lock when an upgrade fails.
``users``  shared, one holder a program that uses the ``mongod``. Whoever
           leaves and can take it exclusively was the last.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from backend.core.embedded.errors import DataDirBusy, DataDirInUse
from backend.core.embedded.files import writing


class FileLock:
    """``flock`` on a file that stays; not re-entrant."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self, *, shared: bool = False) -> bool:
        """True when the lock was to be had at once."""
        if self._fd is not None:
            raise RuntimeError(f"{self.path.name} is already held by this object")
        with writing(self.path.parent):
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def release(self) -> None:
        """Unlock explicitly: a forked child holds a copy of the descriptor."""
        if self._fd is not None:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
            os.close(self._fd)
            self._fd = None

    @property
    def held(self) -> bool:
        return self._fd is not None

    def sign(self) -> None:
        """Write our process id into the lock file, for those who find it held.

        Left out on a full disk: the lock itself needs no space.
        """
        if self._fd is None:
            return
        with suppress(OSError):
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, str(os.getpid()).encode(), 0)

    def holder(self) -> int | None:
        """The process id that the file names, None while nobody has signed it."""
        with suppress(OSError, ValueError):
            return int(self.path.read_text())
        return None


class Gate:
    """Context manager around ``gate.lock``. ``DataDirBusy`` after ``timeout`` seconds."""

    def __init__(self, path: Path, timeout: float) -> None:
        self._lock = FileLock(path)
        self._timeout = timeout

    def __enter__(self) -> Gate:
        deadline = time.monotonic() + self._timeout
        while not self._lock.acquire():
            if time.monotonic() > deadline:
                raise DataDirBusy(
                    directory=str(self._lock.path.parent),
                    pid=self._lock.holder() or "?",
                    seconds=self._timeout,
                )
            time.sleep(0.02)
        self._lock.sign()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._lock.release()


class ServerLock:
    """One server a data directory; a second one gets ``DataDirInUse`` with the holder's pid."""

    def __init__(self, data_dir: Path) -> None:
        self._directory = data_dir
        self._lock = FileLock(data_dir / "server.lock")

    def acquire(self) -> None:
        with writing(self._directory):
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._lock.acquire():
            raise DataDirInUse(directory=str(self._directory), pid=self._lock.holder() or "?")
        self._lock.sign()

    def release(self) -> None:
        self._lock.release()

    def __enter__(self) -> ServerLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.release()
