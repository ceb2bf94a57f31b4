"""A stand-in for api.weixin.qq.com that speaks jscode2session over real HTTP, errors included.

Protocol: WeChat server API, "小程序登录 code2Session": GET with appid, secret, js_code and
grant_type; HTTP 200 and JSON as text/plain always; codes are good once.
"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

APP_ID = "wx0123456789abcdef"
APP_SECRET = "0123456789abcdef0123456789abcdef"
SESSION_KEY = "c2Vzc2lvbi1rZXktb2YtdGVzdA=="


class WeChatServer:
    """``url`` is its address; ``user`` makes a code, ``fail`` and ``raw`` make a bad answer."""

    def __init__(self) -> None:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.serve(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self.forget()

    def forget(self) -> None:
        self.requests = 0
        self._users: dict[str, dict[str, str]] = {}
        self._used: set[str] = set()
        self._failure: tuple[int, bytes, float] | None = None

    def user(self, code: str, openid: str, unionid: str | None = None) -> None:
        self._users[code] = {"openid": openid, "session_key": SESSION_KEY}
        if unionid is not None:
            self._users[code]["unionid"] = unionid

    def fail(self, errcode: int) -> None:
        """Every request from now on gets this errcode."""
        self.raw(_error(errcode))

    def raw(self, body: bytes, *, status: int = 200, after_seconds: float = 0) -> None:
        self._failure = (status, body, after_seconds)

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        self.requests += 1
        status, body, wait = self._failure or (200, self._answer(request.path), 0)
        time.sleep(wait)
        request.send_response(status)
        request.send_header("Content-Type", "text/plain")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _answer(self, path: str) -> bytes:
        address = urlsplit(path)
        asked = {key: values[0] for key, values in parse_qs(address.query).items()}
        code = asked.get("js_code", "")
        if address.path != "/sns/jscode2session" or asked["grant_type"] != "authorization_code":
            return _error(40002)
        if asked.get("appid") != APP_ID:
            return _error(40013)
        if asked.get("secret") != APP_SECRET:
            return _error(40125)
        if code in self._used:
            return _error(40163)
        if code not in self._users:
            return _error(40029)
        self._used.add(code)
        return json.dumps(self._users[code]).encode()

    def __enter__(self) -> WeChatServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _error(errcode: int) -> bytes:
    return json.dumps({"errcode": errcode, "errmsg": "invalid code, rid: 0-0-0"}).encode()
