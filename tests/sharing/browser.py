"""Chromium with an empty profile, driven over the DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import os
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
    "--window-size=1100,1400",
    "--remote-debugging-port=0",
)
_SECONDS = 60.0


class Page:
    """One tab. ``requests`` are all addresses that it asked for, with what it sent."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._ids = itertools.count(1)
        self.requests: list[tuple[str, str]] = []
        self.complaints: list[str] = []

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._ids)
        message = {"id": number, "method": method, "params": params}
        await self._connection.send(orjson.dumps(message).decode())
        while True:
            answer = orjson.loads(await asyncio.wait_for(self._connection.recv(), _SECONDS))
            self._note(answer)
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result

    async def run(self, script: str) -> Any:
        """What the expression comes to; a promise is waited for."""
        answer = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def goto(self, url: str) -> None:
        """Loads the page anew. By way of an empty page only where nothing but the fragment is
        another, for Chromium can start the service worker in the very process that such a step
        just ends, and then hangs for good (docs/decisions/0015)."""
        if "#" in url and (await self._frame())["url"] == url.partition("#")[0]:
            await self._load("about:blank")
        await self._load(url)

    async def _load(self, url: str) -> None:
        before = (await self._frame())["loaderId"]
        end = time.monotonic() + _SECONDS
        await self.call("Page.navigate", url=url)
        while (await self._frame())["loaderId"] == before:
            assert time.monotonic() < end, url
            await asyncio.sleep(0.01)
        await self.until("document.readyState === 'complete'")

    async def _frame(self) -> dict[str, str]:
        tree = await self.call("Page.getFrameTree")
        frame: dict[str, str] = tree["frameTree"]["frame"]
        return frame

    async def until(self, condition: str) -> None:
        end = time.monotonic() + _SECONDS
        while not await self.run(condition):
            assert time.monotonic() < end, (condition, await self.text(), self.complaints)
            await asyncio.sleep(0.05)

    async def text(self) -> str:
        shown: str = await self.run("document.body.innerText")
        return shown

    async def screenshot(self, **more: Any) -> bytes:
        answer = await self.call("Page.captureScreenshot", captureBeyondViewport=True, **more)
        return base64.b64decode(answer["data"])

    async def printed(self) -> bytes:
        answer = await self.call("Page.printToPDF", preferCSSPageSize=True)
        return base64.b64decode(answer["data"])

    def _note(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        if message.get("method") == "Network.requestWillBeSent":
            request = params["request"]
            # The fragment is the browser's own and no part of what is sent.
            whole = orjson.dumps({**request, "urlFragment": None}).decode()
            self.requests.append((request["url"], whole))
        elif message.get("method") == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))


@contextlib.asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Page]:
    """A tab of a fresh Chromium. Skips the test where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium on this machine")
    command = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    environment = {**os.environ, "no_proxy": "*"}
    with (profile.parent / "chromium.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=log, stderr=log, env=environment
        )
        try:
            address = await _address(profile / "DevToolsActivePort")
            async with connect(address, proxy=None, max_size=None) as connection:
                page = Page(connection)
                for domain in ("Page", "Runtime", "Network", "Log"):
                    await page.call(f"{domain}.enable")
                yield page
        finally:
            process.terminate()
            await process.wait()


async def _address(port_file: Path) -> str:
    end = time.monotonic() + _SECONDS
    while (port := _port(port_file)) is None:
        assert time.monotonic() < end, "chromium does not start"
        await asyncio.sleep(0.05)
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        while time.monotonic() < end:
            targets = (await client.get(f"http://127.0.0.1:{port}/json")).json()
            pages = [each for each in targets if each["type"] == "page"]
            if pages:
                found: str = pages[0]["webSocketDebuggerUrl"]
                return found
            await asyncio.sleep(0.05)
    raise AssertionError("chromium has no page")


def _port(port_file: Path) -> str | None:
    written = port_file.read_text().split() if port_file.exists() else []
    return written[0] if written else None
