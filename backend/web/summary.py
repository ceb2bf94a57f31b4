"""The summary for the doctor by address, for the browser and the printer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from backend.services import Services
from backend.summary.address import FOLDER, Form, SummaryRequest
from backend.summary.style import content_security_policy
from backend.web.addresses import query_of, resident_in, viewer_by_token_or_link

_TYPES = {Form.HTML: "text/html", Form.PDF: "application/pdf"}


def summary_routes(services: Services) -> list[Any]:
    """``GET /summary/{resident}/page.html`` and ``page.pdf``, with a token or a signed query."""

    @get(f"{FOLDER}/{{resident:str}}/{{name:str}}")
    async def summary(
        request: Request[Any, Any, Any], resident: FromPath[str], name: FromPath[str]
    ) -> Response[bytes]:
        viewer = await viewer_by_token_or_link(request, services)
        wanted = SummaryRequest.read(name, dict(query_of(request)))
        viewer = replace(viewer, language=wanted.language or viewer.language)
        content = await services.summary_files.file(viewer, resident_in(resident), wanted)
        headers = {
            "cache-control": "private, no-store",
            "content-security-policy": content_security_policy(),
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        }
        return Response(content, media_type=_TYPES[wanted.form], headers=headers)

    return [summary]
