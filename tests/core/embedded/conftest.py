from __future__ import annotations

import gc
import os
import signal
import socket
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from backend.core.embedded import EmbeddedMongo, find_mongod


@pytest.fixture(autouse=True)
def sockets_of_killed_servers() -> Iterator[None]:
    """Drivers of servers that these tests killed leave sockets; no later test is to blame."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="session")
def mongod() -> Path:
    found = find_mongod()
    if found is None:
        pytest.skip("no mongod on this machine")
    return found


@pytest.fixture
def data_dir(tmp_path: Path, mongod: Path) -> Iterator[Path]:
    """A data directory whose ``mongod``, if a test leaves one behind, is killed by its own id."""
    directory = tmp_path / "data"
    yield directory
    left = EmbeddedMongo(directory).pid()
    if left is not None:
        with suppress(ProcessLookupError):
            os.kill(left, signal.SIGKILL)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A foreign program on some port of loopback."""
    with socket.socket() as foreign:
        foreign.bind(("127.0.0.1", 0))
        foreign.listen(1)
        yield foreign
