"""WeChat mini-program sign-in: ``wx.login``'s code to an openid, by ``jscode2session``.

Source: WeChat server API, "小程序登录 code2Session" (GET /sns/jscode2session).
The session_key in the answer is neither kept nor logged: nothing here decrypts
what WeChat encrypts with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import httpx
import orjson
import structlog

from backend.core.errors import KangbanError
from backend.core.outgoing import outgoing_client
from backend.identity.providers.base import ProviderIdentity
from backend.identity.providers.wechat_errors import (
    ERRORS,
    WeChatAnswerUnreadable,
    WeChatCodeInvalid,
    WeChatMisconfigured,
    WeChatUnreachable,
)
from backend.identity.sign_ins import ProviderName

log = structlog.get_logger(__name__)

_PATH = "/sns/jscode2session"
_LONGEST_CODE = 128
_LONGEST_ANSWER = 16_384


@dataclass(frozen=True, slots=True, repr=False)
class WeChatCode:
    """``code`` from ``wx.login``: good once, for five minutes."""

    provider: ClassVar[ProviderName] = ProviderName.WECHAT
    code: str


class WeChatProvider:
    name: ClassVar[ProviderName] = ProviderName.WECHAT

    def __init__(
        self, app_id: str, app_secret: str, base_url: str, *, timeout_seconds: float = 5.0
    ) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._client = outgoing_client(base_url, timeout_seconds=timeout_seconds)

    def attempt_subject(self, credential: WeChatCode) -> None:
        return None

    async def verify(self, credential: WeChatCode) -> ProviderIdentity:
        """Raises one of ``wechat_errors``."""
        if not 1 <= len(credential.code) <= _LONGEST_CODE or not credential.code.isascii():
            raise WeChatCodeInvalid
        answer = _decoded(await self._ask(credential.code))
        _raise_for(answer.get("errcode", 0))
        openid, unionid = answer.get("openid"), answer.get("unionid")
        if not isinstance(openid, str) or not openid:
            raise WeChatAnswerUnreadable
        subjects = [f"openid:{self._app_id}:{openid}"]
        if isinstance(unionid, str) and unionid:
            subjects.append(f"unionid:{unionid}")
        return ProviderIdentity(provider=self.name, subjects=tuple(subjects), welcomes=True)

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, code: str) -> httpx.Response:
        params = {
            "appid": self._app_id,
            "secret": self._app_secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        try:
            response = await self._client.get(_PATH, params=params)
        except httpx.HTTPError as error:
            log.warning("wechat unreachable", error=type(error).__name__)
            # Without the cause: its request holds the app's secret.
            raise WeChatUnreachable from None
        if response.status_code != httpx.codes.OK:
            log.warning("wechat unreachable", status=response.status_code)
            raise WeChatUnreachable
        return response


def _decoded(response: httpx.Response) -> dict[str, Any]:
    # WeChat sends JSON as text/plain.
    try:
        answer = orjson.loads(response.content[:_LONGEST_ANSWER])
    except orjson.JSONDecodeError:
        raise WeChatAnswerUnreadable from None
    if not isinstance(answer, dict):
        raise WeChatAnswerUnreadable
    return answer


def _raise_for(errcode: object) -> None:
    if errcode == 0:
        return
    # Its errmsg repeats what was sent; only the number is logged and told.
    number = errcode if isinstance(errcode, int) else None
    error: type[KangbanError] = ERRORS.get(number, WeChatAnswerUnreadable)
    log.warning("wechat refused", errcode=number)
    raise error(errcode=number) if error is WeChatMisconfigured else error
