"""The download of everything, by a signed link."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from litestar import Request, Response, get
from litestar.params import FromPath

from backend.privacy.downloads import FOLDER
from backend.privacy.errors import DownloadNotFound
from backend.services import Services
from backend.web.addresses import resident_in, viewer_by_token_or_link

_HEADERS = {
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-disposition": 'attachment; filename="kangban-record.zip"',
}
_ENDING = ".zip"


def download_routes(services: Services) -> list[Any]:
    """``GET /downloads/{resident}/{download}.zip``, with a bearer token or a signed query."""

    @get(f"{FOLDER}/{{resident:str}}/{{file:str}}")
    async def download(
        request: Request[Any, Any, Any], resident: FromPath[str], file: FromPath[str]
    ) -> Response[bytes]:
        viewer = await viewer_by_token_or_link(request, services)
        content = await services.privacy.downloads.content(
            viewer, resident_in(resident), _download_in(file)
        )
        return Response(content, media_type="application/zip", headers=_HEADERS)

    return [download]


def _download_in(file: str) -> ObjectId:
    """Raises ``DownloadNotFound``."""
    try:
        return ObjectId(file.removesuffix(_ENDING))
    except InvalidId as error:
        raise DownloadNotFound from error
