"""Readings out: lists, the latest of each kind, one with its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.access.service import Access
from backend.core import words
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.history import PastVersion
from backend.core.keys import OwnerKey
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Kind, Meal
from backend.measurements.granted import category_of, granted_kinds, require_kinds
from backend.measurements.reading import Reading, from_raw
from backend.measurements.write_errors import ReadingNotFound

ALL_KINDS = frozenset(Kind)
_SHOWN = {"raw": 0, "words": 0, "fingerprint": 0, "wall": 0, "created_at": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFilter:
    """``since`` inclusive, ``until`` exclusive; empty sets mean all."""

    kinds: frozenset[Kind] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    meals: frozenset[Meal] = frozenset()
    recorded_as: frozenset[str] = frozenset()
    """Relations of the recorder: ``self``, ``caregiver`` …"""


class Readings:
    """Reads for a viewer, through the policy."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def page(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        wanted: ReadingFilter,
        *,
        first: int,
        after: Cursor | None = None,
    ) -> Page[Reading]:
        """Live readings of the kinds that are granted, newest first."""
        kinds = await require_kinds(self._access, viewer, resident_id, wanted.kinds)
        wanted = replace(wanted, kinds=kinds)
        size = page_size(first)
        rows = await self.rows(resident_id, wanted, limit=size + 1, after=after)
        return Page.of(await self.opened(resident_id, rows), size)

    async def rows(
        self,
        resident_id: ObjectId,
        wanted: ReadingFilter,
        *,
        limit: int,
        after: Cursor | None = None,
    ) -> list[Raw]:
        """Stored documents, newest first; for rooms that asked the policy themselves."""
        query = _query(resident_id, wanted)
        if after is not None:
            query["$and"] = [after.older_than()]
        found = ReadingDocument.get_pymongo_collection().find(query, _SHOWN)
        return await found.sort([("at", -1), ("_id", -1)]).limit(limit).to_list()

    async def latest(
        self, viewer: Viewer, resident_id: ObjectId, kinds: Sequence[Kind]
    ) -> dict[Kind, Reading]:
        """The newest live reading of each kind, in one command."""
        await require_kinds(self._access, viewer, resident_id, kinds)
        if not kinds:
            return {}
        pipeline = latest_pipeline(resident_id, kinds)
        cursor = await ReadingDocument.get_pymongo_collection().aggregate(pipeline)
        found = await self.opened(resident_id, await cursor.to_list())
        return {each.kind: each for each in found}

    async def get(self, viewer: Viewer, resident_id: ObjectId, reading_id: ObjectId) -> Reading:
        """One reading in any state. Raises ``ReadingNotFound``."""
        granted = await granted_kinds(self._access, viewer, resident_id)
        found = [
            each for each in await self.by_ids(resident_id, [reading_id]) if each.kind in granted
        ]
        if not found:
            raise ReadingNotFound
        await self._access.require(viewer, resident_id, category_of(found[0].kind))
        return found[0]

    async def granted(
        self, viewer: Viewer, resident_id: ObjectId, ids: Iterable[ObjectId]
    ) -> list[Reading]:
        """Those of the readings whose kind the viewer is granted. Raises ``AccessDenied``."""
        kinds = await granted_kinds(self._access, viewer, resident_id)
        found = [each for each in await self.by_ids(resident_id, ids) if each.kind in kinds]
        if found:
            await require_kinds(self._access, viewer, resident_id, {each.kind for each in found})
        return found

    async def by_ids(self, resident_id: ObjectId, ids: Iterable[ObjectId]) -> list[Reading]:
        """Readings of one resident in any state, unordered; the policy was asked before."""
        query = {"resident_id": resident_id, "_id": {"$in": list(ids)}}
        rows = await ReadingDocument.get_pymongo_collection().find(query, _SHOWN).to_list()
        return await self.opened(resident_id, rows)

    async def history(
        self, viewer: Viewer, resident_id: ObjectId, reading_id: ObjectId
    ) -> list[tuple[Reading, PastVersion]]:
        """Earlier versions, newest first, each with who replaced it and when."""
        granted = await require_kinds(self._access, viewer, resident_id, ())
        key = await self._core.keyring.key(resident_id)
        past = await self._core.history.past(resident_id, reading_id)
        versions = [(from_raw(each.document, key), each) for each in past]
        return [each for each in versions if each[0].kind in granted]

    async def with_words(
        self,
        resident_id: ObjectId,
        query: str,
        key: OwnerKey,
        *,
        kinds: frozenset[Kind],
        limit: int,
        after: Cursor | None = None,
    ) -> list[Reading]:
        """Live readings of ``kinds`` whose note holds every word of ``query``, newest first."""
        wanted = [
            {"words": {"$in": [key.token(token) for token in sorted(each)]}}
            for each in words.query_tokens(query)
        ]
        if after is not None:
            wanted.append(after.older_than())
        found = ReadingDocument.get_pymongo_collection().find(
            {
                "resident_id": resident_id,
                "state": "live",
                **({} if kinds == ALL_KINDS else {"kind": {"$in": sorted(kinds)}}),
                "note": {"$type": "binData"},  # what the partial index of words covers
                "$and": wanted,
            },
            _SHOWN,
        )
        # A diary has few notes that share all hashes: one pass is enough.
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(10 * limit).to_list()
        opened = (from_raw(row, key) for row in rows)
        return [each for each in opened if words.matches(each.note or "", query)][:limit]

    async def opened(self, resident_id: ObjectId, rows: list[Raw]) -> list[Reading]:
        """Stored documents as readings; the key is fetched only where a note is sealed."""
        sealed = any(row["note"] for row in rows)
        key = await self._core.keyring.key(resident_id) if sealed else None
        return [from_raw(row, key) for row in rows]


def latest_pipeline(resident_id: ObjectId, kinds: Sequence[Kind]) -> list[dict[str, Any]]:
    """The newest of each kind: one index seek a kind, united on the server."""
    each_kind: list[list[dict[str, Any]]] = [
        [
            {"$match": {"resident_id": resident_id, "kind": kind.value, "state": "live"}},
            {"$sort": {"at": -1, "_id": -1}},
            {"$limit": 1},
            {"$project": _SHOWN},
        ]
        for kind in dict.fromkeys(kinds)
    ]
    first, *rest = each_kind
    name = ReadingDocument.get_pymongo_collection().name
    return first + [{"$unionWith": {"coll": name, "pipeline": each}} for each in rest]


def _query(resident_id: ObjectId, wanted: ReadingFilter) -> dict[str, Any]:
    query: dict[str, Any] = {"resident_id": resident_id, "state": "live"}
    if wanted.kinds and wanted.kinds != ALL_KINDS:
        query["kind"] = {"$in": sorted(wanted.kinds)}
    if wanted.meals:
        query["meal"] = {"$in": sorted(wanted.meals)}
    if wanted.recorded_as:
        query["recorded_by.relation"] = {"$in": sorted(wanted.recorded_as)}
    span = {"$gte": wanted.since, "$lt": wanted.until}
    if any(span.values()):
        query["at"] = {name: value for name, value in span.items() if value is not None}
    return query
