"""The identity room on a real MongoDB, with argon2 made quick and WeChat stood in for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from backend.core.container import Core
from backend.core.settings import Settings
from backend.identity.passwords import Passwords
from backend.identity.service import IdentityService
from backend.identity.wiring import build_identity
from tests.identity.wechat_server import APP_ID, APP_SECRET, WeChatServer


@pytest.fixture(scope="session")
def wechat_server() -> Iterator[WeChatServer]:
    with WeChatServer() as server:
        yield server


@pytest.fixture
def wechat(wechat_server: WeChatServer) -> WeChatServer:
    wechat_server.forget()
    return wechat_server


@pytest.fixture
def settings(settings: Settings, wechat: WeChatServer) -> Settings:
    return settings.model_copy(
        update={
            "demo": False,
            "wechat_app_id": APP_ID,
            "wechat_app_secret": SecretStr(APP_SECRET),
            "wechat_base_url": wechat.url,
        }
    )


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
async def identity(core: Core, passwords: Passwords) -> AsyncIterator[IdentityService]:
    service = build_identity(core, passwords)
    yield service
    await service.close()
