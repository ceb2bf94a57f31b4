"""FHIR over HTTP for institutions and for those who want their record: Bundles in, a Bundle out."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from litestar import MediaType, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from backend.core.errors import NotFound
from backend.services import Services
from backend.web.answers import language_of
from backend.web.viewers import viewer_of

_LARGEST_BUNDLE = 52 * 1024 * 1024  # a little over what the reader takes, so that it can say so
_FHIR_JSON = "application/fhir+json"


class ResidentUnknown(NotFound):
    code = "RESIDENT_UNKNOWN"
    zh = "居民编号无效。"
    en = "This is no resident's id."


def resident_key(text: str) -> ObjectId:
    """The plain hex id that addresses hold. Raises ``ResidentUnknown``."""
    try:
        return ObjectId(text)
    except InvalidId as error:
        raise ResidentUnknown from error


def fhir_routes(services: Services) -> list[Any]:
    """``POST /fhir/{resident}`` and ``GET /fhir/{resident}/$everything``."""

    @post("/fhir/{resident:str}", status_code=200, request_max_body_size=_LARGEST_BUNDLE)
    async def take(
        request: Request[Any, Any, Any],
        resident: FromPath[str],
        patient: FromQuery[str | None] = None,
    ) -> dict[str, Any]:
        """What became of each entry. The sender's ids are its account's own."""
        viewer = await viewer_of(request, services)
        report = await services.fhir_import.take(
            viewer,
            resident_key(resident),
            await request.body(),
            sender=str(viewer.account_id),
            patient=patient,
        )
        return report.to_json(language_of(request.headers.get("accept-language")))

    @get("/fhir/{resident:str}/$everything", media_type=MediaType.JSON)
    async def everything(
        request: Request[Any, Any, Any],
        resident: FromPath[str],
        reveal: FromQuery[bool] = False,
    ) -> Response[bytes]:
        viewer = await viewer_of(request, services)
        bundle = await services.fhir_export.everything(
            viewer, resident_key(resident), reveal=reveal
        )
        return Response(
            bundle, media_type=_FHIR_JSON, headers={"cache-control": "private, no-store"}
        )

    return [take, everything]
