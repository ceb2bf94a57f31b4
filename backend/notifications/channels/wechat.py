"""WeChat mini-program subscribe messages (订阅消息): one message for one subscription.

Source: developers.weixin.qq.com/miniprogram, "subscribeMessage.send" and "getStableAccessToken";
errors 43101 (the user refuses, or no subscription is left), 40003 (openid), 40037 (template),
47003 (a value does not fit), 40001/40014/42001 (token), 45009 (quota of the day), -1 (busy).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from pydantic import SecretStr

from backend.core.clock import SHANGHAI
from backend.core.outgoing import outgoing_client
from backend.identity.providers.wechat import WeChatCode, WeChatProvider
from backend.identity.viewer import Role, Viewer
from backend.notifications.channels.base import SENT, Answer, Capability, Parcel, Result
from backend.notifications.channels.http import Failed, post
from backend.notifications.kinds import ChannelKey

TEMPLATE = "reminder"
"""The one template: what happened in neutral words, and when."""

_TOKEN_OLD = {40001, 40014, 42001}
_EARLY = 300.0  # seconds before its end that a token is renewed
_THING = 20  # characters that a ``thing`` value may have
_RESULTS = {
    43101: Result.SPENT,
    40003: Result.GONE,
    40037: Result.MISCONFIGURED,
    41030: Result.MISCONFIGURED,
    47003: Result.REFUSED,
    45009: Result.LATER,
    -1: Result.LATER,
}


class WeChatChannel:
    key: ClassVar[ChannelKey] = ChannelKey.WECHAT
    capability: ClassVar[Capability] = Capability(
        replaces=False, counted=True, registers=frozenset(Role) - {Role.INSTITUTION}
    )

    def __init__(self, base_url: str, app_id: str, secret: SecretStr, template_id: str) -> None:
        self._client = outgoing_client(base_url)
        self._app_id = app_id
        self._secret = secret
        self._template_id = template_id
        self._sign_in = WeChatProvider(app_id, secret.get_secret_value(), base_url)
        self._token: tuple[str, float] | None = None
        self._renewing = asyncio.Lock()

    async def address_of(self, viewer: Viewer, given: str) -> str:
        """The openid behind a code of ``wx.login``: nobody can name another's. Raises the errors
        of signing in with WeChat."""
        identity = await self._sign_in.verify(WeChatCode(given))
        return identity.subjects[0].removeprefix(f"openid:{self._app_id}:")

    async def send(self, parcels: Sequence[tuple[str, Parcel]]) -> list[Answer]:
        return list(await asyncio.gather(*(self._one(*each) for each in parcels)))

    async def close(self) -> None:
        await self._client.aclose()
        await self._sign_in.close()

    async def _one(self, address: str, parcel: Parcel) -> Answer:
        try:
            answer = await self._post(address, parcel)
            if isinstance(answer, dict) and answer.get("errcode") in _TOKEN_OLD:
                self._token = None
                answer = await self._post(address, parcel)
        except Failed as failed:
            return failed.answer
        number = answer.get("errcode") if isinstance(answer, dict) else None
        if number == 0:
            return SENT
        known = _RESULTS.get(number, Result.REFUSED) if isinstance(number, int) else Result.LATER
        wait = timedelta(hours=1) if number == 45009 else None
        return Answer(known, wait, str(number))

    async def _post(self, address: str, parcel: Parcel) -> Any:
        body = {
            "touser": address,
            "template_id": self._template_id,
            "page": "pages/inbox/index",
            "data": {
                "thing1": {"value": parcel.text[:_THING]},
                "time2": {"value": parcel.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")},
            },
        }
        token = await self._access_token()
        path = "/cgi-bin/message/subscribe/send"
        return await post(self._client, path, body, access_token=token)

    async def _access_token(self) -> str:
        async with self._renewing:
            if self._token is None or self._token[1] <= time.monotonic():
                self._token = await self._renewed()
            return self._token[0]

    async def _renewed(self) -> tuple[str, float]:
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret.get_secret_value(),
        }
        answer = await post(self._client, "/cgi-bin/stable_token", body)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            code = str(answer.get("errcode")) if isinstance(answer, dict) else "unreadable"
            raise Failed(Answer(Result.MISCONFIGURED, code=code))
        return token, time.monotonic() + max(0.0, float(answer["expires_in"]) - _EARLY)
