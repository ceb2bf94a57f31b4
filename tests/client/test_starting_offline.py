"""The client is opened anew where nothing answers: it starts, shows what was seen, and records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.client.conftest import Household, opened
from tests.client.family import a_family, go, sign_in, sign_out
from tests.client.line import Line, State, line_to
from tests.client.phone import Phone

pytestmark = pytest.mark.slow

_KEPT = """caches.keys().then(names => Promise.all(names.map(name => caches.open(name)
  .then(cache => cache.keys()).then(all => all.map(each => new URL(each.url).pathname)))))
  .then(all => all.flat())"""
_ACTIVE = "navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')"


@pytest.fixture
async def household(mongodb_uri: str, tmp_path: Path) -> AsyncIterator[Household]:
    async with opened(mongodb_uri, tmp_path) as household:
        yield household


@pytest.fixture
async def line(household: Household) -> AsyncIterator[Line]:
    async with line_to(household.phone.address) as line:
        yield line


async def test_a_phone_starts_without_its_server(household: Household, line: Line) -> None:
    await a_family(household.services)
    phone, page = Phone(household.phone.page, line.address), household.phone.page
    await phone.open()
    await sign_in(phone, "张建国，父亲")
    await phone.sees("张建国，", "152/94")
    await phone.tap("档案")
    await phone.tap("测量")
    await phone.sees("健康档案", "152/94")
    await page.until(_ACTIVE)
    kept: list[str] = await page.run(_KEPT)
    assert "/" in kept
    assert await page.call("Page.getInstallabilityErrors") == {"installabilityErrors": []}
    assert [each for each in kept if not each.startswith(("/assets/", "/static/"))] == ["/"]

    for state in (State.CUT, State.BROKEN):
        await line.become(state)
        await phone.open()
        await phone.sees("张建国，", "152/94", "现在连不上。下面是")
    await line.become(State.SILENT)
    await phone.open()
    await phone.sees("张建国，", "152/94", "这是上次看到的")
    await phone.look("70-opened-without-a-server")

    await phone.tap("档案")
    await phone.tap("测量")
    await phone.sees("健康档案", "现在连不上。下面是", "152/94")

    # Pages that were never opened before: their code is there, and says what it can.
    await phone.tap("记录")
    await phone.tap("体重")
    await phone.digits("70.5")
    await phone.tap("存好")
    await phone.sees("先存在手机里了")
    await line.become(State.CUT)
    await go(phone, "questionnaires")
    await phone.sees("现在连不上，这一页还没有看过。")
    await phone.look("71-never-seen-without-a-server")

    line.asked.clear()
    await line.become(State.WHOLE)
    await phone.open()
    await page.until("!document.body.innerText.includes('等着送出')")
    await phone.sees("70.5")
    assert "/" in line.asked  # where a server answers, its page is the newest
    assert [path for path in line.asked if path.startswith("/assets/")] == []
    await sign_out(phone)
    await line.become(State.CUT)
    await phone.open()
    await phone.sees("康伴")
    assert "152/94" not in await page.text()
    await phone.look("72-signed-out-without-a-server")
    assert [each for each in page.complaints if "Failed to load resource" not in each] == []
