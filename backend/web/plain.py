"""``/health``."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Response, get
from pymongo.errors import PyMongoError

from backend.services import Services

_PING_SECONDS = 2.0


def plain_routes(services: Services) -> list[Any]:
    """Routes that need no viewer."""

    @get("/health")
    async def health() -> Response[dict[str, str]]:
        """200 when requests can be served, else 503."""
        try:
            async with asyncio.timeout(_PING_SECONDS):
                await services.core.store.db.command("ping")
        except (PyMongoError, TimeoutError):
            return Response({"status": "unavailable"}, status_code=503)
        return Response({"status": "ok"})

    return [health]
