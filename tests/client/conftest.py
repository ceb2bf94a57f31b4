"""A server with the built client, and a phone in front of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import pytest

from backend.core.clock import SystemClock
from backend.core.container import build_core
from backend.core.database import connect
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.documents import DOCUMENTS
from backend.services import Services, build_services
from tests.client.phone import Phone, built
from tests.graphql_api.live import server
from tests.sharing.browser import browser


@dataclass(frozen=True)
class Household:
    services: Services
    phone: Phone


@contextlib.asynccontextmanager
async def opened(
    mongodb_uri: str,
    folder: Path,
    more: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[Household]:
    """``more``: further settings of the server."""
    built()
    database, key_file = f"t{uuid4().hex[:12]}", folder / "master.key"
    key = LocalMasterKey.from_file(key_file, create=True)
    environment = {
        "KANGBAN_ENVIRONMENT": "test",
        "KANGBAN_DEMO": "true",
        "KANGBAN_MONGODB_URI": mongodb_uri,
        "KANGBAN_DATABASE": database,
        "KANGBAN_MASTER_KEY_FILE": str(key_file),
        **more,
    }
    store = await connect(mongodb_uri, database)
    await store.prepare(DOCUMENTS)
    with contextlib.ExitStack() as stack:
        address = await asyncio.to_thread(
            stack.enter_context, server(folder / "server", environment)
        )
        settings = Settings(environment="test", data_dir=folder, demo=True, _env_file=None)
        services = build_services(build_core(settings, store, key, SystemClock()))
        async with browser(folder / "profile") as page:
            phone = Phone(page, address)
            await phone.prepare()
            yield Household(services, phone)
        await services.core.changes.close()
    await store.client.drop_database(database)
    await store.close()


@pytest.fixture(scope="module")
async def household(
    mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Household]:
    async with opened(mongodb_uri, tmp_path_factory.mktemp("client")) as household:
        yield household
