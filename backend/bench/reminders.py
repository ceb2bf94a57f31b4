"""Reminders due in one minute, handed over by two worker processes, one of them killed.

What is counted is counted by the phones: an HTTP server that speaks the least of a push protocol
(a tag and an address; the same tag again replaces, as FCM's does). Every inbox must have its item
once, every phone must show its message once, within the issue's sixty seconds.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import orjson
from bson import ObjectId

from backend.access.service import Access
from backend.bench.measure import Ratio
from backend.bench.reminders_store import WORKER_DOCUMENTS, fill
from backend.care.reminders.documents import OccurrenceDocument
from backend.care.reminders.worker import ReminderWorker
from backend.core.container import build_core
from backend.core.database import store_at
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings, into_environment
from backend.identity.viewer import Viewer
from backend.notifications.channels.base import SENT, Answer, Capability, Parcel, Result
from backend.notifications.documents import InboxItem
from backend.notifications.kinds import ChannelKey
from backend.notifications.wiring import build_notifications
from backend.services import Services

_LIMIT_SECONDS = 60.0
_PATIENCE = 180.0
_SET_UP = timedelta(seconds=25)
"""How long after filling the reminders fall due: the workers are up by then."""


class PhoneServer:
    """Counts tags by address."""

    def __init__(self) -> None:
        self.tags: Counter[str] = Counter()
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = orjson.loads(self.rfile.read(int(self.headers["content-length"])))
                with server._lock:
                    server.tags.update(body)
                self.send_response(204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class BenchPhones:
    """A channel like the others. A batch goes as one request, as over one HTTP/2 connection."""

    key: ClassVar[ChannelKey] = ChannelKey.FCM
    capability: ClassVar[Capability] = Capability(replaces=True)

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url)

    async def address_of(self, viewer: Viewer, given: str) -> str:
        return given

    async def send(self, parcels: Sequence[tuple[str, Parcel]]) -> list[Answer]:
        tags = [f"{address}/{parcel.tag}" for address, parcel in parcels]
        try:
            await self._client.post("/", content=orjson.dumps(tags))
        except httpx.HTTPError:
            return [Answer(Result.LATER)] * len(parcels)
        return [SENT] * len(parcels)

    async def close(self) -> None:
        await self._client.aclose()


async def reminders(services: Services, count: int) -> Ratio:
    """Seconds from the minute they are due until the last phone has its message, by sixty.

    Raises ``AssertionError`` where one is twice or lost.
    """
    phones = PhoneServer()
    due = services.core.clock.now() + _SET_UP + timedelta(seconds=count / 200)
    accounts = await fill(services, count, due)
    into_environment(services.core.settings)
    command = (sys.executable, "-m", "backend.bench.reminders", phones.url)
    workers = [await asyncio.create_subprocess_exec(*command) for _ in range(2)]
    try:
        seconds = await _handed_over(services, phones, workers[0], count, due)
    finally:
        for each in workers:
            if each.returncode is None:
                each.kill()
            await each.wait()
        phones.close()
    await _check(phones, accounts)
    limit = 1_000 * _LIMIT_SECONDS
    return Ratio(f"reminders_{count}_due_at_once", 1_000 * seconds, limit, 1.0, count)


async def _handed_over(
    services: Services,
    phones: PhoneServer,
    victim: asyncio.subprocess.Process,
    count: int,
    due: Any,
) -> float:
    wait = (due - services.core.clock.now()).total_seconds()
    assert wait > 0, "filling took longer than the set-up"
    await asyncio.sleep(wait)
    began = time.perf_counter()
    alive = True
    while len(phones.tags) < count:
        if alive and len(phones.tags) >= count // 3:
            victim.send_signal(signal.SIGKILL)
            alive = False
        assert time.perf_counter() - began < _PATIENCE, f"only {len(phones.tags)} of {count}"
        await asyncio.sleep(0.02)
    assert not alive, "nobody was killed"
    return time.perf_counter() - began


async def _check(phones: PhoneServer, accounts: Sequence[ObjectId]) -> None:
    """None twice, none lost: in the store, and on the phones."""
    items = await InboxItem.get_pymongo_collection().find({}, {"account_id": 1}).to_list()
    told = Counter(each["account_id"] for each in items)
    assert told == Counter(accounts), "an inbox without its item, or with two"
    assert await OccurrenceDocument.find_all().count() == len(accounts)
    shown = Counter(tag.partition("/")[0] for tag in phones.tags)
    assert shown == Counter(map(str, accounts)), "a phone without its message, or with two"


async def _work(phones_url: str) -> None:
    """One worker process: both halves of the way, by the machine's clock."""
    settings = Settings()
    assert settings.mongodb_uri is not None
    master = LocalMasterKey.from_file(Path(settings.data_dir) / "keys" / "master.key", create=False)
    store = store_at(settings.mongodb_uri.get_secret_value(), settings.database)
    core = build_core(settings, store, master)
    await store.prepare(WORKER_DOCUMENTS, indexes=False)
    phones = BenchPhones(phones_url)
    room = build_notifications(core, Access(core.clock), {phones.key: phones})
    worker = ReminderWorker(core, room.telling, room.recipients)
    await asyncio.gather(worker.run(), room.sending.run())


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1]))
