"""Evidence in, points out: told by events, whichever comes first, or twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bson import ObjectId

from backend.archive.events import EntriesAdded, EntryChanged
from backend.core.outbox import Handler
from backend.measurements.events import ReadingCorrected, ReadingsRecorded, ReadingWithdrawn
from rewards.evidence.entries import EntryEvidence
from rewards.evidence.readings import ReadingEvidence
from rewards.evidence.source import EvidenceSource
from rewards.ledger.ledger import Ledger
from rewards.rules.book import Books, Rulebook
from rewards.rules.rule import EvidenceKind
from rewards.settling import counting, known, taking

_AT_ONCE = 500


class Earning:
    """Subscribes to what residents do. Idempotent: it may be told anything any number of times."""

    def __init__(
        self, ledger: Ledger, books: Books, plugged: Sequence[EvidenceSource] = ()
    ) -> None:
        """``plugged`` are sources of rooms that this one does not know, a kind each."""
        self._ledger = ledger
        self._books = books
        self._readings = ReadingEvidence()
        self._entries = EntryEvidence()
        self._plugged = {kind: each for each in plugged for kind in each.kinds}
        self.kinds = self._readings.kinds | self._entries.kinds | self._plugged.keys()
        """Kinds of evidence that some source gives: the tasks that can be done."""

    def of(self, kind: EvidenceKind, ids: Callable[[Any], Sequence[ObjectId]]) -> Handler:
        """A subscriber for a plugged source: ``ids`` picks out of an event what it is about."""
        source = self._plugged[kind]

        async def handle(event: Any, _: ObjectId) -> None:
            await self.take(event.resident_id, source, ids(event))

        return handle

    async def on_recorded(self, event: ReadingsRecorded, _: ObjectId) -> None:
        await self.take(event.resident_id, self._readings, event.reading_ids)

    async def on_reading(self, event: ReadingCorrected | ReadingWithdrawn, _: ObjectId) -> None:
        await self.take(event.resident_id, self._readings, [event.reading_id])

    async def on_entries(self, event: EntriesAdded, _: ObjectId) -> None:
        await self.take(event.resident_id, self._entries, event.entry_ids)

    async def on_entry(self, event: EntryChanged, _: ObjectId) -> None:
        await self.take(event.resident_id, self._entries, [event.entry_id])

    async def take(
        self, resident_id: ObjectId, source: EvidenceSource, ids: Sequence[ObjectId]
    ) -> None:
        """Something happened to these things: credit and reverse until it is right."""
        book = await self._books.current()
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            if await self._concerns(resident_id, source, some, book):
                await self._ledger.transact(resident_id, taking(source, some, book))

    async def _concerns(
        self,
        resident_id: ObjectId,
        source: EvidenceSource,
        ids: Sequence[ObjectId],
        book: Rulebook,
    ) -> bool:
        # Most readings are no evidence and never were: no transaction for them.
        if counting(await source.read(None, resident_id, ids), book):
            return True
        return bool(await known(None, resident_id, source, ids))
