"""The values there are around a batch's own, for ``own_values``: one command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from bson import ObjectId

from backend.core.database import Raw
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Kind
from backend.measurements.normalise import Normal
from backend.measurements.own_values import DOUBTED, LOOKED_AT, Last, component_of, slow_kinds

_Pipeline = list[dict[str, Any]]


async def last_values(
    resident_id: ObjectId, normals: Iterable[Normal], *, without: ObjectId | None = None
) -> dict[Kind, list[Last]]:
    """By slow kind: the last before the latest of ``normals``, before the earliest, one after.

    A few index seeks a kind, whatever the number of readings; nothing is read where no kind is
    slow. ``without``: the reading that is corrected is not compared with itself.
    """
    times: dict[Kind, list[datetime]] = {}
    for each in normals:
        if each.kind in slow_kinds():
            times.setdefault(each.kind, []).append(each.at)
    if not times:
        return {}
    first, *rest = _seeks(resident_id, times, without)
    collection = ReadingDocument.get_pymongo_collection()
    united = [{"$unionWith": {"coll": collection.name, "pipeline": each}} for each in rest]
    cursor = await collection.aggregate(first + united)
    found: dict[Kind, dict[ObjectId, Last]] = {}
    async for raw in cursor:
        last = _last(raw)
        found.setdefault(Kind(raw["kind"]), {})[last.id] = last
    return {kind: list(lasts.values()) for kind, lasts in found.items()}


def _seeks(
    resident_id: ObjectId, times: Mapping[Kind, list[datetime]], without: ObjectId | None
) -> Iterator[_Pipeline]:
    for kind, at in times.items():
        here: Raw = {"resident_id": resident_id, "kind": kind.value, "state": "live"}
        if without is not None:
            here["_id"] = {"$ne": without}
        earliest, latest = min(at), max(at)
        yield _seek(here | {"at": {"$lte": latest}}, -1, LOOKED_AT)
        if earliest < latest:
            yield _seek(here | {"at": {"$lt": earliest}}, -1, LOOKED_AT)
        yield _seek(here | {"at": {"$gt": latest}}, 1, 1)


def _seek(match: Raw, direction: int, limit: int) -> _Pipeline:
    return [
        {"$match": match},
        {"$sort": {"at": direction, "_id": direction}},
        {"$limit": limit},
        {"$project": {"kind": 1, "at": 1, "offset": 1, "values": 1, f"attributes.{DOUBTED}": 1}},
    ]


def _last(raw: Raw) -> Last:
    return Last(
        id=raw["_id"],
        at=raw["at"].astimezone(timezone(timedelta(minutes=raw["offset"]))),
        value=raw["values"][component_of(Kind(raw["kind"])).name],
        doubted=DOUBTED in raw["attributes"],
    )
