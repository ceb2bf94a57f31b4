"""A house for the tests of one module: services on a store of their own, and the app before them.

For modules whose tests keep apart by themselves (each signs in somebody new) and leave the clock
alone: a store and an app for each of a hundred parametrised tests is most of what they cost.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx

from backend.core.clock import Clock
from backend.core.container import build_core
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.main import build_app
from backend.services import Services, build_services
from tests.databases import Databases


@contextlib.asynccontextmanager
async def a_house(databases: Databases, folder: Path, clock: Clock) -> AsyncIterator[Services]:
    """Services over an empty store; ``folder`` gets their master key."""
    store = await databases.lend()
    settings = Settings(environment="test", data_dir=folder, demo=True, _env_file=None)
    key = LocalMasterKey.from_file(folder / "master.key", create=True)
    core = build_core(settings, store, key, clock)
    yield build_services(core)
    await core.changes.close()
    await databases.take_back(store)


@contextlib.asynccontextmanager
async def its_door(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    """The web app without a socket, in this event loop."""
    app = cast(Any, build_app(services))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client
