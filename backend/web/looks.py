"""HTTP answers wait for the log of who looked, whatever route makes them."""

from __future__ import annotations

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from backend.access.log.trail import answering


def noted_before_answering(app: ASGIApp) -> ASGIApp:
    """Middleware: the first byte leaves when everything that was looked at is written.

    ``LOG_UNAVAILABLE`` and a skipped gate become the answer instead.
    """

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        async with answering() as trail:

            async def held(message: Message) -> None:
                if message["type"] == "http.response.start":
                    await trail.settle()
                    trail.check()
                await send(message)

            await app(scope, receive, held)

    return handle
