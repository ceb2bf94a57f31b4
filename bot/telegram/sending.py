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
from aiogram.methods import DeleteMessages, SendPhoto, TelegramMethod
from aiogram.types import Message

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

    async def send(self, chat: int, replies: Sequence[Reply]) -> list[int]:
        """Emergencies first; the messages' ids. Raises ``ChatGone``."""
        sent: list[int] = []
        for reply in sorted(replies, key=lambda each: not each.emergency):
            for each in calls(chat, reply):
                sent += await self._shown(each)
        return sent

    async def say(self, chat: int, text: str) -> None:
        """Raises ``ChatGone``."""
        await self.call(message(chat, text))

    async def call(self, method: TelegramMethod[Any]) -> Any:
        """What Telegram answers, after some tries; None where it refuses. Raises ``ChatGone``."""
        for count in range(limit("tries")):
            try:
                return await self._bot(method)
            except AiogramError as error:
                wait = _wait(error, count)
                # Only the kind: descriptions may quote what was sent.
                log.warning("telegram refused", method=method.__api_method__, error=_name(error))
                if wait is None or wait > limit("longest_wait_seconds"):
                    return None
            if count + 1 < limit("tries"):
                await self._pause(wait)
        return None

    async def delete(self, chat: int, message_ids: Sequence[int]) -> float | None:
        """None when there is nothing left to do: they are gone, or Telegram will never delete
        them; else in how many seconds to try again."""
        ids = list(message_ids)
        try:
            await self._bot(DeleteMessages(chat_id=chat, message_ids=ids))
        except TelegramRetryAfter as error:
            return float(error.retry_after)
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            # One of them may stand in the way of the others.
            if len(ids) == 1:
                log.info("a message stays", error=_name(error))
                return None
            waits = [await self.delete(chat, [each]) for each in ids]
            return max((each for each in waits if each is not None), default=None)
        except AiogramError as error:
            log.warning("telegram refused", method="deleteMessages", error=_name(error))
            return float(limit("delete_again_seconds"))
        return None

    async def _shown(self, method: TelegramMethod[Any]) -> list[int]:
        taken = await self.call(method)
        words = without_picture(method) if isinstance(method, SendPhoto) and not taken else None
        if words is not None:
            taken = await self.call(words)
        return [taken.message_id] if isinstance(taken, Message) else []


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
