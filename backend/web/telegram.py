"""Telegram's webhook. aiogram is imported at the first update, and never without a token."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
import structlog
from litestar import Request, Response, post

from backend.core.rounds import rounds
from backend.services import Services
from bot.telegram.documents import anything_due
from bot.telegram.secret import HEADER, PATH, check, secret_of

log = structlog.get_logger(__name__)
_LOOK_SECONDS = 30.0


class TelegramDoor:
    """``routes`` is empty where the settings have no token."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._bot: Any = None
        self._opening = asyncio.Lock()

    @property
    def routes(self) -> list[Any]:
        """``POST /telegram/webhook``."""
        token = self._services.core.settings.telegram_token
        if token is None:
            return []
        secret = secret_of(self._services.core.keyring, token)

        @post(PATH, status_code=200)
        async def webhook(request: Request[Any, Any, Any]) -> Response[None]:
            check(request.headers.get(HEADER), secret)
            await self._take(await request.body())
            return Response(None)

        return [webhook]

    @contextlib.asynccontextmanager
    async def deleting(self) -> AsyncIterator[None]:
        """Messages that are due are deleted as long as the block runs; aiogram is imported at the
        first of them."""
        if self._services.core.settings.telegram_token is None:
            yield
            return
        task = asyncio.create_task(self._keep_deleting())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep_deleting(self) -> None:
        await rounds("deleting messages", self._delete, _LOOK_SECONDS)

    async def _delete(self) -> None:
        if await anything_due(self._services.core.clock.now()):
            await (await self._opened()).fading.drain()

    async def close(self) -> None:
        if self._bot is not None:
            await self._bot.close()

    async def _take(self, body: bytes) -> None:
        try:
            update = orjson.loads(body)
        except orjson.JSONDecodeError:
            # Anything but 200 would bring it again and again.
            log.warning("a webhook call that cannot be read was dropped")
            return
        bot = await self._opened()
        await bot.feed(update)

    async def _opened(self) -> Any:
        async with self._opening:
            if self._bot is None:
                running = await asyncio.to_thread(_running)
                self._bot = running.TelegramBot(self._services)
        return self._bot


def _running() -> Any:
    from bot.telegram import running

    return running
