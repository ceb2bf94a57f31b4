"""One change stream a process, fanned out to whoever listens.

Subscriptions and workers hear of inserts in the collections they name,
whichever process made them. The stream opens with the first listener and
resumes after a failure where it stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

import structlog
from bson import ObjectId
from pymongo.errors import OperationFailure, PyMongoError

from backend.core.database import Raw, Store

log = structlog.get_logger(__name__)

WATCHED = (
    "outbox",
    "alerts",
    "report_jobs",
    "report_alerts",
    "care_tickets",
    "inbox_items",
    # What says whether somebody may go on listening.
    "relations",
    "consents",
    "sessions",
    "care_teams",
)
Heard = tuple[str, Raw]
"""A collection's name and the document as it is now."""

_QUEUE_SIZE = 1_000
_ENDING = ("updateDescription.updatedFields.ended_at", "updateDescription.updatedFields.roles")
_RESUME_LOST = {260, 280, 286}  # InvalidResumeToken, ChangeStreamFatalError, HistoryLost


class Changes:
    """The process's ear on the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._feeds: dict[asyncio.Queue[Heard], Mapping[str, Raw]] = {}
        self._task: asyncio.Task[None] | None = None
        self._open = asyncio.Event()
        self._token: Any = None

    @contextlib.asynccontextmanager
    async def listen(
        self, collection: str, resident_id: ObjectId | None = None
    ) -> AsyncIterator[AsyncIterator[Raw]]:
        """Documents inserted or updated in ``collection`` from now on, of one resident or all.

        When the block is entered the stream is open: what is written afterwards is heard.
        A listener that lags 1,000 documents behind loses the oldest.
        """
        match = {} if resident_id is None else {"resident_id": resident_id}
        async with (
            self.listen_to({collection: match}) as feed,
            contextlib.aclosing(_documents(feed)) as documents,
        ):
            yield documents

    @contextlib.asynccontextmanager
    async def listen_to(self, wanted: Mapping[str, Raw]) -> AsyncIterator[AsyncIterator[Heard]]:
        """As ``listen``, to several collections in the order of their changes.

        ``wanted`` says for each collection which fields a document must have with which values.
        Raises ValueError for a collection that is not ``WATCHED``: nothing would be heard.
        """
        if unheard := set(wanted) - set(WATCHED):
            raise ValueError(f"not watched: {sorted(unheard)}")
        queue: asyncio.Queue[Heard] = asyncio.Queue(_QUEUE_SIZE)
        self._feeds[queue] = wanted
        if self._task is None or self._task.done():
            self._open.clear()
            self._task = asyncio.create_task(self._run())
        await self._open.wait()
        try:
            yield _drain(queue)
        finally:
            del self._feeds[queue]

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._watch()
            except PyMongoError as error:
                if isinstance(error, OperationFailure) and error.code in _RESUME_LOST:
                    self._token = None
                log.warning("change stream interrupted", error=type(error).__name__)
                await asyncio.sleep(0.5)

    async def _watch(self) -> None:
        pipeline = [
            {
                "$match": {
                    "ns.coll": {"$in": list(WATCHED)},
                    "operationType": {"$in": ["insert", "update", "replace"]},
                    # The outbox's and the sessions' own bookkeeping is no news.
                    "$or": [
                        {"ns.coll": {"$nin": ["outbox", "sessions"]}},
                        {"ns.coll": "outbox", "operationType": "insert"},
                        *({"ns.coll": "sessions", each: {"$exists": True}} for each in _ENDING),
                    ],
                }
            }
        ]
        async with await self._store.db.watch(
            pipeline,
            full_document="updateLookup",
            resume_after=self._token,
            max_await_time_ms=1_000,
        ) as stream:
            self._open.set()
            async for change in stream:
                self._spread(change["ns"]["coll"], change.get("fullDocument"))
                self._token = stream.resume_token

    def _spread(self, collection: str, document: Raw | None) -> None:
        if document is None:
            return
        for queue, wanted in list(self._feeds.items()):
            match = wanted.get(collection)
            if match is None or any(document.get(name) != it for name, it in match.items()):
                continue
            if queue.full():
                queue.get_nowait()
            queue.put_nowait((collection, document))


async def _drain(queue: asyncio.Queue[Heard]) -> AsyncIterator[Heard]:
    while True:
        yield await queue.get()


async def _documents(feed: AsyncIterator[Heard]) -> AsyncGenerator[Raw, None]:
    async for _, document in feed:
        yield document
