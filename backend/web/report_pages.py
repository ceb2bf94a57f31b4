"""The pages of a report as pictures: whole, marked, or the crop around one item."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from backend.reports.errors import ReportNotFound
from backend.services import Services
from backend.web.addresses import viewer_by_token_or_link
from backend.web.fhir import resident_key
from backend.web.viewers import viewer_of
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

    @get("/fhir/{resident:str}/Binary/{file:str}")
    async def original(
        request: Request[Any, Any, Any], resident: FromPath[str], file: FromPath[str]
    ) -> Response[bytes]:
        """The file that a DocumentReference points at, as it was uploaded."""
        viewer = await viewer_of(request, services)
        found = await services.reports.originals.get(viewer, resident_key(resident), _file(file))
        headers = {**_HEADERS, "content-disposition": "attachment"}
        return Response(found.data, media_type=found.content_type, headers=headers)

    return [page, crop, original]


def _file(text: str) -> ObjectId:
    try:
        return ObjectId(text)
    except InvalidId as error:
        raise ReportNotFound from error
