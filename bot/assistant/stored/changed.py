"""What the store holds of an archive, and what of it changed: read without contents first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.archive.documents import EntryDocument, KeptResource
from backend.core.database import Raw
from backend.measurements.documents import ReadingDocument

COLLECTIONS: Mapping[str, Any] = {
    "readings": ReadingDocument,
    "entries": EntryDocument,
    "kept_resources": KeptResource,
}
_STAMPED = ("updated_at", "version", "category", "kind", "state", "status", "valid")
_SUMS = {"count": {"$sum": 1}, "versions": {"$sum": "$version"}}
_HIDDEN = {"words": 0, "digest": 0, "fingerprint": 0, "wall": 0}

Moment = tuple[str, datetime]
"""A collection, and a stamp that documents of it carry."""
Moments = Mapping[Moment, tuple[int, int]]
"""How many documents carry the stamp, and the sum of their versions."""


async def moments_since(resident_id: ObjectId, since: datetime) -> Moments:
    """What was stamped since then in all collections, summed by stamp, in one command.

    An import stamps thousands alike: for minutes after it every question would else read
    the stamps of them all.
    """

    def of(name: str) -> list[Raw]:
        match = {"resident_id": resident_id, "updated_at": {"$gte": since}}
        group = {"_id": {"of": {"$literal": name}, "at": "$updated_at"}, **_SUMS}
        return [{"$match": match}, {"$group": group}]

    first, *others = COLLECTIONS
    unions = [{"$unionWith": {"coll": name, "pipeline": of(name)}} for name in others]
    cursor = await COLLECTIONS[first].get_pymongo_collection().aggregate([*of(first), *unions])
    found = await cursor.to_list()
    return {(raw["_id"]["of"], raw["_id"]["at"]): (raw["count"], raw["versions"]) for raw in found}


async def stamps_of(resident_id: ObjectId, moved: Iterable[Moment]) -> list[tuple[str, Raw]]:
    """What carries one of these stamps, without contents; a command a collection."""
    by_collection: dict[str, list[datetime]] = {}
    for name, at in moved:
        by_collection.setdefault(name, []).append(at)

    async def of(name: str, at: list[datetime]) -> list[tuple[str, Raw]]:
        query = {"resident_id": resident_id, "updated_at": {"$in": at}}
        found = COLLECTIONS[name].get_pymongo_collection().find(query, dict.fromkeys(_STAMPED, 1))
        return [(name, raw) for raw in await found.to_list()]

    rows = await asyncio.gather(*(of(*each) for each in by_collection.items()))
    return [each for some in rows for each in some]


async def rows_of(resident_id: ObjectId, wanted: Mapping[str, Raw]) -> list[tuple[str, list[Raw]]]:
    """Whole documents that meet ``wanted``, by collection."""

    async def rows(name: str, query: Raw) -> list[Raw]:
        collection = COLLECTIONS[name].get_pymongo_collection()
        found: list[Raw] = await collection.find(
            {"resident_id": resident_id, **query}, _HIDDEN
        ).to_list()
        return found

    found = await asyncio.gather(*(rows(*each) for each in wanted.items()))
    return list(zip(wanted, found, strict=True))
