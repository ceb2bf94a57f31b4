"""GraphiQL: the files that its page names, from npm's packages, and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import httpx
import pytest
from strawberry.http.ides import get_graphql_ide_html

from backend.web.graphiql_page import PACKAGES, without_elsewhere

PAGE = get_graphql_ide_html("graphiql")
_PART = re.compile(r'(?:src|href)="(/graphiql/[^"]+)"\s+integrity="sha384-([^"]+)"')


def test_where_a_file_is_missing_the_page_stays_as_it_is(tmp_path: Path) -> None:
    assert "https://unpkg.com/" in PAGE
    assert without_elsewhere(PAGE, tmp_path) == PAGE


@pytest.mark.skipif(not PACKAGES.is_dir(), reason="GraphiQL's npm packages are not installed")
async def test_the_page_loads_its_own_bytes_from_here(client: httpx.AsyncClient) -> None:
    page = await client.get("/graphql", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "unpkg.com" not in page.text
    parts = _PART.findall(page.text)
    assert len(parts) == 7
    for address, integrity in parts:
        part = await client.get(address)
        assert part.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert base64.b64encode(hashlib.sha384(part.content).digest()).decode() == integrity


@pytest.mark.parametrize("name", ["react@18.2.0/package.json", "../graphiql_page.py", "nothing"])
async def test_no_other_file_is_served(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/graphiql/{name}")
    assert answer.status_code == 404
