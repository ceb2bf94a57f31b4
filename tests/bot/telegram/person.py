"""Somebody who writes by Telegram: updates as Telegram makes them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from bot.telegram.running import TelegramBot
from tests.bot.telegram.bot_api import BotApi, Call

_NUMBERS = count(1)


@dataclass
class Person:
    """Each method feeds one update and gives the calls that the bot made for it."""

    bot: TelegramBot
    api: BotApi
    id: int = 1001
    language: str = "zh-hans"

    @property
    def user(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": "建国",
            "language_code": self.language,
        }

    def message(self, **parts: Any) -> dict[str, Any]:
        chat = {"id": self.id, "type": "private", "first_name": "建国"}
        return {
            "message_id": next(_NUMBERS),
            "date": 1_790_000_000,
            "chat": chat,
            "from": self.user,
            **parts,
        }

    async def says(self, text: str, **parts: Any) -> list[Call]:
        parts["text"] = text
        if text.startswith("/"):
            length = len(text.split()[0])
            parts["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return await self.sends(**parts)

    async def sends(self, **parts: Any) -> list[Call]:
        return await self.update(message=self.message(**parts))

    async def presses(self, data: str) -> list[Call]:
        query = {
            "id": str(next(_NUMBERS)),
            "from": self.user,
            "chat_instance": "1",
            "data": data,
            "message": self.message(text="…"),
        }
        return await self.update(callback_query=query)

    async def update(self, **parts: Any) -> list[Call]:
        return await self.feeds({"update_id": next(_NUMBERS), **parts})

    async def feeds(self, update: dict[str, Any]) -> list[Call]:
        before = len(self.api.calls)
        await self.bot.feed(update)
        return self.api.calls[before:]


def words(calls: list[Call]) -> str:
    return "\n".join(each.words for each in calls)


def action(calls: list[Call], label: str) -> str:
    return next(data for each in calls for text, data in each.buttons if label in text)
