"""Files of the few pages that the server shows itself: same origin only, nothing kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from litestar import Response

from backend.core.errors import NotFound

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}
_PAGE_HEADERS = {
    **HEADERS,
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
}


class PagePartUnknown(NotFound):
    code = "PAGE_PART_UNKNOWN"
    zh = "没有这个文件。"
    en = "The page has no such file."


def page(folder: str) -> Response[bytes]:
    """``page.html`` of the folder beside this module."""
    return Response(_read(folder, "page.html"), media_type="text/html", headers=_PAGE_HEADERS)


def part(folder: str, name: str, known: Mapping[str, str]) -> Response[bytes]:
    """A file of the page, by the media types of those it has. Raises ``PagePartUnknown``."""
    if name not in known:
        raise PagePartUnknown
    return Response(_read(folder, name), media_type=known[name], headers=HEADERS)


@cache
def _read(folder: str, name: str) -> bytes:
    return files("backend.web").joinpath(f"{folder}/{name}").read_bytes()
