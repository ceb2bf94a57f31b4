"""The log of who looked, to take along with its proof."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Stream

from backend.services import Services
from backend.web.addresses import resident_in, viewer_by_token_or_link

_HEADERS = {
    "cache-control": "private, no-store",
    "content-disposition": 'attachment; filename="access-log.jsonl"',
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def access_log_routes(services: Services) -> list[Any]:
    """``GET /access-log/{resident}/proof.jsonl``, with a bearer token or a signed query."""

    @get("/access-log/{resident:str}/proof.jsonl")
    async def proof(request: Request[Any, Any, Any], resident: FromPath[str]) -> Stream:
        viewer = await viewer_by_token_or_link(request, services)
        lines = await services.access_log.proof.lines(viewer, resident_in(resident))
        return Stream(lines, media_type="application/jsonl", headers=_HEADERS)

    return [proof]
