"""Share links over HTTP: manifest and files of SMART Health Links, and the page that reads them.

What is shared comes encrypted and is opened in the browser: the key stands in the
address's fragment, which browsers send to nobody.
"""

from __future__ import annotations

import ipaddress
from typing import Any

import orjson
from litestar import MediaType, Request, Response, get, post
from litestar.params import FromPath

from backend.identity.viewer import Language
from backend.services import Services
from backend.sharing.errors import SharePinNeeded, SharePinWrong, ShareRequestInvalid
from backend.sharing.limits import agent_family
from backend.sharing.opening import FILES, Opener
from backend.sharing.shlink import CONTENT_TYPE, PATH, VIEWER
from backend.web import pages
from backend.web.addresses import query_of
from backend.web.answers import as_json, language_of
from backend.web.pages import HEADERS
from backend.web.viewers import address_of

_FOLDER = "share_page"
_ASSETS = {
    "main.js": "text/javascript",
    "jwe.js": "text/javascript",
    "record.js": "text/javascript",
    "trend.js": "text/javascript",
    "words.js": "text/javascript",
    "dom.js": "text/javascript",
    "observations.js": "text/javascript",
    "page.css": "text/css",
    "icon.svg": "image/svg+xml",
}
SHARED = f"{PATH}/"
"""Readers of links, on pages of any origin, ask below this path."""

_LARGEST_REQUEST = 4 * 1024


def share_routes(services: Services) -> list[Any]:
    """``POST /share/{token}/manifest``, ``GET /share/files/{id}``, ``GET /s`` and its files."""
    opening = services.share_opening
    public_url = services.core.settings.public_url.rstrip("/")

    @post(f"{PATH}/{{token:str}}/manifest", status_code=200, request_max_body_size=_LARGEST_REQUEST)
    async def manifest(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
        opener, longest = _asked(request, await request.body())
        try:
            share_id, jwe = await opening.open(token, opener)
        except (SharePinNeeded, SharePinWrong) as error:
            return _pin_refused(error, language_of(request.headers.get("accept-language")))
        if longest is not None and longest < len(jwe):
            where = {"location": f"{public_url}{opening.location(share_id)}"}
        else:
            where = {"embedded": jwe}
        body = {"status": "finalized", "files": [{"contentType": CONTENT_TYPE, **where}]}
        return Response(orjson.dumps(body), media_type=MediaType.JSON, headers=HEADERS)

    @get(f"{FILES}/{{share:str}}")
    async def file(request: Request[Any, Any, Any], share: FromPath[str]) -> Response[bytes]:
        jwe = await opening.file(request.scope["path"], query_of(request))
        return Response(jwe.encode(), media_type="application/jose", headers=HEADERS)

    @get([VIEWER, f"{VIEWER}/{{token:str}}"], media_type=MediaType.HTML)
    async def page() -> Response[bytes]:
        return pages.page(_FOLDER)

    @get(f"{VIEWER}/page/{{name:str}}")
    async def part(name: FromPath[str]) -> Response[bytes]:
        return pages.part(_FOLDER, name, _ASSETS)

    return [manifest, file, page, part]


def _asked(request: Request[Any, Any, Any], body: bytes) -> tuple[Opener, int | None]:
    """Who asks, and how long an embedded file may be. Raises ``ShareRequestInvalid``."""
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ShareRequestInvalid from error
    if not isinstance(asked, dict):
        raise ShareRequestInvalid
    passcode, longest = asked.get("passcode"), asked.get("embeddedLengthMax")
    recipient = asked.get("recipient", "")
    if not isinstance(recipient, str) or not isinstance(passcode, str | None):
        raise ShareRequestInvalid
    if isinstance(longest, bool) or not isinstance(longest, int | None):
        raise ShareRequestInvalid
    opener = Opener(
        recipient=recipient,
        passcode=passcode,
        address=coarse(address_of(request)),
        agent=agent_family(request.headers.get("user-agent", "")),
    )
    return opener, longest


def _pin_refused(error: SharePinNeeded | SharePinWrong, language: Language) -> Response[bytes]:
    # Where the specification looks for it, beside where all our errors have it.
    body = {**as_json(error, language), **error.data}
    return Response(
        orjson.dumps(body), media_type=MediaType.JSON, status_code=error.status, headers=HEADERS
    )


def coarse(address: str) -> str:
    """The network (/24 or /48) that an address lies in; empty where there is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{bits}", strict=False))
