"""Calls out, through flood limits, outages and people who left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import SendPhoto, TelegramMethod

from bot.chat.reply import Reply
from bot.telegram.shown import calls, message, without_picture
from bot.telegram.words import limit

log = structlog.get_logger(__name__)
Pause = Callable[[float], Awaitable[object]]


class ChatGone(Exception):
    """Blocked by the person, or deleted."""


class Outgoing:
    """``pause`` waits for seconds; ``asyncio.sleep`` but in tests."""

    def __init__(self, bot: Bot, pause: Pause) -> None:
        self._bot = bot
        self._pause = pause

    async def send(self, chat: int, replies: Sequence[Reply]) -> None:
        """Emergencies first. Raises ``ChatGone``."""
        for reply in sorted(replies, key=lambda each: not each.emergency):
            for each in calls(chat, reply):
                await self._shown(each)

    async def say(self, chat: int, text: str) -> None:
        """Raises ``ChatGone``."""
        await self.call(message(chat, text))

    async def call(self, method: TelegramMethod[Any]) -> bool:
        """Whether Telegram took it, after some tries. Raises ``ChatGone``."""
        for count in range(limit("tries")):
            try:
                await self._bot(method)
                return True
            except AiogramError as error:
                wait = _wait(error, count)
                # Only the kind: descriptions may quote what was sent.
                log.warning("telegram refused", method=method.__api_method__, error=_name(error))
                if wait is None or wait > limit("longest_wait_seconds"):
                    return False
            if count + 1 < limit("tries"):
                await self._pause(wait)
        return False

    async def _shown(self, method: TelegramMethod[Any]) -> None:
        taken = await self.call(method)
        words = without_picture(method) if isinstance(method, SendPhoto) and not taken else None
        if words is not None:
            await self.call(words)


def _wait(error: AiogramError, count: int) -> float | None:
    """Seconds until it is worth trying again; None: never. Raises ``ChatGone``."""
    if isinstance(error, TelegramRetryAfter):
        return float(error.retry_after)
    gone = isinstance(error, TelegramBadRequest) and "chat not found" in error.message
    if gone or isinstance(error, TelegramForbiddenError):
        raise ChatGone from None
    if isinstance(error, TelegramEntityTooLarge):
        return None
    if isinstance(error, TelegramServerError | TelegramNetworkError | ClientDecodeError):
        return float(2**count)
    return None


def _name(error: AiogramError) -> str:
    return type(error).__name__
