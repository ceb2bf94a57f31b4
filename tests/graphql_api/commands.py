"""Counts what the driver really asks of MongoDB."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

_NO_READS_OR_WRITES = frozenset(
    {"hello", "ping", "endSessions", "getMore", "killCursors", "saslStart", "saslContinue"}
)
"""The last two sign a new connection of the pool in."""


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
