"""A file that somebody sent, never more of it than is taken."""

from __future__ import annotations

from io import BytesIO

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiohttp import ClientError

from backend.reports.limits import FILE_MEGABYTES
from bot.telegram.words import limit

_MEGABYTE = 1024 * 1024


class TooLarge(Exception):
    pass


class FileNotFetched(Exception):
    pass


def most_megabytes() -> int:
    """The smaller of what Telegram hands out and what a report's file may have."""
    return min(limit("file_megabytes"), FILE_MEGABYTES)


class Fetching:
    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def fetch(self, file_id: str, size: int | None) -> bytes:
        """``size``: as the message says, which is not believed. Raises ``TooLarge`` and
        ``FileNotFetched``."""
        most = most_megabytes() * _MEGABYTE
        if size is not None and size > most:
            raise TooLarge
        try:
            return await self._loaded(file_id, most)
        except TelegramBadRequest as error:
            raise (TooLarge if "too big" in error.message else FileNotFetched) from None
        except (AiogramError, ClientError, TimeoutError):
            raise FileNotFetched from None

    async def _loaded(self, file_id: str, most: int) -> bytes:
        found = await self._bot.get_file(file_id)
        if not found.file_path:
            raise FileNotFetched
        target = _Capped(most)
        await self._bot.download_file(found.file_path, target, timeout=limit("seconds"))
        return target.getvalue()


class _Capped(BytesIO):
    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        if self.tell() + len(data) > self._most:
            raise TooLarge
        return super().write(data)
