"""Each update is handled once, whoever delivers it how often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update
from pymongo.errors import DuplicateKeyError

from backend.core.clock import Clock
from bot.telegram.documents import HandledUpdate
from bot.telegram.words import limit

log = structlog.get_logger(__name__)
_Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class OnceOnly(BaseMiddleware):
    """Noted before the work: what is cut off is lost rather than recorded twice."""

    def __init__(self, bot_id: int, clock: Clock) -> None:
        self._bot_id = bot_id
        self._clock = clock

    async def __call__(self, handler: _Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Update)
        until = self._clock.now() + timedelta(hours=limit("update_hours"))
        row = HandledUpdate(bot_id=self._bot_id, update_id=event.update_id, expires_at=until)
        try:
            await HandledUpdate.get_pymongo_collection().insert_one(row.to_raw())
        except DuplicateKeyError:
            log.info("update was handled already")
            return None
        return await handler(event, data)
