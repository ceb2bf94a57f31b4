"""The web app as it runs in production, with a request count and a small budget to be had."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr

from backend.core.clock import FixedClock
from backend.core.container import build_core
from backend.core.database import Store
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.main import build_app
from backend.services import Services, build_services


@pytest.fixture
def production_settings(tmp_path: Path, master_key: LocalMasterKey) -> Settings:
    made = Settings(
        environment="production",
        data_dir=tmp_path,
        master_key_file=tmp_path / "keys" / "master.key",
        public_url="https://kangban.example",
        token_secret=SecretStr("0123456789abcdef0123456789abcdef"),
        _env_file=None,
    )
    made.check()
    return made


@pytest.fixture
async def production(
    production_settings: Settings, store: Store, master_key: LocalMasterKey, clock: FixedClock
) -> AsyncIterator[Services]:
    core = build_core(production_settings, store, master_key, clock)
    yield build_services(core)
    await core.changes.close()


@pytest.fixture
async def production_client(production: Services) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(
        app=cast(Any, build_app(production)), raise_app_exceptions=False
    )
    base_url = "https://kangban.example"
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
        yield client
