"""A Bot API on loopback that checks each call against the documented parameters."""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

TOKEN = "4242:stand-in"
_DOCUMENTED = tomllib.loads((Path(__file__).parent / "bot_api.toml").read_text("utf-8"))
_ME = {"id": 4242, "is_bot": True, "first_name": "康伴", "username": "kangban_bot"}


@dataclass
class Call:
    method: str
    parameters: dict[str, Any]

    @property
    def words(self) -> str:
        return str(self.parameters.get("text") or self.parameters.get("caption") or "")

    @property
    def buttons(self) -> list[tuple[str, str]]:
        rows = self.parameters.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]
        return [(each["text"], each["callback_data"]) for row in rows for each in row]


@dataclass
class BotApi:
    """``faults`` are answered in turn, by method; ``files`` hold what can be downloaded."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    faults: dict[str, deque[tuple[int, Any]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    downloads: int = 0

    def fails(self, method: str, status: int, description: str, **parameters: Any) -> None:
        body = {"ok": False, "error_code": status, "description": description}
        if parameters:
            body["parameters"] = parameters
        self.faults.setdefault(method, deque()).append((status, body))

    def said(self, method: str = "sendMessage") -> list[Call]:
        return [each for each in self.calls if each.method == method]

    async def method(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        call = Call(name, await self._parameters(request, name))
        self.calls.append(call)
        waiting = self.faults.get(name)
        if waiting:
            status, body = waiting.popleft()
            if isinstance(body, str):
                return web.Response(status=status, text=body, content_type="text/html")
            return web.json_response(body, status=status)
        return web.json_response({"ok": True, "result": await self._result(call)})

    async def file(self, request: web.Request) -> web.StreamResponse:
        self.downloads += 1
        data = self.files.get(request.match_info["path"])
        return web.Response(status=404) if data is None else web.Response(body=data)

    async def _result(self, call: Call) -> Any:
        given = call.parameters
        if call.method in ("sendMessage", "sendPhoto"):
            chat = {"id": given["chat_id"], "type": "private"}
            return {"message_id": len(self.calls), "date": 1_790_000_000, "chat": chat}
        if call.method == "getFile":
            path = given["file_id"]
            return {"file_id": path, "file_unique_id": path, "file_path": path}
        if call.method == "getUpdates":
            due = [each for each in self.updates if each["update_id"] >= given.get("offset", 0)]
            if not due:
                await asyncio.sleep(0.02)
            return due
        return _ME if call.method == "getMe" else True

    async def _parameters(self, request: web.Request, name: str) -> dict[str, Any]:
        rules = _DOCUMENTED.get(name)
        if rules is None:
            self.wrong.append(f"{name} is not a method that is known here")
            rules = {"required": {}, "optional": {}}
        posted = await _posted(request)
        kinds = {**rules["required"], **rules["optional"]}
        lacking = set(rules["required"]) - set(posted)
        self.wrong += [f"{name} without {each}" for each in lacking]
        uploads = {key: each for key, each in posted.items() if isinstance(each, web.FileField)}
        found: dict[str, Any] = {}
        for key, value in posted.items():
            if isinstance(value, web.FileField) and key not in kinds:
                continue  # a part that attach:// names
            found[key] = self._checked(f"{name}.{key}", kinds.get(key), value, uploads)
        return found

    def _checked(self, where: str, kind: str | None, value: Any, uploads: dict[str, Any]) -> Any:
        rule, _, more = (kind or "").partition(":")
        if rule == "file":
            part = value if isinstance(value, web.FileField) else _attached(value, uploads)
            return part.file.read() if part is not None else self._no(where, value)
        if rule == "int":
            return int(value) if value.lstrip("-").isdecimal() else self._no(where, value)
        if rule == "bool":
            return value == "true" if value in ("true", "false") else self._no(where, value)
        if rule == "json":
            return self._object(where, more, json.loads(value))
        if rule == "text" and 1 <= len(value.encode("utf-16-le")) // 2 <= int(more):
            return value
        return self._no(where, value)

    def _object(self, where: str, kind: str, value: Any) -> Any:
        if kind == "ids":
            whole = isinstance(value, list) and all(type(each) is int for each in value)
            return value if whole and 1 <= len(value) <= 100 else self._no(where, value)
        if kind == "list":
            return value if isinstance(value, list) else self._no(where, value)
        known = {"LinkPreviewOptions": {"is_disabled"}, "InlineKeyboardMarkup": {"inline_keyboard"}}
        if set(value) - known[kind]:
            self._no(where, value)
        for each in (each for row in value.get("inline_keyboard", []) for each in row):
            size = len(each["callback_data"].encode())
            if set(each) != {"text", "callback_data"} or not 1 <= size <= 64 or not each["text"]:
                self._no(where, each)
        return value

    def _no(self, where: str, value: Any) -> Any:
        self.wrong.append(f"{where}: {value!r}")
        return value


async def _posted(request: web.Request) -> Mapping[str, Any]:
    """Form fields; of JSON, what they would be in a form."""
    if request.content_type != "application/json":
        return await request.post()
    body: dict[str, Any] = await request.json()
    return {key: each if isinstance(each, str) else json.dumps(each) for key, each in body.items()}


def _attached(value: str, uploads: dict[str, Any]) -> Any:
    return uploads.get(value.removeprefix("attach://"))


@asynccontextmanager
async def bot_api() -> AsyncIterator[BotApi]:
    """Raises ``AssertionError`` at its end where a call was not as documented."""
    api = BotApi()
    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/{{method}}", api.method)
    app.router.add_get(f"/file/bot{TOKEN}/{{path}}", api.file)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    api.url = f"http://{host}:{port}"
    try:
        yield api
        assert api.wrong == []
    finally:
        await runner.cleanup()
