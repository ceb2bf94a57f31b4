"""What a run of the suite takes of the machine: memory for its database.

A commit waits for the disk some milliseconds; the suite has a hundred thousand of them, and a
database in memory is the same ``mongod``.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import tempfile
from pathlib import Path

FOLDER = "KANGBAN_TEST_MEMORY"
"""Names the folder to the workers of a run."""
_MEMORY = Path("/dev/shm")
_NEEDED = 5 * 2**30  # bytes: two databases, each with a log of changes of 1 GB at most
_SPARE = 4 * 2**30  # for the tests themselves


def lend_memory() -> None:
    """A folder in memory for this run and its workers, where the machine has enough of it."""
    if FOLDER in os.environ or not _plenty():
        return
    for left in _MEMORY.glob("kangban-tests-*-*"):  # by a run that was killed
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    os.environ[FOLDER] = tempfile.mkdtemp(prefix=f"kangban-tests-{os.getpid()}-", dir=_MEMORY)


def take_memory_back() -> None:
    """By the process that took it only: a run within a test inherits the name."""
    folder = memory()
    if folder is not None and folder.name.split("-")[2] == str(os.getpid()):
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ[FOLDER]


def memory() -> Path | None:
    """The run's folder in memory, if it has one."""
    folder = os.environ.get(FOLDER)
    return Path(folder) if folder else None


def _plenty() -> bool:
    if not os.access(_MEMORY, os.W_OK):
        return False
    try:
        free = shutil.disk_usage(_MEMORY).free
        return free > _NEEDED and min(_available(), _allowed()) > _NEEDED + _SPARE
    except (OSError, ValueError):
        return False


def _available() -> int:
    told = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    return int(told[1]) * 1024 if told else 0


def _allowed() -> float:
    """What a container may have: a folder in memory counts."""
    for place in ("memory.max", "memory/memory.limit_in_bytes"):
        limit = Path("/sys/fs/cgroup", place)
        if limit.exists() and (told := limit.read_text().strip()) != "max":
            return int(told)
    return math.inf
