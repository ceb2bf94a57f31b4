"""The bot, its stand-in server, and a father who is linked and agreed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bson import ObjectId
from pydantic import SecretStr

from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.core.settings import Settings
from backend.identity.viewer import Channel, Viewer
from backend.services import Services
from bot.telegram.running import TelegramBot
from tests.bot.telegram.bot_api import TOKEN, BotApi, bot_api
from tests.bot.telegram.person import Person
from tests.factories import a_key, a_resident
from tests.graphql_api.household import signed_in


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with bot_api() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, api: BotApi) -> Settings:
    return Settings(
        environment="test",
        data_dir=tmp_path,
        demo=True,
        telegram_token=SecretStr(TOKEN),
        telegram_base_url=api.url,
        _env_file=None,
    )


@dataclass
class Bench:
    """``waited``: seconds that the bot paused."""

    services: Services
    bot: TelegramBot
    waited: list[float]


@pytest.fixture
async def bench(services: Services) -> AsyncIterator[Bench]:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    bot = TelegramBot(services, pause)
    yield Bench(services, bot, waited)
    await bot.close()
    await services.notifications.close()


@pytest.fixture
def person(bench: Bench, api: BotApi) -> Person:
    return Person(bench.bot, api)


@dataclass
class Father:
    person: Person
    viewer: Viewer
    id: ObjectId


@pytest.fixture
async def father(bench: Bench, person: Person) -> Father:
    services = bench.services
    viewer, _ = await signed_in(services)
    _, resident_id = await a_resident(services, viewer)
    [accepted] = accepted_now(Purpose.TELEGRAM)
    await services.consents.change(
        viewer, resident_id, accepted, given=True, idempotency_key=a_key()
    )
    issued = await services.chat_links.issue(viewer, Channel.TELEGRAM)
    assert "已绑定" in (await person.says(f"/start {issued.code}"))[0].words
    return Father(person, viewer, resident_id)
