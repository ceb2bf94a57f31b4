"""``/health`` and the first page."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import MediaType, Response, get
from pymongo.errors import PyMongoError

from backend.services import Services

_PING_SECONDS = 2.0

_PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>康伴 Kangban</title>
<style>
body{{font:20px/1.7 system-ui,"Noto Sans CJK SC",sans-serif;max-width:40rem;
margin:2rem auto;padding:0 1rem;color:#111}}
a{{color:#0a5c36}} code{{background:#eef3ef;padding:.1em .3em}}
</style>
<h1>康伴</h1>
<p>服务正在运行。<br>The service is running.</p>
<ul>{links}</ul>
</html>
"""


def plain_routes(services: Services) -> list[Any]:
    """Routes that need no viewer."""
    production = services.core.settings.production

    @get("/health")
    async def health() -> Response[dict[str, str]]:
        """200 when requests can be served, else 503."""
        try:
            async with asyncio.timeout(_PING_SECONDS):
                await services.core.store.db.command("ping")
        except (PyMongoError, TimeoutError):
            return Response({"status": "unavailable"}, status_code=503)
        return Response({"status": "ok"})

    @get("/", media_type=MediaType.HTML)
    async def first_page() -> str:
        links = '<li><a href="/health">/health</a></li>'
        if not production:
            links += '<li><a href="/graphql">GraphiQL：<code>/graphql</code></a></li>'
        return _PAGE.format(links=links)

    return [health, first_page]
