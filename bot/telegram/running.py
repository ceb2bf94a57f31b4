"""The bot put together, fed by the webhook or by polling."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Update
from pydantic import ValidationError

from backend.access.consent.purpose import Purpose
from backend.identity.viewer import Channel
from bot.chat.chat import Chat
from bot.chat.rooms import Rooms
from bot.linking.talks import StoredTalks
from bot.telegram.desk import Desk
from bot.telegram.errors import TelegramOff
from bot.telegram.fading import Fading
from bot.telegram.files import Fetching
from bot.telegram.once import OnceOnly
from bot.telegram.queues import Queues
from bot.telegram.routers import routers
from bot.telegram.secret import PATH, secret_of
from bot.telegram.sending import Outgoing, Pause
from bot.telegram.words import limit

log = structlog.get_logger(__name__)


class TelegramBot:
    """Raises ``TelegramOff`` where the settings have no token."""

    def __init__(self, rooms: Rooms, pause: Pause = asyncio.sleep) -> None:
        settings = rooms.core.settings
        if settings.telegram_token is None:
            raise TelegramOff
        server = TelegramAPIServer.from_base(settings.telegram_base_url)
        session = AiohttpSession(api=server, timeout=limit("seconds"))
        self._rooms = rooms
        self._token = settings.telegram_token
        self._bot = Bot(self._token.get_secret_value(), session=session)
        out = Outgoing(self._bot, pause)
        self.fading = Fading(rooms.core, self._bot.id, rooms.chat_links, out.delete)
        desk = Desk(
            chat=Chat(rooms, leaves=Purpose.TELEGRAM),
            links=rooms.chat_links,
            addresses=rooms.notifications.addresses,
            out=out,
            queues=Queues(limit("waiting")),
            talks=StoredTalks(rooms.core, Channel.TELEGRAM),
            fetching=Fetching(self._bot),
            fading=self.fading,
        )
        self._dispatcher = Dispatcher(disable_fsm=True, desk=desk)
        self._dispatcher.update.outer_middleware(OnceOnly(self._bot.id, rooms.core.clock))
        self._dispatcher.include_routers(*routers())

    async def feed(self, raw: Any) -> None:
        """One update of the webhook. What is none is dropped: refused, it would come again."""
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError:
            log.warning("an update that cannot be read was dropped")
            return
        await self._dispatcher.feed_update(self._bot, update)

    async def poll(self) -> None:
        """Until it is cancelled or a signal ends it. A webhook that was set is taken away."""
        await self._bot.delete_webhook()
        fading = asyncio.create_task(self.fading.run())
        try:
            await self._dispatcher.start_polling(
                self._bot,
                allowed_updates=self._dispatcher.resolve_used_update_types(),
                close_bot_session=False,
            )
        finally:
            fading.cancel()
            await asyncio.gather(fading, return_exceptions=True)

    async def set_webhook(self) -> str:
        """Where Telegram posts updates from now on. Raises aiogram's errors."""
        url = self._rooms.core.settings.public_url.rstrip("/") + PATH
        await self._bot.set_webhook(
            url,
            secret_token=secret_of(self._rooms.core.keyring, self._token),
            allowed_updates=self._dispatcher.resolve_used_update_types(),
        )
        return url

    async def close(self) -> None:
        await self._bot.session.close()
