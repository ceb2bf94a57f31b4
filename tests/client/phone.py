"""The reference client in Chromium, 390 by 844, used as a person uses it: by what is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.sharing.browser import Page

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "mobile_contract" / "client"
PICTURES = ROOT / "tests" / "artifacts" / "client"
_AXE = CLIENT / "node_modules" / "axe-core" / "axe.min.js"
_FOUND = """text => {
  const said = e => [e.innerText.trim(), e.ariaLabel]
  const all = [...document.querySelectorAll('[role=button], [role=link]')]
    .filter(e => e.checkVisibility() && e.ariaDisabled !== 'true')
  return all.filter(e => said(e).includes(text)).at(-1)
    ?? all.filter(e => e.innerText.includes(text)).at(-1)
}"""
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_SIZES = """(() => {
  const seen = [...document.querySelectorAll('uni-page-body *')].filter(e => e.checkVisibility())
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
  const px = e => parseFloat(getComputedStyle(e).fontSize)
  const box = e => e.getBoundingClientRect()
  return {
    small: seen.filter(e => own(e) && px(e) < %d).map(e => e.innerText),
    tight: seen.filter(e => e.matches('[role=button], [role=link], uni-input, uni-textarea'))
      .filter(e => box(e).height < 48 || box(e).width < 48).map(e => e.outerHTML.slice(0, 120)),
    wide: document.documentElement.scrollWidth > innerWidth,
  }
})()"""


def built() -> None:
    """Skips the test where the client was not built (no Node on this machine)."""
    if not (CLIENT / "dist" / "build" / "h5" / "index.html").is_file() or not _AXE.is_file():
        pytest.skip("the client is not built: make demo, with Node.js")


def quoted(text: str) -> str:
    return orjson.dumps(text).decode()


@dataclass
class Phone:
    page: Page
    address: str
    looked: list[str] = field(default_factory=list)

    async def prepare(self) -> None:
        await self.page.call(
            "Emulation.setDeviceMetricsOverride",
            width=390, height=844, deviceScaleFactor=1, mobile=True,
        )  # fmt: skip
        await self.page.call("Emulation.setTimezoneOverride", timezoneId="Asia/Shanghai")

    async def open(self) -> None:
        await self.page.goto(f"http://{self.address}/")

    async def sees(self, *texts: str) -> None:
        for text in texts:
            await self.page.until(f"document.body.innerText.includes({quoted(text)})")

    async def tap(self, text: str) -> None:
        """The last thing that can be tapped now and says just this, or else has it in what it
        says."""
        found = f"({_FOUND})({quoted(text)})"
        await self.page.until(f"{found} !== undefined")
        await self.page.run(f"{found}.click()")

    async def enter(self, text: str) -> None:
        """The same by keyboard."""
        found = f"({_FOUND})({quoted(text)})"
        await self.page.until(f"{found} !== undefined")
        await self.page.run(f"{found}.focus()")
        for kind in ("keyDown", "keyUp"):
            await self.page.call(
                "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter",
                windowsVirtualKeyCode=13,
            )  # fmt: skip

    async def type(self, label: str, text: str) -> None:
        """Into the field of that name, as a keyboard does."""
        field = f"document.querySelector('[aria-label={quoted(label)}]')"
        await self.page.until(f"{field} !== null")
        await self.page.run(f"{field}.focus()")
        await self.page.call("Input.insertText", text=text)

    async def digits(self, number: str) -> None:
        for digit in number:
            await self.tap(f"数字 {digit}")

    async def network(self, *, on: bool) -> None:
        await self.page.call(
            "Network.emulateNetworkConditions",
            offline=not on, latency=0, downloadThroughput=-1, uploadThroughput=-1,
        )  # fmt: skip

    async def look(self, name: str, *, smallest: int = 20) -> None:
        """A picture; nothing that WCAG 2.2 AA forbids; nothing small, tight or cut off."""
        self.looked.append(name)
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / f"{name}.png").write_bytes(await self.page.screenshot())
        sizes = await self.page.run(_SIZES % smallest)
        assert sizes == {"small": [], "tight": [], "wide": False}, (name, sizes)
        if not await self.page.run("typeof axe !== 'undefined'"):
            await self.page.run(_AXE.read_text("utf-8"))
        options = orjson.dumps({"runOnly": _WCAG, "resultTypes": ["violations"]}).decode()
        found: list[dict[str, Any]] = await self.page.run(
            f"axe.run(document, {options}).then(r => r.violations.map("
            "v => ({id: v.id, nodes: v.nodes.map(n => n.html.slice(0, 160))})))"
        )
        assert found == [], (name, found)

    def asked_of_server(self) -> list[str]:
        """Paths, in the order they were asked for."""
        own = f"http://{self.address}"
        return [url.removeprefix(own) for url, _ in self.page.requests if url.startswith(own)]

    def asked_outside(self) -> list[str]:
        """Addresses elsewhere that something was asked of."""
        own = re.compile(rf"(http|ws)://{re.escape(self.address)}/|about:|data:|blob:")
        return [url for url, _ in self.page.requests if not own.match(url)]
