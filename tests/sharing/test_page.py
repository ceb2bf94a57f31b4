"""The page of a share link, opened in Chromium against a real server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import httpx
import pypdfium2
import pytest
from bson import ObjectId

from backend.core.clock import SystemClock
from backend.core.container import build_core
from backend.core.database import connect
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.documents import DOCUMENTS
from backend.identity.viewer import Viewer
from backend.main import build_app
from backend.services import Services, build_services
from backend.sharing.link import ShareOpen
from backend.sharing.links import MadeShareLink
from backend.sharing.shlink import shlink
from tests.factories import a_key, at, bp
from tests.graphql_api.live import server
from tests.sharing.browser import Page, browser
from tests.sharing.shares import a_link, a_person, read_shlink

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Clinic:
    """A server, somebody with a record on it, and a browser in front of it."""

    services: Services
    viewer: Viewer
    resident_id: ObjectId
    address: str
    page: Page


@pytest.fixture(scope="module")
async def clinic(
    mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Clinic]:
    folder = tmp_path_factory.mktemp("share")
    database, key_file = f"t{uuid4().hex[:12]}", folder / "master.key"
    key = LocalMasterKey.from_file(key_file, create=True)
    environment = {
        "KANGBAN_ENVIRONMENT": "test",
        "KANGBAN_MONGODB_URI": mongodb_uri,
        "KANGBAN_DATABASE": database,
        "KANGBAN_MASTER_KEY_FILE": str(key_file),
    }
    store = await connect(mongodb_uri, database)
    await store.prepare(DOCUMENTS)
    with contextlib.ExitStack() as stack:
        address = await asyncio.to_thread(
            stack.enter_context, server(folder / "server", environment)
        )
        settings = Settings(
            environment="test",
            data_dir=folder,
            demo=True,
            public_url=f"http://{address}",
            _env_file=None,
        )
        services = build_services(build_core(settings, store, key, SystemClock()))
        transport = httpx.ASGITransport(app=cast(Any, build_app(services)))
        async with httpx.AsyncClient(transport=transport, base_url="http://local") as client:
            _, viewer, resident_id = await a_person(services, client)
            for day in ("2026-11-10", "2026-11-12"):
                await services.recording.record(
                    viewer, resident_id, bp(when=at(day)), idempotency_key=a_key()
                )
        async with browser(folder / "profile") as page:
            yield Clinic(services, viewer, resident_id, address, page)
        await services.core.changes.close()
    await store.client.drop_database(database)
    await store.close()


async def fill(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        await page.run(f"document.getElementById('{name}').value = '{text}'")
    await page.run("document.querySelector('#ask button').click()")


async def link_of(clinic: Clinic, **changes: Any) -> MadeShareLink:
    return await a_link(clinic.services, clinic.viewer, clinic.resident_id, **changes)


async def opens_of(clinic: Clinic, link: MadeShareLink) -> list[ShareOpen]:
    found = await clinic.services.share_links.opens(clinic.resident_id, [link.link.id])
    return found[link.link.id]


SHOWN = "!document.getElementById('record').hidden"
TOLD = "!document.getElementById('notice').hidden && !/正在/.test(document.body.innerText)"


async def test_the_record_is_shown_and_the_key_stays_in_the_browser(clinic: Clinic) -> None:
    link, page = await link_of(clinic), clinic.page
    page.requests.clear()
    page.complaints.clear()
    await page.goto(link.url)
    assert await opens_of(clinic, link) == []  # looking at the address opens nothing yet
    await fill(page, recipient="市第一医院 心内科")
    await page.until(SHOWN)
    text = await page.text()
    for words in ("张**", "男", "高血压", "青霉素", "氨氯地平", "138/86 mmHg", "6.8 mmol/L"):
        assert words in text, (words, text)
    assert "张建国" not in text
    assert await page.run("document.querySelectorAll('svg.trend polyline').length") == 2
    key = read_shlink(link.shlink)["key"]
    own = f"http://{clinic.address}/"
    asked = [url for url, _ in page.requests if not url.startswith(("about:", "data:", "blob:"))]
    assert asked
    assert all(url.startswith(own) for url in asked), asked
    for secret in (key, link.shlink.removeprefix("shlink:/")):
        assert not any(secret in whole for _, whole in page.requests)
    assert page.complaints == []
    [seen] = await opens_of(clinic, link)
    assert (seen.recipient, seen.agent) == ("市第一医院 心内科", "chrome")


async def test_a_short_address_opens_the_same(clinic: Clinic) -> None:
    link = await link_of(clinic, include_name=True)
    payload = read_shlink(link.shlink)
    token = payload["url"].split("/")[-2]
    await clinic.page.goto(f"http://{clinic.address}/s/{token}#{payload['key']}")
    await fill(clinic.page, recipient="李医生")
    await clinic.page.until(SHOWN)
    assert "张建国" in await clinic.page.text()


async def test_the_pin_is_asked_for_and_a_wrong_one_explained(clinic: Clinic) -> None:
    link, page = await link_of(clinic, pin="2468"), clinic.page
    await page.goto(link.url)
    await fill(page, recipient="李医生", pin="1111")
    await page.until(TOLD)
    assert "密码不对，还可以试 9 次" in await page.text()
    await fill(page, pin="2468")
    await page.until(SHOWN)


async def test_a_link_revoked_while_its_page_is_open_gives_nothing(clinic: Clinic) -> None:
    link, page = await link_of(clinic), clinic.page
    await page.goto(link.url)
    await clinic.services.share_links.revoke(clinic.viewer, clinic.resident_id, link.link.id)
    await fill(page, recipient="李医生")
    await page.until(TOLD)
    assert "这个链接已失效" in await page.text()
    assert "高血压" not in await page.run("document.documentElement.outerHTML")
    assert await opens_of(clinic, link) == []


async def test_a_wrong_key_and_a_cut_link_are_explained(clinic: Clinic) -> None:
    link, page = await link_of(clinic), clinic.page
    token = read_shlink(link.shlink)["url"].split("/")[-2]
    await page.goto(f"http://{clinic.address}/s/{token}#{'A' * 43}")
    await fill(page, recipient="李医生")
    await page.until(TOLD)
    assert "已损坏" in await page.text()
    await page.goto(link.url[:-20])
    await page.until(TOLD)
    assert "已损坏" in await page.text()


async def test_another_sites_link_is_not_asked_for_from_here(clinic: Clinic) -> None:
    far = shlink(
        "https://elsewhere.example/share/x/manifest",
        bytes(32),
        expires_at=clinic.services.core.clock.now(),
        pin=False,
        label="x",
    )
    clinic.page.requests.clear()
    await clinic.page.goto(f"http://{clinic.address}/s#{far}")
    await clinic.page.until(TOLD)
    assert "不是本站的" in await clinic.page.text()
    assert not [url for url, _ in clinic.page.requests if url.startswith("https:")]


async def test_the_page_prints_on_a4_and_speaks_english(clinic: Clinic) -> None:
    link, page = await link_of(clinic), clinic.page
    await page.goto(link.url)
    await fill(page, recipient="李医生")
    await page.until(SHOWN)
    pdf = pypdfium2.PdfDocument(await page.printed())
    width, height = pdf[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    printed = pdf[0].get_textpage().get_text_range()
    assert "高血压" in printed
    assert "下载" not in printed
    await page.run("document.getElementById('language').click()")
    text = await page.text()
    assert "Medications" in text
    assert "用药" not in text


async def test_text_is_large_and_dark_enough(clinic: Clinic) -> None:
    link, page = await link_of(clinic), clinic.page
    await page.goto(link.url)
    await fill(page, recipient="李医生")
    await page.until(SHOWN)
    smallest = await page.run(
        "Math.min(...[...document.querySelectorAll('body *')]"
        ".filter((each) => !each.closest('svg') && each.innerText)"
        ".map((each) => parseFloat(getComputedStyle(each).fontSize)))"
    )
    assert smallest >= 18


async def test_the_page_allows_nothing_from_elsewhere(clinic: Clinic) -> None:
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        for place in ("s", "invite", "sign"):
            answer = await client.get(f"http://{clinic.address}/{place}")
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "http" not in policy
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-frame-options"] == "DENY"
        for place in ("s/page/..%2F..%2Fshare.py", "code/page/..%2Fcodes.py"):
            unknown = await client.get(f"http://{clinic.address}/{place}")
            assert unknown.status_code == 404


CONTRAST = """
(() => {
  const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (css) => {
    const [r, g, b] = css.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const behind = (node) => {
    for (let each = node; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const shown = [...document.querySelectorAll("body *")].filter((each) =>
    each.checkVisibility() && [...each.childNodes].some((c) => c.nodeType === 3 && c.data.trim()));
  return shown.map((each) => {
    const [a, b] = [getComputedStyle(each).color, behind(each)].map(light).sort((x, y) => y - x);
    return { ratio: (a + 0.05) / (b + 0.05), size: parseFloat(getComputedStyle(each).fontSize) };
  });
})()
"""
CLIENT = """
const real = window.fetch;
window.fetch = (address, ...more) => address === "/"
  ? Promise.resolve(new Response('<meta name="kangban-invite" content="#/pages/circle/join">'
      + '<meta name="kangban-sign" content="https://elsewhere.example/#/pages/x">'))
  : real(address, ...more);
"""


@pytest.mark.parametrize(
    ("path", "chinese", "english"),
    [("invite", "是谁邀请", "who invites you"), ("sign", "家庭医生", "family doctor")],
)
async def test_a_scanned_code_is_explained_and_stays_in_the_browser(
    clinic: Clinic, path: str, chinese: str, english: str
) -> None:
    page = clinic.page
    page.requests.clear()
    page.complaints.clear()
    await page.goto(f"http://{clinic.address}/{path}#7KMN2PQR")
    await page.until("document.getElementById('steps').children.length === 3")
    text = await page.text()
    assert "7KMN-2PQR" in text
    assert chinese in text
    assert "只能用一次" in text
    found = await page.run(CONTRAST)
    assert min(each["size"] for each in found) >= 18
    assert min(each["ratio"] for each in found) >= 4.5
    await page.run("document.getElementById('language').click()")
    assert english in await page.text()
    own = f"http://{clinic.address}/"
    asked = [url for url, _ in page.requests if not url.startswith(("about:", "data:"))]
    assert asked
    assert all(url.startswith(own) for url in asked), asked
    assert not any("7KMN" in whole.upper() for _, whole in page.requests)
    assert page.complaints == []
    for broken in ("", "#", "#7KMN2PQ", "#7KMN2PQ0", "#7KMN2PQRS", "#%3Cscript%3E"):
        await page.goto(f"{own}{path}{broken}")
        await page.until("!document.getElementById('notice').hidden")
        assert await page.run("document.getElementById('given').hidden")
        assert "重新扫码" in await page.text()


async def test_a_code_is_handed_to_the_client_where_there_is_one(clinic: Clinic) -> None:
    page = clinic.page
    script = await page.call("Page.addScriptToEvaluateOnNewDocument", source=CLIENT)
    try:
        await page.goto(f"http://{clinic.address}/invite#7KMN-2PQR")
        await page.until("!document.getElementById('client').hidden")
        href = await page.run("document.getElementById('client').href")
        assert href == f"http://{clinic.address}/#/pages/circle/join?code=7KMN2PQR"
        # Another site is no client of this one.
        await page.goto(f"http://{clinic.address}/sign#7KMN2PQR")
        await page.until("document.getElementById('steps').children.length === 3")
        assert await page.run("document.getElementById('client').hidden")
    finally:
        await page.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script["identifier"])
