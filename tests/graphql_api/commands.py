"""Counts what the driver really asks of MongoDB."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

from pymongo import AsyncMongoClient
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from backend.core.database import Raw, Store
from backend.documents import DOCUMENTS

_NO_READS_OR_WRITES = frozenset({"hello", "ping", "endSessions", "getMore", "killCursors"})


class Commands(CommandListener):
    """Commands with their collections, in order, while somebody counts."""

    def __init__(self) -> None:
        self._counting = False
        self.seen: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        name = event.command_name
        if self._counting and name not in _NO_READS_OR_WRITES:
            target = event.command.get(name)
            self.seen.append(f"{name} {target}" if isinstance(target, str) else name)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass

    @contextlib.contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The commands that start while the block runs."""
        self.seen = []
        self._counting = True
        try:
            yield self.seen
        finally:
            self._counting = False


@contextlib.asynccontextmanager
async def listened_store(uri: str, commands: Commands) -> AsyncIterator[Store]:
    """A database of its own on a client that ``commands`` listens to."""
    client: AsyncMongoClient[Raw] = AsyncMongoClient(
        uri, tz_aware=True, retryWrites=True, event_listeners=[commands]
    )
    store = Store(client, f"t{uuid4().hex[:12]}")
    await store.prepare(DOCUMENTS)
    yield store
    await client.drop_database(store.db.name)
    await store.close()
