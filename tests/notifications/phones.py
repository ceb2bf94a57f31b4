"""Phones: a channel that keeps what it is handed, and stand-in servers over real HTTP."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar

from bson import ObjectId

from backend.access.consent.purpose import Purpose
from backend.core.container import Core
from backend.identity.viewer import Role, Viewer
from backend.notifications.channels.base import SENT, Answer, Capability, Parcel
from backend.notifications.kinds import ChannelKey
from backend.notifications.wiring import Notifications, build_notifications
from backend.services import Services


class Phone:
    """A plug-in like the others: ``answers`` are given in turn, then ``SENT``."""

    key: ClassVar[ChannelKey]
    capability: ClassVar[Capability]

    def __init__(self) -> None:
        self.got: list[tuple[str, Parcel]] = []
        self.answers: deque[Answer | BaseException] = deque()

    async def address_of(self, viewer: Viewer, given: str) -> str:
        return given

    async def send(self, parcels: Sequence[tuple[str, Parcel]]) -> list[Answer]:
        found = []
        for each in parcels:
            answer = self.answers.popleft() if self.answers else SENT
            self.got.append(each)
            if isinstance(answer, BaseException):
                raise answer
            found.append(answer)
        return found

    async def close(self) -> None:
        pass

    @property
    def tags(self) -> list[str]:
        return [parcel.tag for _, parcel in self.got]


class ReplacingPhone(Phone):
    """As FCM: the same tag twice is shown once; leaves the country."""

    key = ChannelKey.FCM
    capability = Capability(
        replaces=True, consent=Purpose.FCM, registers=frozenset({Role.RESIDENT, Role.CAREGIVER})
    )


class SayingPhone(Phone):
    """As Telegram, without its consent: what is sent twice is read twice."""

    key = ChannelKey.TELEGRAM
    capability = Capability(replaces=False)


class CountingPhone(Phone):
    """As WeChat: each message was allowed before."""

    key = ChannelKey.WECHAT
    capability = Capability(replaces=False, counted=True, registers=frozenset({Role.RESIDENT}))


def with_phones(services: Services, *phones: Phone) -> Notifications:
    return build_notifications(services.core, services.access, {each.key: each for each in phones})


async def reachable(core: Core, room: Notifications, account_id: ObjectId, phone: Phone) -> str:
    """An address of the account's, and what it is."""
    await core.keyring.create(account_id)
    address = f"{phone.key.value}-{account_id}"
    await room.addresses.put(account_id, phone.key, address)
    return address


Serve = Callable[[str, dict[str, Any]], tuple[int, Any, dict[str, str]]]


class StandIn:
    """A server at ``url`` that hands every POST's path and JSON to ``serve``."""

    def __init__(self, serve: Serve) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                size = int(self.headers["content-length"])
                body = json.loads(self.rfile.read(size))
                stand_in.asked.append((self.path, body))
                status, answer, headers = serve(self.path, body)
                raw = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> StandIn:
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
