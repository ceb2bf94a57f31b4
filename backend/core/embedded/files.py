"""What lies in the MongoDB directory, and writing it so that nobody else reads it."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from backend.core.embedded.errors import DataDirFull, DataDirNotWritable

# A fresh mongod writes about 100 MB of journal files before it answers.
NEEDED_FREE_MB = 300


class Files:
    """Paths under ``<data_dir>/mongodb`` and the small facts kept in them."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        # Resolved, because a running mongod is recognised by this very text.
        self.root = data_dir.resolve() / "mongodb"
        self.db = self.root / "db"
        self.log = self.root / "log" / "mongod.log"
        self.output = self.root / "log" / "mongod.out"
        self.keyfile = self.root / "keyfile"
        self.password_file = self.root / "password"
        self.port_file = self.root / "port"
        self.pid_file = self.root / "mongod.pid"
        self.gate_lock = self.root / "gate.lock"
        self.users_lock = self.root / "users.lock"

    def make(self) -> None:
        """Directories and secrets, made where missing; only what we make is made private.

        The data directory itself may be one that somebody shares on purpose,
        so an existing one keeps its mode; ``mongodb`` in it is always 0700.
        """
        with writing(self.data_dir):
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            for directory in (self.root, self.db, self.log.parent):
                directory.mkdir(mode=0o700, exist_ok=True)
            if self.root.stat().st_mode & 0o077:
                self.root.chmod(0o700)

    def make_secrets(self) -> None:
        with writing(self.data_dir):
            # mongod takes base64 characters only.
            _write_once(self.keyfile, secrets.token_hex(256))
            _write_once(self.password_file, secrets.token_urlsafe(32))

    def check_space(self) -> None:
        free_mb = shutil.disk_usage(self.root).free // 2**20
        if free_mb < NEEDED_FREE_MB:
            raise DataDirFull(
                directory=str(self.data_dir), free_mb=free_mb, needed_mb=NEEDED_FREE_MB
            )

    def password(self) -> str:
        return self.password_file.read_text().strip()

    def port(self) -> int | None:
        return _number(self.port_file)

    def keep_port(self, port: int) -> None:
        with writing(self.data_dir):
            write_private(self.port_file, str(port))

    def keep_pid(self, pid: int) -> None:
        with writing(self.data_dir):
            write_private(self.pid_file, str(pid))

    def pids(self) -> list[int]:
        """Who may be our ``mongod``: as we noted it, and as it noted itself in its own lock."""
        noted = (_number(self.pid_file), _number(self.db / "mongod.lock"))
        return [pid for pid in dict.fromkeys(noted) if pid]


def write_private(path: Path, text: str) -> None:
    """Write whole or not at all, readable by the owner only."""
    beside = path.with_name(f"{path.name}.new")
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Turn what the system says about a directory that cannot be written into our errors."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DataDirFull(
                directory=str(directory), free_mb=0, needed_mb=NEEDED_FREE_MB
            ) from error
        raise DataDirNotWritable(
            directory=str(directory), reason=error.strerror or str(error)
        ) from error


def _write_once(path: Path, text: str) -> None:
    if not path.exists():
        write_private(path, text)


def _number(path: Path) -> int | None:
    with suppress(OSError, ValueError):
        return int(path.read_text())
    return None
