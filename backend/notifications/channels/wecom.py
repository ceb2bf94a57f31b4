"""WeCom (企业微信) group robots: a webhook with a key, for doctors and operators.

Source: developer.work.weixin.qq.com, "群机器人配置说明": POST /cgi-bin/webhook/send?key=…, at
most 20 messages a minute and robot (errcode 45009); 93000 for a key that is no more.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from backend.core.outgoing import outgoing_client
from backend.identity.viewer import Role, Viewer
from backend.notifications.channels.base import SENT, Answer, Capability, Parcel, Result
from backend.notifications.channels.http import Failed, post
from backend.notifications.errors import PushAddressInvalid
from backend.notifications.kinds import ChannelKey

_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_TOO_OFTEN = {45009, 45033}
_GONE = {93000, 93004, 93008}
_MINUTE = timedelta(minutes=1)


class WeComChannel:
    key: ClassVar[ChannelKey] = ChannelKey.WECOM
    capability: ClassVar[Capability] = Capability(
        replaces=False, registers=frozenset({Role.FAMILY_DOCTOR, Role.OPERATOR})
    )

    def __init__(self, base_url: str) -> None:
        self._client = outgoing_client(base_url)

    async def address_of(self, viewer: Viewer, given: str) -> str:
        """The robot's key, never a whole address: where it goes is not the client's to say.

        Raises ``PushAddressInvalid``.
        """
        if _KEY.fullmatch(given) is None:
            raise PushAddressInvalid
        return given.lower()

    async def send(self, parcels: Sequence[tuple[str, Parcel]]) -> list[Answer]:
        return list(await asyncio.gather(*(self._one(*each) for each in parcels)))

    async def close(self) -> None:
        await self._client.aclose()

    async def _one(self, address: str, parcel: Parcel) -> Answer:
        text = {"msgtype": "text", "text": {"content": f"{parcel.title}：{parcel.text}"}}
        try:
            answer = await post(self._client, "/cgi-bin/webhook/send", text, key=address)
        except Failed as failed:
            return failed.answer
        number = answer.get("errcode") if isinstance(answer, dict) else None
        if number == 0:
            return SENT
        if number in _TOO_OFTEN:
            return Answer(Result.LATER, _MINUTE, str(number))
        return Answer(Result.GONE if number in _GONE else Result.REFUSED, code=str(number))
