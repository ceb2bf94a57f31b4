"""An OpenAI-compatible chat endpoint over real HTTP that misbehaves on purpose."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Items = list[str]
Behaviour = Callable[[Items], str]
"""The numbered sentences that came in; the content of the message that goes out."""


def wording(texts: list[str], cites: list[list[int]] | None = None) -> str:
    rows = [{"text": text, "cites": cites[i] if cites else [i + 1]} for i, text in enumerate(texts)]
    return json.dumps({"sentences": rows}, ensure_ascii=False)


def faithful(items: Items) -> str:
    return wording(items)


def kinder(items: Items) -> str:
    return wording([f"您好，{items[0]}", *items[1:]])


def _first(change: Callable[[str], str]) -> Behaviour:
    return lambda items: wording([change(items[0]), *items[1:]])


def _one_more(text: str) -> Behaviour:
    return lambda items: wording([*items, text], [[i + 1] for i in range(len(items))] + [[1]])


WRONG: dict[str, Behaviour] = {
    "wrong number": _first(lambda s: re.sub(r"\d+", lambda m: str(int(m[0]) + 1), s, count=1)),
    "number in words": _one_more("其实是一百九十九。"),
    "wrong unit": _first(lambda s: s.replace("mmHg", "kPa").replace("mmol/L", "mg/dL") + "kPa"),
    "another unit for the number": _first(lambda s: re.sub(r"(\d+) ?mmHg", r"\1 次/分", s)),
    "wrong date": _first(lambda s: s + "这是2025年1月1日的结果。"),
    "swapped pair": _first(lambda s: re.sub(r"(\d+)/(\d+)", r"\2/\1", s) + "对。"),
    "invented citation": lambda items: wording(items, [[99]] * len(items)),
    "no citation": lambda items: wording(items, [[]] * len(items)),
    "prose": lambda items: "好的！您的血压一切正常，请放心。",
    "half JSON": lambda items: wording(items)[:-7],
    "other JSON": lambda items: json.dumps({"answer": items[0]}),
    "more fields": lambda items: wording(items)[:-1] + ', "advice": "停药"}',
    "nothing": lambda items: "",
    "link": _one_more("详情见 https://evil.example/pay。"),
    "markup": _first(lambda s: f"**{s}**"),
    "html": _first(lambda s: f"<b>{s}</b>"),
    "markdown image": _one_more("![x](x)"),
    "somebody else's name": _one_more("王秀兰女士也是这样。"),
    "a doctor": _one_more("李医生说没问题。"),
    "advice": _one_more("建议您停药。"),
    "a drug": _one_more("可以试试二甲双胍。"),
    "a condition": _one_more("这是冠心病的表现。"),
    "turned round": _first(lambda s: "不是这样：" + s),
    "reassurance": _one_more("完全正常，放心。"),
    "left out": lambda items: wording(["看过了。"]),
    "a mark of its own": _one_more("〔77〕也要看。"),
    "very long": _one_more("是的" * 280),
    "control characters": _one_more("好\u202e的。"),
}


class Standin:
    """``behaviour`` may be changed between calls; ``bodies`` are all requests as received."""

    def __init__(self, behaviour: Behaviour = faithful) -> None:
        self.behaviour = behaviour
        self.status = 200
        self.silence = 0.0
        self.drip = 0.0
        self.cut = False
        self.bodies: list[str] = []
        self.url = ""

    @property
    def calls(self) -> int:
        return len(self.bodies)

    def content(self, body: dict[str, Any]) -> str:
        items = re.findall(r"^\[\d+\] (.*)$", body["messages"][-1]["content"], re.M)
        return self.behaviour(items)


@contextmanager
def serving(behaviour: Behaviour = faithful) -> Iterator[Standin]:
    """The stand-in at a free port as long as the block runs."""
    standin = Standin(behaviour)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(standin))
    server.daemon_threads = True
    standin.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(standin: Standin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            standin.bodies.append(raw)
            assert self.path == "/v1/chat/completions"
            time.sleep(standin.silence)
            body = json.dumps(self._answer(json.loads(raw))).encode()
            try:
                self._send(body)
            except (BrokenPipeError, ConnectionResetError):
                return  # who asked has gone

        def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
            if standin.status != 200:
                return {"error": {"message": "no", "type": "server_error", "code": None}}
            return {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1,
                "model": body["model"],
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "content": standin.content(body)},
                    }
                ],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }

        def _send(self, body: bytes) -> None:
            self.send_response(standin.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if standin.cut:
                self.wfile.write(body[: len(body) // 2])
                return
            if not standin.drip:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(standin.drip)

        def log_message(self, *_: object) -> None:
            return

    return Handler
