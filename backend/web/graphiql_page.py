"""GraphiQL without a request elsewhere: Strawberry's page, its scripts from npm's packages.

``scripts/setup`` installs them beside this file where Node is there. The page's own integrity
hashes hold them to the very bytes that it names; where one is missing the page stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from strawberry.http.ides import get_graphql_ide_html

from backend.web.pages import PagePartUnknown

PACKAGES = Path(__file__).parent / "graphiql" / "node_modules"
_ELSEWHERE = re.compile(r"https://unpkg\.com/((?:@[\w-]+/)?[\w-]+)@([\d.]+)/([\w./-]+)")
_HERE = "/graphiql"
_TYPES = {".css": "text/css", ".js": "text/javascript"}
_KEEP = {
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
}


def without_elsewhere(page: str, packages: Path = PACKAGES) -> str:
    """The page with addresses of our own, or as it was where a file of it is not installed."""
    files = _files(page, packages)
    if not files or not all(path.is_file() for path in files.values()):
        return page
    return _ELSEWHERE.sub(lambda match: f"{_HERE}/{_name(match)}", page)


def graphiql_routes(packages: Path = PACKAGES) -> list[Any]:
    """``/graphiql/…``: the files that the page names, and no others."""
    files = _files(get_graphql_ide_html("graphiql"), packages)

    @get(f"{_HERE}/{{name:path}}", sync_to_thread=True)
    def file(name: FromPath[Path]) -> Response[bytes]:
        """Kept by browsers: the version stands in the address."""
        path = files.get(name.as_posix().lstrip("/"))
        if path is None or not path.is_file():
            raise PagePartUnknown
        return Response(path.read_bytes(), media_type=_TYPES[path.suffix], headers=_KEEP)

    return [file]


def _files(page: str, packages: Path) -> Mapping[str, Path]:
    return {_name(each): packages / each[1] / each[3] for each in _ELSEWHERE.finditer(page)}


def _name(match: re.Match[str]) -> str:
    return f"{match[1]}@{match[2]}/{match[3]}"
