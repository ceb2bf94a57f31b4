"""The pages behind the QR codes of an invitation and of a doctor's offer.

They hold no code and ask for none: it stands in the address's fragment, which browsers keep.
"""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Response, get
from litestar.params import FromPath

from backend.web import pages

_FOLDER = "code_page"
_FILES = {"main.js": "text/javascript", "words.js": "text/javascript", "code.css": "text/css"}


def code_routes() -> list[Any]:
    """``GET /invite`` and ``GET /sign``."""

    @get(["/invite", "/sign"], media_type=MediaType.HTML)
    async def page() -> Response[bytes]:
        return pages.page(_FOLDER)

    @get("/code/page/{name:str}")
    async def part(name: FromPath[str]) -> Response[bytes]:
        return pages.part(_FOLDER, name, _FILES)

    return [page, part]
