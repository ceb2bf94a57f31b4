"""Entries and readings alike: what corrections and rollbacks are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Category
from backend.archive.documents import EntryDocument
from backend.archive.errors import EntryNotFound
from backend.archive.events import EntryChanged
from backend.core.database import Raw
from backend.core.errors import NotFound
from backend.core.outbox import Event
from backend.measurements.documents import ReadingDocument
from backend.measurements.events import ReadingsRecorded
from backend.measurements.write_errors import ReadingNotFound

ENTRIES, READINGS = "entries", "readings"


@dataclass(frozen=True, slots=True)
class Thing:
    """An entry or reading of a resident; ``collection`` says which."""

    collection: str
    resident_id: ObjectId
    document_id: ObjectId


@dataclass(frozen=True, slots=True)
class _Kind:
    documents: type[EntryDocument] | type[ReadingDocument]
    not_found: type[NotFound]
    kept: tuple[str, ...]
    """What putting an earlier version back does not bring back: identity and origin."""
    category: Callable[[Raw], Category]


_KINDS = {
    ENTRIES: _Kind(
        EntryDocument,
        EntryNotFound,
        ("_id", "resident_id", "version", "created_at", "origin", "digest", "raw", "position"),
        lambda raw: Category(raw["category"]),
    ),
    READINGS: _Kind(
        ReadingDocument,
        ReadingNotFound,
        ("_id", "resident_id", "version", "created_at", "source", "recorded_by", "raw"),
        lambda _: Category.READINGS,
    ),
}


class Records:
    """The stored documents behind ``Thing``s; who asks has passed the policy."""

    def collection(self, thing: Thing) -> Any:
        return _KINDS[thing.collection].documents.get_pymongo_collection()

    def category(self, thing: Thing, raw: Raw) -> Category:
        return _KINDS[thing.collection].category(raw)

    async def read(self, thing: Thing) -> Raw:
        """Raises ``EntryNotFound`` or ``ReadingNotFound``."""
        raw: Raw | None = await self.collection(thing).find_one(
            {"resident_id": thing.resident_id, "_id": thing.document_id}
        )
        if raw is None:
            raise _KINDS[thing.collection].not_found
        return raw

    def contents(self, thing: Thing, past: Raw) -> Raw:
        """What of an earlier version is put back."""
        kept = _KINDS[thing.collection].kept
        return {name: value for name, value in past.items() if name not in kept}

    def changed(self, thing: Thing, version: int) -> Event:
        """The event that tells the other rooms."""
        resident_id = PydanticObjectId(thing.resident_id)
        document_id = PydanticObjectId(thing.document_id)
        if thing.collection == ENTRIES:
            return EntryChanged(resident_id=resident_id, entry_id=document_id, version=version)
        return ReadingsRecorded(resident_id=resident_id, reading_ids=(document_id,))
