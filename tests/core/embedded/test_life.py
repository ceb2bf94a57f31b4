"""Start, use, share and stop, with the real ``mongod``."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from backend.core.embedded import EmbeddedMongo
from tests.core.embedded.programs import Client, User


@dataclass(frozen=True)
class Running:
    data_dir: Path
    uri: str


@pytest.fixture(scope="module")
def running(mongod: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A first start, for the tests that only look at what it made."""
    data_dir = tmp_path_factory.mktemp("running") / "data"
    with EmbeddedMongo(data_dir) as uri:
        yield Running(data_dir, uri)


def test_starts_as_a_primary_with_transactions_and_change_streams(running: Running) -> None:
    client: Client = MongoClient(running.uri)
    readings = client.kangban.readings
    readings.insert_one({"_id": 0})
    with readings.watch() as changes:
        with client.start_session() as session, session.start_transaction():
            readings.insert_one({"_id": 1}, session=session)
            client.kangban.outbox.insert_one({"reading": 1}, session=session)
        assert changes.next()["documentKey"] == {"_id": 1}
    assert client.kangban.outbox.count_documents({"reading": 1}) == 1
    client.close()


def test_an_aborted_transaction_leaves_nothing(running: Running) -> None:
    client: Client = MongoClient(running.uri)
    with client.start_session() as session:
        session.start_transaction()
        client.aborted.readings.insert_one({"_id": 1}, session=session)
        session.abort_transaction()
    assert client.aborted.readings.count_documents({}) == 0
    client.close()


def test_stopping_is_clean_and_the_port_and_data_are_kept(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    uri = mongo.start()
    client: Client = MongoClient(uri)
    client.kangban.readings.insert_one({"_id": 1})
    client.close()
    pid = mongo.pid()
    mongo.stop()
    assert pid is not None
    assert mongo.pid() is None
    assert (data_dir / "mongodb/db/mongod.lock").stat().st_size == 0
    with EmbeddedMongo(data_dir) as again:
        assert again == uri
        client = MongoClient(again)
        assert client.kangban.readings.count_documents({"_id": 1}) == 1
        client.close()


def test_stop_without_start_and_twice_is_harmless(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    mongo.stop()
    mongo.start()
    mongo.stop()
    mongo.stop()
    assert mongo.pid() is None


def test_a_second_start_gives_the_same_uri(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    uri = mongo.start()
    assert mongo.start() == uri
    mongo.stop()
    assert mongo.pid() is None


def test_nobody_gets_in_without_the_password(running: Running) -> None:
    port = EmbeddedMongo(running.data_dir).files.port()
    assert f"127.0.0.1:{port}" in running.uri
    stranger: Client = MongoClient("127.0.0.1", port, directConnection=True)
    with pytest.raises(OperationFailure) as refused:
        stranger.kangban.readings.find_one()
    assert refused.value.code == 13
    with pytest.raises(OperationFailure) as refused:
        stranger.admin.command("createUser", "mallory", pwd="x", roles=["root"])
    assert refused.value.code == 13
    stranger.close()


def test_what_it_writes_is_for_its_owner_only(running: Running) -> None:
    root = running.data_dir / "mongodb"
    assert stat.S_IMODE(running.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    for name in ("keyfile", "password", "log/mongod.log"):
        assert stat.S_IMODE((root / name).stat().st_mode) == 0o600, name
    port = EmbeddedMongo(running.data_dir).files.port()
    assert not list(Path("/tmp").glob(f"mongodb-{port}.sock"))


def test_an_existing_data_directory_keeps_its_mode(data_dir: Path) -> None:
    data_dir.mkdir()
    data_dir.chmod(0o750)
    with EmbeddedMongo(data_dir):
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o750
        assert stat.S_IMODE((data_dir / "mongodb").stat().st_mode) == 0o700


def test_the_cache_is_limited(running: Running) -> None:
    client: Client = MongoClient(running.uri)
    cache = client.admin.command("serverStatus")["wiredTiger"]["cache"]
    client.close()
    assert cache["maximum bytes configured"] == 256 * 2**20


def test_a_cache_below_mongodbs_minimum_is_refused(data_dir: Path) -> None:
    with pytest.raises(ValueError, match="256"):
        EmbeddedMongo(data_dir, cache_mb=128)
    assert not data_dir.exists()


def test_a_second_program_joins_and_the_last_one_out_stops_it(data_dir: Path) -> None:
    first = User(data_dir)
    second = EmbeddedMongo(data_dir)
    assert second.start() == first.uri
    pid = second.pid()
    first.leave()
    assert second.pid() == pid
    client: Client = MongoClient(first.uri)
    assert client.admin.command("ping")["ok"] == 1
    client.close()
    second.stop()
    assert second.pid() is None


def test_the_starter_may_leave_first(data_dir: Path) -> None:
    starter, guest = EmbeddedMongo(data_dir), EmbeddedMongo(data_dir)
    starter.start()
    pid = starter.pid()
    guest.start()
    starter.stop()
    assert guest.pid() == pid
    guest.stop()
    assert guest.pid() is None


def test_programs_that_start_at_once_share_one_mongod(data_dir: Path) -> None:
    users = [User(data_dir) for _ in range(2)]
    mongo = EmbeddedMongo(data_dir)
    mongo.start()
    assert {user.uri for user in users} == {mongo.start()}
    log = (data_dir / "mongodb/log/mongod.log").read_text()
    assert log.count('"msg":"MongoDB starting"') == 1
    for user in users:
        user.leave()
    mongo.stop()
    assert mongo.pid() is None


def test_it_works_through_a_link_to_the_directory(data_dir: Path, tmp_path: Path) -> None:
    data_dir.mkdir()
    link = tmp_path / "link"
    link.symlink_to(data_dir)
    with EmbeddedMongo(data_dir) as uri, EmbeddedMongo(link) as linked:
        assert linked == uri
    assert os.listdir(link) == ["mongodb"]
