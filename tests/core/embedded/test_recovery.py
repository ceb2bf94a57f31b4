"""After ``kill -9`` of us, of ``mongod``, of both; and a port that is gone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure
from pymongo.read_preferences import ReadPreference

from backend.core.embedded import EmbeddedMongo
from backend.core.embedded.errors import MongodbPortTaken
from tests.core.embedded.programs import Client, User


def wait_until(true: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def write(uri: str, number: int) -> None:
    client: Client = MongoClient(uri)
    client.kangban.readings.insert_one({"_id": number})
    client.close()


def stored(uri: str) -> list[int]:
    client: Client = MongoClient(uri)
    numbers = [row["_id"] for row in client.kangban.readings.find().sort("_id")]
    client.close()
    return numbers


def kill_mongod(mongo: EmbeddedMongo) -> int:
    pid = mongo.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: mongo.pid() is None)
    return pid


def test_after_kill_of_the_owner_the_orphan_is_joined_and_then_stopped(data_dir: Path) -> None:
    owner = User(data_dir)
    write(owner.uri, 1)
    mongo = EmbeddedMongo(data_dir)
    orphan = mongo.pid()
    owner.kill()
    assert mongo.start() == owner.uri
    assert mongo.pid() == orphan
    assert stored(owner.uri) == [1]
    mongo.stop()
    assert mongo.pid() is None


def test_an_orphan_is_found_by_its_own_lock_when_our_notes_are_lost(data_dir: Path) -> None:
    owner = User(data_dir)
    mongo = EmbeddedMongo(data_dir)
    orphan = mongo.pid()
    owner.kill()
    mongo.files.pid_file.unlink()
    mongo.files.port_file.unlink()
    assert mongo.start() == owner.uri
    assert mongo.pid() == orphan
    mongo.stop()
    assert mongo.pid() is None


class Hasty(EmbeddedMongo):
    """Gives who is there already a second to answer, and its own start as long as ever."""

    def _attach(self, pid: int) -> bool:
        patience, self._start_timeout = self._start_timeout, 1.0
        try:
            return super()._attach(pid)
        finally:
            self._start_timeout = patience


def test_an_orphan_that_does_not_answer_is_ended_and_replaced(data_dir: Path) -> None:
    owner = User(data_dir)
    write(owner.uri, 1)
    orphan = EmbeddedMongo(data_dir).pid()
    assert orphan is not None
    owner.kill()
    os.kill(orphan, signal.SIGSTOP)
    with Hasty(data_dir, stop_timeout=0.5) as uri:
        assert EmbeddedMongo(data_dir).pid() != orphan
        assert stored(uri) == [1]


def test_what_was_written_before_kill_of_mongod_is_there_after(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    uri = mongo.start()
    write(uri, 1)
    kill_mongod(mongo)
    mongo.stop()
    with EmbeddedMongo(data_dir) as again:
        assert again == uri
        assert stored(again) == [1]


def test_after_kill_of_both_the_next_start_has_everything(data_dir: Path) -> None:
    owner = User(data_dir)
    write(owner.uri, 1)
    owner.kill()
    kill_mongod(EmbeddedMongo(data_dir))
    with EmbeddedMongo(data_dir) as uri:
        assert stored(uri) == [1]


def test_a_watched_mongod_comes_back_on_its_port_each_time(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    uri = mongo.start()
    mongo.watch()
    for number in (1, 2):
        write(uri, number)
        before = kill_mongod(mongo)
        wait_until(lambda: mongo.pid() is not None)
        assert mongo.pid() != before
        assert stored(uri) == list(range(1, number + 1))
    mongo.stop()
    assert mongo.pid() is None


def test_who_reads_and_writes_waits_for_a_primary(data_dir: Path) -> None:
    """As after a restart: it listens already, and is no primary for two seconds."""
    with EmbeddedMongo(data_dir) as uri:
        client: Client = MongoClient(uri)
        client.admin.command({"replSetStepDown": 2, "force": True})
        anybody = ReadPreference.SECONDARY_PREFERRED
        assert client.admin.command("hello", read_preference=anybody)["secondary"] is True
        write(uri, 1)
        assert stored(uri) == [1]
        client.close()


def test_two_watchers_revive_it_once(data_dir: Path) -> None:
    watchers = [EmbeddedMongo(data_dir), EmbeddedMongo(data_dir)]
    for watcher in watchers:
        watcher.start()
        watcher.watch()
    kill_mongod(watchers[0])
    wait_until(lambda: all(watcher.pid() is not None for watcher in watchers))
    for watcher in watchers:
        assert watcher.revive() is False
    log = (data_dir / "mongodb/log/mongod.log").read_text()
    assert log.count('"msg":"MongoDB starting"') == 2
    for watcher in watchers:
        watcher.stop()
    assert watchers[0].pid() is None


def test_nothing_is_revived_after_stop(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    mongo.start()
    mongo.stop()
    assert mongo.revive() is False
    with pytest.raises(RuntimeError, match="start"):
        mongo.watch()
    assert mongo.pid() is None


def test_a_taken_port_is_changed_and_the_data_stays(
    data_dir: Path, listener: socket.socket
) -> None:
    mongo = EmbeddedMongo(data_dir)
    write(mongo.start(), 1)
    mongo.stop()
    taken = listener.getsockname()[1]
    old = mongo.files.port()
    mongo.files.keep_port(taken)
    with EmbeddedMongo(data_dir) as uri:
        assert mongo.files.port() not in (taken, old)
        assert stored(uri) == [1]
        write(uri, 2)
    with EmbeddedMongo(data_dir) as again:
        assert again == uri
        assert stored(again) == [1, 2]


def test_a_revival_never_changes_the_port_that_clients_hold(
    data_dir: Path, listener: socket.socket
) -> None:
    mongo = EmbeddedMongo(data_dir)
    uri = mongo.start()
    port = mongo.files.port()
    kill_mongod(mongo)
    mongo.files.keep_port(listener.getsockname()[1])
    with pytest.raises(MongodbPortTaken) as refused:
        mongo.revive()
    assert refused.value.data == {"port": listener.getsockname()[1]}
    assert mongo.pid() is None
    mongo.files.keep_port(port or 0)
    assert mongo.revive() is True
    assert stored(uri) == []
    mongo.stop()


def test_a_pid_that_went_to_another_program_is_not_taken_for_ours(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    mongo.start()
    mongo.stop()
    mongo.files.keep_pid(os.getpid())
    assert mongo.pid() is None
    with EmbeddedMongo(data_dir):
        assert mongo.pid() not in (None, os.getpid())
    assert mongo.pid() is None


def test_a_copy_of_a_stopped_directory_runs_beside_the_original(
    data_dir: Path, tmp_path: Path
) -> None:
    """The backup that docs/operations.md describes, restored while the first one runs."""
    with EmbeddedMongo(data_dir) as uri:
        write(uri, 1)
    shutil.copytree(data_dir, tmp_path / "restored")
    restored = EmbeddedMongo(tmp_path / "restored")
    with EmbeddedMongo(data_dir) as uri, restored as other:
        assert other != uri
        assert stored(other) == stored(uri) == [1]
    assert restored.pid() is None


def test_a_lost_password_is_reset_as_the_guide_says(data_dir: Path, mongod: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    with mongo as uri:
        write(uri, 1)
    line = [str(mongod), "--dbpath", str(mongo.files.db), "--port", str(mongo.files.port())]
    with subprocess.Popen([*line, "--bind_ip", "127.0.0.1"], stdout=subprocess.DEVNULL) as plain:
        client: Client = MongoClient("127.0.0.1", mongo.files.port(), directConnection=True)
        client.admin.command("dropUser", "kangban")
        client.close()
        plain.terminate()
    mongo.files.password_file.unlink()
    with mongo as again:
        assert again != uri
        assert stored(again) == [1]


def test_a_client_sees_the_death_as_a_connection_failure(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    client: Client = MongoClient(mongo.start(), serverSelectionTimeoutMS=300)
    client.admin.command("ping")
    kill_mongod(mongo)
    with pytest.raises(ConnectionFailure):
        client.admin.command("ping")
    client.close()
    mongo.stop()
