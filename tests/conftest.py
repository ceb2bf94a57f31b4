"""Shared fixtures: one real mongod a session, one database a test."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandListener

from backend.core.clock import FixedClock
from backend.core.container import Core, build_core
from backend.core.database import Store
from backend.core.embedded import EmbeddedMongo
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.services import Services, build_services
from tests.api import Api
from tests.databases import Databases
from tests.houses import its_door
from tests.machine import lend_memory, memory, take_memory_back

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
_CLOSE_SOON = "file_manager=(close_idle_time=1,close_scan_interval=1,close_handle_minimum=50)"
_GC_FIRST = 50_000  # new containers between collections
SHARED = Path(__file__).resolve().parents[1] / "../shared/data"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # what one process does for all
        lend_memory()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        take_memory_back()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Modules and collected tests stay to the end; looking over them took half a second a time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_FIRST, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A failure is told at once: a run that is cut off must not take it along."""
    if report.failed and not os.environ.get("PYTEST_XDIST_WORKER"):
        why = report.longreprtext.strip().splitlines()[-1:] or [""]
        print(f"\n{report.when} failed: {report.nodeid}: {why[0]}", file=sys.__stderr__, flush=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real files nobody here wrote; beside the checkout, not in it."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return SHARED.resolve()


@pytest.fixture(scope="session")
def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The session's mongod: all workers of a run share one, the last out stops it."""
    given = os.environ.get("KANGBAN_TEST_MONGODB_URI")
    if given:
        yield given
        return
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    with EmbeddedMongo((memory() or shared) / "mongod") as uri, MongoClient(uri) as client:
        # Tests stand still in time; the server's own clock must not expire what they write.
        client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
        # Each test drops a database of a hundred files; mongod would keep them open for ten
        # minutes, and three thousand tests reach the system's limit before that.
        client.admin.command("setParameter", 1, minSnapshotHistoryWindowInSeconds=0)
        client.admin.command("setParameter", 1, wiredTigerEngineRuntimeConfig=_CLOSE_SOON)
        yield uri


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="session")
async def databases(mongodb_uri: str) -> AsyncIterator[Databases]:
    databases = Databases(mongodb_uri)
    yield databases
    await databases.close()


@pytest.fixture
def listener() -> CommandListener | None:
    """What hears the driver's commands; files that look at them have their own."""
    return None


@pytest.fixture
async def store(
    databases: Databases, request: pytest.FixtureRequest, listener: CommandListener | None
) -> AsyncIterator[Store]:
    """A database of the test's own, empty, with all collections and indexes."""
    if listener is not None:
        async with databases.heard(listener) as heard:
            yield heard
        return
    store = await databases.lend()
    yield store
    if request.node.get_closest_marker("spoils_database"):
        await databases.drop(store)
    else:
        await databases.take_back(store)


@pytest.fixture
def master_key(tmp_path: Path) -> LocalMasterKey:
    return LocalMasterKey.from_file(tmp_path / "keys" / "master.key", create=True)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(environment="test", data_dir=tmp_path, demo=True, _env_file=None)


@pytest.fixture
async def core(
    store: Store, settings: Settings, master_key: LocalMasterKey, clock: FixedClock
) -> AsyncIterator[Core]:
    core = build_core(settings, store, master_key, clock)
    yield core
    await core.changes.close()


@pytest.fixture
def services(core: Core) -> Services:
    return build_services(core)


@pytest.fixture
async def client(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    """The web app without a socket, in this event loop; its outbox is drained by the test."""
    async with its_door(services) as client:
        yield client


@pytest.fixture
def nobody(client: httpx.AsyncClient) -> Api:
    return Api(client)
