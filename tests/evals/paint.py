"""How soon a slow phone shows the first thing worth reading: ``python -m tests.evals.paint``.

A processor four times slower, 150 ms and 1.6 Mbit/s, a cold cache and no worker: the median and
the span of some rounds, in seconds from the start of the navigation to the frame after the text is
there. Not a test, for it measures the machine too: read it beside the load that it prints.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
from pathlib import Path

from backend.core.embedded import EmbeddedMongo
from tests.client.conftest import opened
from tests.client.family import a_family, sign_in
from tests.client.phone import Phone, quoted
from tests.sharing.browser import Page

_SLOWER = 4
_LATENCY_MS = 150
_BYTES_A_SECOND = 1_600_000 // 8
_TARGET_SECONDS = 2.0
_SEEN = """new MutationObserver((_, observer) => {
  if (!document.body?.innerText.includes(%s)) return
  observer.disconnect()
  requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now() }))
}).observe(document, { childList: true, subtree: true, characterData: true })"""


async def _slow(page: Page) -> None:
    await page.call("Emulation.setCPUThrottlingRate", rate=_SLOWER)
    await page.call(
        "Network.emulateNetworkConditions",
        offline=False, latency=_LATENCY_MS,
        downloadThroughput=_BYTES_A_SECOND, uploadThroughput=_BYTES_A_SECOND,
    )  # fmt: skip


async def _quick(page: Page) -> None:
    await page.call("Emulation.setCPUThrottlingRate", rate=1)
    await page.call(
        "Network.emulateNetworkConditions",
        offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1,
    )  # fmt: skip


async def _forget(phone: Phone, which: str) -> None:
    """Leaves nothing of the client in the browser but what the script ``which`` spares."""
    await phone.page.goto(f"http://{phone.address}/health")
    await phone.page.run(which)
    await phone.page.call("Network.clearBrowserCache")


async def _opened(phone: Phone, text: str, which: str) -> float:
    """Seconds until ``text`` is painted."""
    page = phone.page
    await _forget(phone, which)
    watch = await page.call("Page.addScriptToEvaluateOnNewDocument", source=_SEEN % quoted(text))
    await _slow(page)
    await phone.open()
    await page.until("window.painted !== undefined")
    painted: float = await page.run("window.painted")
    await _quick(page)
    await page.call("Page.removeScriptToEvaluateOnNewDocument", identifier=watch["identifier"])
    return painted / 1000


_NO_CLIENT = """Promise.all([
  caches.keys().then(names => Promise.all(names.map(name => caches.delete(name)))),
  navigator.serviceWorker.getRegistrations()
    .then(all => Promise.all(all.map(each => each.unregister()))),
])"""
_NOTHING_SEEN = """Object.keys(localStorage)
  .filter(key => key.startsWith('seen')).forEach(key => localStorage.removeItem(key))"""


async def _measure(phone: Phone, rounds: int) -> None:
    async def several(name: str, text: str, which: str) -> None:
        took = sorted([await _opened(phone, text, which) for _ in range(rounds)])
        middle = statistics.median(took)
        mark = "✓" if middle <= _TARGET_SECONDS else "✗"
        print(f"{mark} {name}: {middle:.2f} s ({took[0]:.2f} to {took[-1]:.2f})", flush=True)

    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {rounds} rounds each")
    await several("sign-in", "张建国，父亲", f"localStorage.clear(); {_NO_CLIENT}")
    await sign_in(phone, "张建国，父亲")
    await phone.sees("152/94")
    await several("home from memory", "152/94", _NO_CLIENT)
    await several("home, nothing seen yet", "152/94", f"{_NOTHING_SEEN}; {_NO_CLIENT}")


async def _run(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, EmbeddedMongo(Path(folder) / "mongod") as uri:
        async with opened(uri, Path(folder)) as household:
            await a_family(household.services)
            await _measure(household.phone, rounds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    asyncio.run(_run(parser.parse_args().rounds))
