"""Everything of a resident, newest first: entries and readings in one list; and search over it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.access.service import Access
from backend.archive.documents import EntryDocument
from backend.archive.entries import SHOWN, categories_of
from backend.archive.entry import Entry, EntrySource, from_raw, relations_of
from backend.archive.errors import SearchTooShort
from backend.archive.sections import EntryStatus, Section
from backend.core import words
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from backend.measurements.draft import Kind
from backend.measurements.granted import READING_CATEGORIES, category_of, kinds_in
from backend.measurements.naming import kinds_named
from backend.measurements.reading import Reading
from backend.measurements.readings import ReadingFilter, Readings

_SEARCH_BATCH = 200  # hits by hash that are opened and checked at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineFilter:
    """Empty sets mean all. ``since`` inclusive, ``until`` exclusive."""

    categories: frozenset[Category] = frozenset()
    sections: frozenset[Section] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    sources: frozenset[EntrySource] = frozenset()
    since: datetime | None = None
    until: datetime | None = None

    def wants_entries(self) -> bool:
        return bool(self.sections) or not self.kinds

    def wants_readings(self) -> bool:
        return bool(self.kinds) or not self.sections


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """An entry or a reading at its place in time."""

    at: datetime
    id: ObjectId
    item: Entry | Reading


class Timeline:
    """Lists and searches what the viewer may see, and lets nothing else be guessed."""

    def __init__(self, core: Core, access: Access, readings: Readings) -> None:
        self._core = core
        self._access = access
        self._readings = readings

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        wanted: TimelineFilter,
        *,
        first: int,
        after: Cursor | None = None,
    ) -> Page[TimelineItem]:
        """Newest first over all sections and kinds that the viewer is granted.

        Raises ``AccessDenied`` where of what is asked for nothing is.
        """
        allowed = await self._access.categories(viewer, resident_id, looks_at=_looked_at(wanted))
        shown = allowed & wanted.categories if wanted.categories else allowed
        if not _any_granted(wanted, shown):
            raise AccessDenied(action=Action.VIEW.value)
        size = page_size(first)
        entries, readings = await asyncio.gather(
            self._entries(resident_id, wanted, shown, size + 1, after),
            self._reading_items(resident_id, wanted, shown, size + 1, after),
        )
        merged = sorted(entries + readings, key=lambda each: (each.at, each.id), reverse=True)
        return Page.of(merged[: size + 1], size)

    async def search(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        query: str,
        *,
        first: int,
        after: Cursor | None = None,
    ) -> Page[TimelineItem]:
        """What holds every word of ``query`` (Chinese, Latin, pinyin initials), newest first.

        The name of a kind (血压) finds its readings. Raises ``SearchTooShort``.
        """
        wanted = words.query_tokens(query)
        if not wanted:
            raise SearchTooShort
        allowed = await self._access.categories(viewer, resident_id)
        size = page_size(first)
        key = await self._core.keyring.key(resident_id)
        found = await self._search_entries(
            resident_id, query, wanted, allowed, key, size + 1, after
        )
        if kinds := kinds_in(allowed & READING_CATEGORIES):
            found += await self._search_readings(resident_id, query, kinds, key, size + 1, after)
        found.sort(key=lambda each: (each.at, each.id), reverse=True)
        return Page.of(found[: size + 1], size)

    async def _entries(
        self,
        resident_id: ObjectId,
        wanted: TimelineFilter,
        shown: frozenset[Category],
        limit: int,
        after: Cursor | None,
    ) -> list[TimelineItem]:
        if not wanted.wants_entries():
            return []
        query = _entry_query(resident_id, wanted, shown, after)
        found = EntryDocument.get_pymongo_collection().find(query, SHOWN)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(limit).to_list()
        key = await self._core.keyring.key(resident_id)
        return [_entry_item(from_raw(raw, key)) for raw in rows]

    async def _reading_items(
        self,
        resident_id: ObjectId,
        wanted: TimelineFilter,
        shown: frozenset[Category],
        limit: int,
        after: Cursor | None,
    ) -> list[TimelineItem]:
        granted = kinds_in(shown & READING_CATEGORIES)
        kinds = wanted.kinds & granted if wanted.kinds else granted
        if not wanted.wants_readings() or not kinds:
            return []
        rows = await self._readings.rows(
            resident_id,
            ReadingFilter(
                kinds=kinds,
                since=wanted.since,
                until=wanted.until,
                recorded_as=frozenset(r for each in wanted.sources for r in relations_of(each)),
            ),
            limit=limit,
            after=after,
        )
        return [_reading_item(each) for each in await self._readings.opened(resident_id, rows)]

    async def _search_entries(
        self,
        resident_id: ObjectId,
        query: str,
        wanted: list[set[str]],
        allowed: frozenset[Category],
        key: OwnerKey,
        limit: int,
        after: Cursor | None,
    ) -> list[TimelineItem]:
        conditions: list[Raw] = [
            {"words": {"$in": [key.token(token) for token in sorted(each)]}} for each in wanted
        ]
        hits: list[TimelineItem] = []
        while len(hits) < limit:
            more = _entry_query(resident_id, TimelineFilter(), allowed, after)
            more["$and"] = more.get("$and", []) + conditions
            found = EntryDocument.get_pymongo_collection().find(more, SHOWN)
            rows = await found.sort([("at", -1), ("_id", -1)]).limit(_SEARCH_BATCH).to_list()
            opened = (from_raw(raw, key) for raw in rows)
            # Hashes of pairs may hold where the text does not: what is opened decides.
            hits += [_entry_item(each) for each in opened if words.matches(_text(each), query)]
            if len(rows) < _SEARCH_BATCH:
                break
            after = Cursor(rows[-1]["at"], rows[-1]["_id"])
        return hits[:limit]

    async def _search_readings(
        self,
        resident_id: ObjectId,
        query: str,
        granted: frozenset[Kind],
        key: OwnerKey,
        limit: int,
        after: Cursor | None,
    ) -> list[TimelineItem]:
        named = kinds_named(query)
        if named:
            kinds = named & granted
            if not kinds:
                return []
            rows = await self._readings.rows(
                resident_id, ReadingFilter(kinds=kinds), limit=limit, after=after
            )
            return [_reading_item(each) for each in await self._readings.opened(resident_id, rows)]
        found = await self._readings.with_words(
            resident_id, query, key, kinds=granted, limit=limit, after=after
        )
        return [_reading_item(each) for each in found]


def _looked_at(wanted: TimelineFilter) -> frozenset[Category]:
    """The categories in which something may be that the filter lets through."""
    found: frozenset[Category] = frozenset()
    if wanted.wants_readings():
        found |= {category_of(kind) for kind in wanted.kinds or Kind}
    if wanted.wants_entries():
        found |= frozenset().union(*(categories_of(each) for each in wanted.sections or Section))
    return found & wanted.categories if wanted.categories else found


def _any_granted(wanted: TimelineFilter, shown: frozenset[Category]) -> bool:
    if wanted.kinds & kinds_in(shown & READING_CATEGORIES):
        return True
    if wanted.sections:
        return any(shown & categories_of(each) for each in wanted.sections)
    return bool(shown) and not wanted.kinds


def _entry_query(
    resident_id: ObjectId,
    wanted: TimelineFilter,
    shown: frozenset[Category],
    after: Cursor | None,
) -> Raw:
    query: Raw = {
        "resident_id": resident_id,
        "status": EntryStatus.ACTIVE.value,
        "category": {"$in": sorted(shown)},
    }
    if wanted.sections:
        query["section"] = {"$in": sorted(wanted.sections)}
    if wanted.sources:
        query["source"] = {"$in": sorted(wanted.sources)}
    span = {"$gte": wanted.since, "$lt": wanted.until}
    if any(span.values()):
        query["at"] = {name: value for name, value in span.items() if value is not None}
    if after is not None:
        query["$and"] = [after.older_than()]
    return query


def _text(entry: Entry) -> str:
    return f"{entry.body.words()} {entry.body.title('zh')}"


def _entry_item(entry: Entry) -> TimelineItem:
    return TimelineItem(entry.at, entry.id, entry)


def _reading_item(reading: Reading) -> TimelineItem:
    return TimelineItem(reading.at, reading.id, reading)
