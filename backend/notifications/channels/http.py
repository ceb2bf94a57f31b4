"""What the channels over plain HTTP share: failures of the way itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import orjson
import structlog

from backend.notifications.channels.base import Answer, Result

log = structlog.get_logger(__name__)

_LONGEST_ANSWER = 16_384
_NOT_HANDED_OVER = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Failed(Exception):
    """The way itself failed; ``answer`` says whether to come again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


async def post(client: httpx.AsyncClient, path: str, body: Any, **params: str) -> Any:
    """The decoded JSON, whatever the status below 500. Raises ``Failed``."""
    try:
        response = await client.post(path, json=body, params=params)
    except httpx.HTTPError as error:
        name = type(error).__name__
        log.warning("push channel unreachable", error=name)
        result = Result.LATER if isinstance(error, _NOT_HANDED_OVER) else Result.UNKNOWN
        raise Failed(Answer(result, code=name)) from None
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Failed(Answer(Result.LATER, code=str(response.status_code)))
    try:
        return orjson.loads(response.content[:_LONGEST_ANSWER])
    except orjson.JSONDecodeError:
        raise Failed(Answer(Result.LATER, code="unreadable")) from None


def seconds(value: object) -> timedelta | None:
    """A wait that a server asks for, within reason."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
        return timedelta(seconds=min(float(value), 3_600.0))
    return None
