"""Trend charts by address, for ``<img>`` and chat."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from backend.measurements.chart_request import FOLDER, ChartRequest
from backend.services import Services
from backend.web.addresses import query_of, resident_in, viewer_by_token_or_link

_HEADERS = {
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",  # the address opens the picture for some minutes
    "x-content-type-options": "nosniff",
}


def chart_routes(services: Services) -> list[Any]:
    """``GET /charts/{resident}/{kind}.png``, with a bearer token or a signed query."""

    @get(f"{FOLDER}/{{resident:str}}/{{picture:str}}")
    async def chart(
        request: Request[Any, Any, Any], resident: FromPath[str], picture: FromPath[str]
    ) -> Response[bytes]:
        viewer = await viewer_by_token_or_link(request, services)
        now = services.core.clock.now()
        wanted = ChartRequest.read(picture, dict(query_of(request)), now)
        image = await services.charting.chart(
            replace(viewer, language=wanted.language or viewer.language),
            resident_in(resident),
            wanted.kind,
            period=wanted.period,
            since=wanted.since,
            until=wanted.until,
            meals=wanted.meals,
            size=wanted.size,
        )
        return Response(image, media_type="image/png", headers=_HEADERS)

    return [chart]
