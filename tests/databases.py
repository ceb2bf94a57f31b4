"""Databases for tests: each is one test's own, and emptied for the next.

Making one takes sixty collections with two hundred indexes, which is more than most tests do.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from uuid import uuid4

from pymongo import AsyncMongoClient
from pymongo.errors import InvalidOperation
from pymongo.monitoring import CommandListener

from backend.core.database import Raw, Store, connect
from backend.documents import DOCUMENTS

_REST = 3  # free ones before one is lent again: what a test left running may write a little late
_TOO_FULL = 30_000  # documents: to delete forty thousand is the work of a new database


def bind(store: Store) -> None:
    """The models to another database of the same form; they were prepared in this process."""
    for model in DOCUMENTS:
        settings = model.get_settings()
        settings.pymongo_db = store.db
        settings.pymongo_collection = store.db[model.get_collection_name()]


class Databases:
    """A process' databases. ``lend`` gives an empty one with all collections and indexes."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._free: deque[Store] = deque()
        self._made: set[str] = set()
        self._collections: frozenset[str] = frozenset()

    async def lend(self) -> Store:
        while len(self._free) >= _REST:
            store = self._free.popleft()
            try:
                if await self._emptied(store):
                    bind(store)
                    return store
            except InvalidOperation:  # the test closed it
                store = await connect(self._uri, store.db.name)
            await self.drop(store)
        store = await connect(self._uri, f"t{uuid4().hex[:12]}")
        self._made.add(store.db.name)
        await store.prepare(DOCUMENTS)
        self._collections = frozenset(await store.db.list_collection_names())
        return store

    async def take_back(self, store: Store) -> None:
        self._free.append(store)

    @contextlib.asynccontextmanager
    async def heard(self, listener: CommandListener) -> AsyncIterator[Store]:
        """As ``lend``, by a client of its own that is listened to; taken back after the block."""
        lent = await self.lend()
        client: AsyncMongoClient[Raw] = AsyncMongoClient(
            self._uri, tz_aware=True, retryWrites=True, event_listeners=[listener]
        )
        store = Store(client, lent.db.name)
        bind(store)
        yield store
        await store.close()
        await self.take_back(lent)

    async def drop(self, store: Store) -> None:
        """For a test that changed the collections themselves."""
        await store.client.drop_database(store.db.name)
        self._made.discard(store.db.name)
        await store.close()

    async def close(self) -> None:
        # By a client that is settled: one that is closed while it still connects leaves a socket.
        for name in self._made if self._free else ():
            await self._free[0].client.drop_database(name)
        for store in self._free:
            await store.close()

    async def _emptied(self, store: Store) -> bool:
        names = await store.db.list_collection_names()
        for extra in set(names) - self._collections:
            await store.db.drop_collection(extra)
        full = [store.db[name] for name in await self._filled(store)]
        counts = await asyncio.gather(*(each.estimated_document_count() for each in full))
        if sum(counts) > _TOO_FULL:
            return False
        await asyncio.gather(*(each.delete_many({}) for each in full))
        return True

    async def _filled(self, store: Store) -> list[str]:
        """The collections that hold anything, by one command."""
        first, *others = sorted(self._collections)
        pipeline = [*_named_once(first)]
        pipeline += [
            {"$unionWith": {"coll": name, "pipeline": _named_once(name)}} for name in others
        ]
        found = await store.db[first].aggregate(pipeline)
        return [each["in"] async for each in found]


def _named_once(name: str) -> list[Raw]:
    return [{"$limit": 1}, {"$project": {"_id": 0, "in": {"$literal": name}}}]
