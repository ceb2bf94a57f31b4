from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from backend.core.embedded import ServerLock
from backend.core.embedded.errors import DataDirBusy, DataDirInUse, DataDirNotWritable
from backend.core.embedded.locks import FileLock, Gate
from tests.core.embedded.programs import ROOT

HOLDER = (
    "import sys; from pathlib import Path; from backend.core.embedded import ServerLock\n"
    "ServerLock(Path(sys.argv[1])).acquire(); print('held', flush=True); sys.stdin.readline()"
)


def test_a_second_server_is_refused_with_the_holders_pid(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(DataDirInUse) as refused:
        ServerLock(tmp_path).acquire()
    assert refused.value.code == "DATA_DIR_IN_USE"
    assert refused.value.data == {"directory": str(tmp_path), "pid": holder.pid}
    holder.kill()
    holder.communicate()
    with ServerLock(tmp_path):
        assert (tmp_path / "server.lock").read_text() == str(os.getpid())


def test_a_released_directory_is_free(tmp_path: Path) -> None:
    with ServerLock(tmp_path):
        pass
    with ServerLock(tmp_path):
        pass


def test_a_directory_that_is_a_file_is_said_to_be_unwritable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirNotWritable) as refused:
        ServerLock(tmp_path / "file").acquire()
    assert refused.value.data["directory"] == str(tmp_path / "file")


def test_shared_locks_live_together_and_keep_an_exclusive_one_out(tmp_path: Path) -> None:
    one, two, three = (FileLock(tmp_path / "lock") for _ in range(3))
    assert one.acquire(shared=True)
    assert two.acquire(shared=True)
    assert not three.acquire()
    one.release()
    assert not three.acquire()
    two.release()
    assert three.acquire()
    assert not one.acquire(shared=True)
    three.release()


def test_a_held_lock_is_not_taken_twice_by_one_object(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    lock.acquire()
    with pytest.raises(RuntimeError):
        lock.acquire()
    lock.release()


def test_the_gate_waits_its_turn(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with Gate(tmp_path / "gate.lock", 10):
            order.append("second")

    with Gate(tmp_path / "gate.lock", 1):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.1)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_a_gate_that_never_opens_says_who_holds_it(tmp_path: Path) -> None:
    with (
        Gate(tmp_path / "gate.lock", 1),
        pytest.raises(DataDirBusy) as refused,
        Gate(tmp_path / "gate.lock", 0.1),
    ):
        pytest.fail("two at once")
    assert refused.value.data["pid"] == os.getpid()
