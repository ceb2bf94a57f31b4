from __future__ import annotations

from pathlib import Path

from pymongo import MongoClient

from backend.core.embedded import EmbeddedMongo, logs
from tests.core.embedded.programs import Client


def test_a_small_log_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "mongod.log"
    log.write_text("x" * 10)
    assert logs.shift(log, limit=10) is False
    assert logs.shift(tmp_path / "none.log") is False
    assert [path.name for path in tmp_path.iterdir()] == ["mongod.log"]


def test_only_so_many_old_logs_are_kept_the_newest_as_number_one(tmp_path: Path) -> None:
    log = tmp_path / "mongod.log"
    for number in range(5):
        log.write_text(f"run {number}")
        assert logs.shift(log, limit=0, keep=3) is True
    texts = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert texts == {"mongod.log.1": "run 4", "mongod.log.2": "run 3", "mongod.log.3": "run 2"}


def test_tail_gives_the_last_lines_from_a_place_on(tmp_path: Path) -> None:
    log = tmp_path / "mongod.log"
    log.write_text("old\none\ntwo\nthree\n")
    assert logs.tail(log, 2) == "two\nthree"
    assert logs.tail(log, start=4) == "one\ntwo\nthree"
    assert logs.tail(tmp_path / "none") == ""


def test_a_running_mongod_goes_on_in_a_new_file(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    uri = mongo.start()
    log = mongo.files.log
    assert mongo.rotate_log() is False
    assert mongo.rotate_log(limit=1000) is True
    client: Client = MongoClient(uri)
    client.admin.command("ping")
    client.close()
    mongo.stop()
    old = log.with_name("mongod.log.1").read_text()
    assert '"msg":"MongoDB starting"' in old
    assert '"msg":"MongoDB starting"' not in log.read_text()
    assert '"msg":"Shutting down"' in log.read_text()


def test_a_grown_log_is_rotated_at_the_next_start(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    mongo.start()
    mongo.stop()
    with mongo.files.log.open("ab") as log:
        log.truncate(logs.LIMIT_BYTES + 1)
    mongo.start()
    mongo.stop()
    assert mongo.files.log.with_name("mongod.log.1").stat().st_size == logs.LIMIT_BYTES + 1
    assert mongo.files.log.read_text().count('"msg":"MongoDB starting"') == 1


def test_a_slow_query_and_what_it_asked_for_never_reach_the_log(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir)
    client: Client = MongoClient(mongo.start())
    client.admin.command({"profile": 0, "slowms": 0})
    client.kangban.people.insert_one({"name": "张建国"})
    client.kangban.people.find_one({"name": "张建国"})
    client.close()
    mongo.stop()
    assert "张建国" not in mongo.files.log.read_text()
