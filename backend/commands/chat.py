"""``kangban chat``: the bot in a terminal, beside a running server or alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from backend.core.settings import Settings
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Channel, Language, Viewer
from backend.logs import configure_logs
from backend.main import assemble, prepare
from backend.services import Services
from backend.serving import mongodb, settings_for
from backend.subscribers import build_dispatcher
from bot.console import run as talk


def run(login: str, data_dir: Path | None, *, english: bool) -> None:
    """Until the end of input. Raises as ``IdentityService.sign_in`` with a demo name."""
    settings = settings_for(data_dir, demo=True)
    configure_logs("ERROR")
    with mongodb(settings) as ready:
        asyncio.run(_chat(ready, login, english=english))


async def _chat(settings: Settings, login: str, *, english: bool) -> None:
    services = assemble(settings)
    try:
        await prepare(services.core)
        async with _signed_in(services, login) as viewer, _working(services):
            await talk(services, viewer, english=english)
        await services.assistant.settled()
    finally:
        services.reports.close()
        await services.identity.close()
        await services.notifications.close()
        await services.core.close()


@contextlib.asynccontextmanager
async def _signed_in(services: Services, login: str) -> AsyncIterator[Viewer]:
    device = Device(name="kangban chat")
    tokens = await services.identity.sign_in(DemoName(login), device)
    viewer = await services.identity.viewer_from_token(
        tokens.access_token, Channel.APP, Language.ZH
    )
    try:
        yield viewer
    finally:
        await services.identity.sign_out(viewer)


@contextlib.asynccontextmanager
async def _working(services: Services) -> AsyncIterator[None]:
    """Alerts, points and recognition follow what is sent, also where no server runs."""
    tasks = [
        asyncio.create_task(build_dispatcher(services).run()),
        asyncio.create_task(services.reports.reader.run()),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        services.reports.engines.close()
