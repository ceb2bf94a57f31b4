"""The pages of a report as pictures: whole, marked, or the crop around one item."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from backend.services import Services
from backend.web.addresses import viewer_by_token_or_link
from graphql_api.common import ids

_HEADERS = {
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",  # the address opens the picture for some minutes
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
}


def report_page_routes(services: Services) -> list[Any]:
    """``GET /reports/{id}/pages/{n}`` and ``…/crop?item=``, by token or signed link."""
    reports = services.reports.reports

    @get("/reports/{report:str}/pages/{number:int}")
    async def page(
        request: Request[Any, Any, Any],
        report: FromPath[str],
        number: FromPath[int],
        item: FromQuery[str | None] = None,
    ) -> Response[bytes]:
        """With ``item`` its rectangle is drawn."""
        viewer = await viewer_by_token_or_link(request, services)
        place = ids.decode(report, "PaperReport")
        picture = await reports.page_picture(viewer, *place, number, item_id=item)
        return Response(picture, media_type="image/png", headers=_HEADERS)

    @get("/reports/{report:str}/pages/{number:int}/crop")
    async def crop(
        request: Request[Any, Any, Any],
        report: FromPath[str],
        number: FromPath[int],
        item: FromQuery[str],
    ) -> Response[bytes]:
        viewer = await viewer_by_token_or_link(request, services)
        place = ids.decode(report, "PaperReport")
        picture = await reports.page_picture(viewer, *place, number, item_id=item, crop=True)
        return Response(picture, media_type="image/png", headers=_HEADERS)

    return [page, crop]
