"""The log of ``mongod``: its end, and its rotation by size and count."""

from __future__ import annotations

from pathlib import Path

LIMIT_BYTES = 10 * 2**20
KEEP = 5


# A fatal error is followed by a backtrace of some hundred kilobytes.
WINDOW = 2**20


def tail(path: Path, lines: int = 12, start: int = 0) -> str:
    """The last lines after byte ``start``; empty where there is no file."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(start, file.tell() - WINDOW))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def shift(path: Path, *, limit: int = LIMIT_BYTES, keep: int = KEEP) -> bool:
    """Move ``log`` to ``log.1``, ``log.1`` to ``log.2`` … where it has outgrown ``limit``.

    A ``mongod`` that has the file open goes on writing to the moved one until
    it is told to reopen (SIGUSR1, with ``--logRotate reopen``).
    """
    if size(path) <= limit:
        return False
    for number in range(keep, 0, -1):
        older = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number}"))
    return True
