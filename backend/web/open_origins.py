"""Paths that a page of any origin may ask: readers of SMART Health Links are web apps elsewhere.

Litestar's CORS settings hold for the whole app. What is asked here carries no cookie and
no token of ours; who asks must know the link.
"""

from __future__ import annotations

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_ALLOWED = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"content-type, accept-language"),
    (b"access-control-max-age", b"600"),
]


def open_to_all_origins(app: ASGIApp, *prefixes: str) -> ASGIApp:
    """``app``, with every origin allowed under these paths."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not scope["path"].startswith(prefixes):
            await app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": [*_ALLOWED]})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await app(scope, receive, _allowing(send))

    return wrapped


def _allowing(send: Send) -> Send:
    async def answered(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0].lower() != _ALLOWED[0][0]]
            message["headers"] = [*kept, _ALLOWED[0]]
        await send(message)

    return answered
