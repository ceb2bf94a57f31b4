"""Telegram's Bot API, ``sendMessage``. The bot itself links accounts and chats.

Source: core.telegram.org/bots/api, "sendMessage" and "ResponseParameters" (retry_after); a bot
that is blocked answers 403, a chat that is gone 400 "chat not found".
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from pydantic import SecretStr

from backend.access.consent.purpose import Purpose
from backend.core.outgoing import outgoing_client
from backend.identity.viewer import Viewer
from backend.notifications.channels.base import SENT, Answer, Button, Capability, Parcel, Result
from backend.notifications.channels.http import Failed, post, seconds
from backend.notifications.errors import PushAddressInvalid
from backend.notifications.kinds import ChannelKey


class TelegramSender(Protocol):
    """Whoever can call ``sendMessage``: this module over HTTP, or the bot's own client."""

    async def send_message(self, chat_id: str, text: str, buttons: Sequence[Button]) -> Any:
        """The decoded answer of the Bot API. Raises ``Failed``."""
        ...

    async def close(self) -> None: ...


class HttpTelegramSender:
    def __init__(self, base_url: str, token: SecretStr) -> None:
        self._client = outgoing_client(base_url)
        self._token = token

    async def send_message(self, chat_id: str, text: str, buttons: Sequence[Button]) -> Any:
        path = f"/bot{self._token.get_secret_value()}/sendMessage"
        row = [{"text": each.label, "callback_data": each.action} for each in buttons]
        keys = {"inline_keyboard": [row]}
        body = {"chat_id": chat_id, "text": text, "reply_markup": keys}
        return await post(self._client, path, body)

    async def close(self) -> None:
        await self._client.aclose()


class TelegramChannel:
    key: ClassVar[ChannelKey] = ChannelKey.TELEGRAM
    capability: ClassVar[Capability] = Capability(replaces=False, consent=Purpose.TELEGRAM)

    def __init__(self, sender: TelegramSender) -> None:
        self._sender = sender

    async def address_of(self, viewer: Viewer, given: str) -> str:
        """A chat's id, put in by the bot. Raises ``PushAddressInvalid``."""
        if not given.removeprefix("-").isdecimal() or not given.isascii() or len(given) > 20:
            raise PushAddressInvalid
        return given

    async def send(self, parcels: Sequence[tuple[str, Parcel]]) -> list[Answer]:
        return list(await asyncio.gather(*(self._one(*each) for each in parcels)))

    async def close(self) -> None:
        await self._sender.close()

    async def _one(self, address: str, parcel: Parcel) -> Answer:
        try:
            text = f"{parcel.title}：{parcel.text}"
            answer = await self._sender.send_message(address, text, parcel.buttons)
        except Failed as failed:
            return failed.answer
        if not isinstance(answer, dict):
            return Answer(Result.LATER, code="unreadable")
        return SENT if answer.get("ok") is True else _refusal(answer)


def _refusal(answer: dict[str, Any]) -> Answer:
    number = answer.get("error_code")
    about = str(answer.get("description", ""))
    code = str(number)
    if number == 429:
        return Answer(Result.LATER, seconds(answer.get("parameters", {}).get("retry_after")), code)
    if number == 403 or (number == 400 and "chat not found" in about):
        return Answer(Result.GONE, code=code)
    if number in (401, 404):  # the bot's token is wrong
        return Answer(Result.MISCONFIGURED, code=code)
    return Answer(Result.REFUSED, code=code)
