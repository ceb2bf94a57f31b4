"""HTTP answers wait for the log of who looked, whatever route makes them."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from backend.access.log.trail import answering, current


async def settled(response: Response[Any]) -> Response[Any]:
    """After a route's work, while its refusal can still become the answer."""
    trail = current()
    if trail is not None:
        await trail.settle()
        trail.check()
    return response


def noted_before_answering(app: ASGIApp) -> ASGIApp:
    """Middleware: the first byte leaves when everything that was looked at is written.

    ``settled`` has waited for them already; here is what goes around it, such as a refusal's
    answer. Where that cannot be noted, nothing is answered at all.
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
