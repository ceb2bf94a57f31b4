"""The store: what is refused, what is kept as an invariant, blobs and migrations."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from bson import ObjectId
from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError

from backend.core import migrations as rooms
from backend.core.blobs import BlobNotFound
from backend.core.container import Core
from backend.core.database import (
    MongoTooOld,
    MongoUnreachable,
    Session,
    StandaloneRefused,
    Store,
    check_topology,
    connect,
)
from backend.core.documents import ASC, Stored, unique
from backend.core.embedded import find_mongod
from backend.core.migrations import Migration, Migrations


@pytest.fixture
def standalone(tmp_path: Path) -> Iterator[int]:
    """The port of a mongod that is no replica set."""
    binary = find_mongod()
    assert binary is not None
    log = tmp_path / "log"
    command = [str(binary), "--dbpath", str(tmp_path), "--port", "0", "--bind_ip", "127.0.0.1"]
    with log.open("wb") as out:
        server = subprocess.Popen([*command, "--nounixsocket"], stdout=out)
    try:
        yield _port_in(log)
    finally:
        server.terminate()
        server.wait(20)


def _port_in(log: Path) -> int:
    for _ in range(200):
        for line in log.read_text(errors="replace").splitlines():
            if '"Waiting for connections"' in line:
                return int(line.split('"port":')[1].split("}")[0].split(",")[0])
        time.sleep(0.1)
    raise AssertionError("the standalone mongod did not start")


async def test_a_standalone_server_is_refused(standalone: int) -> None:
    with pytest.raises(StandaloneRefused) as refusal:
        await connect(f"mongodb://127.0.0.1:{standalone}/?directConnection=true", "x")
    assert "副本集" in refusal.value.message("zh")


async def test_nobody_there_is_told_as_unreachable() -> None:
    with pytest.raises(MongoUnreachable):
        await connect("mongodb://127.0.0.1:1/?directConnection=true", "x", timeout_ms=200)


def test_too_old_a_server_is_refused_and_a_cluster_is_taken() -> None:
    with pytest.raises(MongoTooOld):
        check_topology({"setName": "rs", "maxWireVersion": 13})
    check_topology({"msg": "isdbgrid", "maxWireVersion": 21})


async def test_writes_wait_for_the_majority(store: Store) -> None:
    concern = store.db.write_concern.document
    assert concern == {"w": "majority", "j": True}


async def test_every_unique_index_is_named_as_an_invariant(store: Store, mongodb_uri: str) -> None:
    with MongoClient(mongodb_uri) as client:
        database = client[store.db.name]
        for name in database.list_collection_names():
            for index in database[name].list_indexes():
                if index.get("unique"):
                    assert index["name"].startswith("one_"), (name, index["name"])


async def test_resident_owned_collections_are_ready_to_be_sharded_by_resident(
    store: Store,
) -> None:
    """A unique index of a collection sharded by hashed resident_id must begin with it."""
    for name in ("readings", "entries", "alerts", "versions", "kept_resources", "relations"):
        for index_name, index in (await store.db[name].index_information()).items():
            fields = [field for field, _ in index["key"]]
            if index.get("unique"):
                assert fields[0] == "resident_id", (name, index_name)


async def test_many_processes_prepare_a_new_database_at_once(store: Store) -> None:
    class Bare(Stored):
        class Settings:
            name = "bare"

    class Indexed(Stored):
        key: str

        class Settings:
            name = "indexed"
            indexes: ClassVar = [unique("one_key", ("key", ASC))]

    await asyncio.gather(*(store.prepare([Bare, Indexed]) for _ in range(4)))
    assert {"bare", "indexed"} <= set(await store.db.list_collection_names())
    assert "one_key" in await store.db["indexed"].index_information()


async def test_a_broken_invariant_in_a_batch_is_a_duplicate_key_error(store: Store) -> None:
    collection = store.db["things"]

    async def work(session: Session) -> None:
        await collection.insert_many([{"_id": 1}, {"_id": 2}, {"_id": 1}], session=session)

    await store.db.create_collection("things")
    with pytest.raises(DuplicateKeyError):
        await store.transaction(work)
    assert await collection.count_documents({}) == 0


async def test_a_blob_is_sealed_and_belongs_to_one_resident(core: Core) -> None:
    resident_id, stranger_id = ObjectId(), ObjectId()
    for owner in (resident_id, stranger_id):
        await core.keyring.create(owner)
    content = "检验报告".encode() * 100_000
    blob_id = await core.blobs.put(resident_id, content, "image/jpeg")
    assert await core.blobs.get(resident_id, blob_id) == content
    with pytest.raises(BlobNotFound):
        await core.blobs.get(stranger_id, blob_id)
    chunk = await core.store.db["blobs.chunks"].find_one({})
    assert chunk is not None
    assert "检验".encode() not in chunk["data"]
    await core.blobs.delete(resident_id, blob_id)
    with pytest.raises(BlobNotFound):
        await core.blobs.get(resident_id, blob_id)


async def test_a_migration_runs_once_whoever_comes(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    async def run(store: Store) -> None:
        runs.append("0001")
        await asyncio.sleep(0.05)

    monkeypatch.setattr(rooms, "MIGRATIONS", {"0001": Migration("0001", "for the test", run)})
    migrations = Migrations(core.store, core.clock)
    ran = await asyncio.gather(*(migrations.run() for _ in range(4)))
    assert sorted(map(len, ran)) == [0, 0, 0, 1]
    assert runs == ["0001"]
    states = await migrations.states()
    assert [(each.number, each.finished_at is not None) for each in states] == [("0001", True)]


async def test_a_migration_that_failed_runs_again(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    async def run(store: Store) -> None:
        runs.append("x")
        if len(runs) == 1:
            raise RuntimeError

    monkeypatch.setattr(rooms, "MIGRATIONS", {"0001": Migration("0001", "for the test", run)})
    migrations = Migrations(core.store, core.clock)
    with pytest.raises(RuntimeError):
        await migrations.run()
    assert (await migrations.states())[0].finished_at is None
    assert await migrations.run() == ["0001"]
    assert len(runs) == 2
