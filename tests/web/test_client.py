"""How the server shows the reference client: its files, their headers, and what else is asked."""

from __future__ import annotations

import dataclasses
import html
import re
from pathlib import Path
from typing import Any, cast

import httpx
import orjson
import pytest
from litestar import Litestar

from backend.services import Services
from backend.web.answers import HANDLERS
from backend.web.client import client_routes


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "h5"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><head><title>康伴</title>", "utf-8")
    (folder / "assets" / "index-1.js").write_text("export {}" * 200)
    (folder / "assets" / "index-2.js").write_text("export {}" * 200)
    (folder / "assets" / "index-2.js.br").write_bytes(b"made by the build")
    (folder / "worker.js").write_text("self.worker = true")
    (folder / "assets" / "secret.env").write_text("no")
    (tmp_path / "outside.js").write_text("no")
    return folder


def shown(services: Services, built: Path) -> httpx.AsyncClient:
    app = Litestar(client_routes(services, built), exception_handlers=HANDLERS, openapi_config=None)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=cast(Any, app)), base_url="http://local"
    )


async def test_the_page_is_asked_for_again_and_its_parts_are_kept(
    services: Services, built: Path
) -> None:
    async with shown(services, built) as browser:
        page = await browser.get("/")
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
        assert "康伴" in page.text
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert "http" not in policy
        again = await browser.get("/", headers={"if-none-match": page.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        part = await browser.get("/assets/index-1.js")
        assert part.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert part.headers["content-encoding"] == "gzip"
        assert int(part.headers["content-length"]) < len(part.text)
        plain = await browser.get("/assets/index-1.js", headers={"accept-encoding": "identity"})
        assert (plain.text, plain.headers.get("content-encoding")) == (part.text, None)


async def test_the_worker_is_asked_for_again_and_may_ask_no_one_else(
    services: Services, built: Path
) -> None:
    async with shown(services, built) as browser:
        worker = await browser.get("/worker.js")
    assert worker.status_code == 200
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    assert "default-src 'none'; script-src 'self';" in worker.headers["content-security-policy"]
    assert "connect-src 'self';" in worker.headers["content-security-policy"]


async def test_what_the_build_packed_goes_to_who_understands_it(
    services: Services, built: Path
) -> None:
    async with shown(services, built) as browser:
        for accepted, sent in (("gzip, br;q=0.9", "br"), ("gzip, deflate", "gzip"), ("", None)):
            headers = {"accept-encoding": accepted}
            async with browser.stream("GET", "/assets/index-2.js", headers=headers) as part:
                body = b"".join([each async for each in part.aiter_raw()])
            assert part.headers.get("content-encoding") == sent
            assert part.headers["vary"] == "accept-encoding"
            assert (body == b"made by the build") == (sent == "br")
        itself = await browser.get("/assets/index-2.js.br")
    assert itself.status_code == 404


async def test_the_page_says_how_one_can_sign_in(services: Services, built: Path) -> None:
    async with shown(services, built) as browser:
        page = await browser.get("/")
        asked = await browser.get("/client.json")
    written = re.search('<head><meta name="kangban-ways" content="([^"]+)">', page.text)
    assert written is not None
    assert orjson.loads(html.unescape(written[1])) == asked.json()


async def test_only_who_switches_the_phone_on_lets_pages_ask_elsewhere(
    services: Services, built: Path
) -> None:
    for recaptcha, scripts, frames in (
        ("https://robots.example", "'self' https://robots.example/recaptcha/ ", "https://robots"),
        ("", "'self'; ", "'none'"),
    ):
        changed = {
            "firebase_project_id": "kangban", "firebase_web_api_key": "AIza-public",
            "firebase_recaptcha_url": recaptcha,
        }  # fmt: skip
        settings = services.core.settings.model_copy(update=changed)
        core = dataclasses.replace(services.core, settings=settings)
        async with shown(dataclasses.replace(services, core=core), built) as browser:
            policy = (await browser.get("/")).headers["content-security-policy"]
            ways = (await browser.get("/client.json")).json()
        assert f"script-src {scripts}" in policy
        assert f"frame-src {frames}" in policy
        assert "connect-src 'self' https://identitytoolkit.googleapis.com/; " in policy
        assert ways["phone"] == {
            "address": "https://identitytoolkit.googleapis.com", "key": "AIza-public",
            "recaptcha": recaptcha or None,
        }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["/assets/none.js", "/assets/secret.env", "/assets/..%2F..%2Foutside.js", "/static/index.html"],
)
async def test_what_is_no_part_of_the_client_is_not_there(
    services: Services, built: Path, path: str
) -> None:
    async with shown(services, built) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] in {"PAGE_PART_UNKNOWN", "ROUTE_NOT_FOUND"}


async def test_without_a_build_the_page_says_how_to_get_it(
    services: Services, tmp_path: Path
) -> None:
    async with shown(services, tmp_path / "nothing") as browser:
        page = await browser.get("/")
        ways = await browser.get("/client.json")
        worker = await browser.get("/worker.js")
    assert worker.status_code == 404
    assert page.status_code == 200
    assert "make demo" in page.text
    assert "Node.js" in page.text
    assert "content-security-policy" in page.headers
    assert ways.json() == {"demo": True, "wechat": False, "phone": None}
