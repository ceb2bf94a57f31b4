"""What is open at many people at once: counts by level and the newest alert, in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bson import ObjectId

from backend.core.database import Raw
from backend.core.keys import Keyring
from backend.measurements.alert import Alert, from_raw
from backend.measurements.documents import AlertDocument
from backend.measurements.draft import Kind
from backend.measurements.thresholds import Level


@dataclass(frozen=True, slots=True)
class OpenAlerts:
    """One person's. ``levels`` has the levels that have some, the most urgent first."""

    levels: tuple[tuple[Level, int], ...] = ()
    newest: Alert | None = None


async def open_alerts(
    keyring: Keyring, granted: Mapping[ObjectId, frozenset[Kind]]
) -> dict[ObjectId, OpenAlerts]:
    """By resident, of the kinds that are granted; who has none open is left out."""
    if not granted:
        return {}
    rows = await AlertDocument.get_pymongo_collection().aggregate(_pipeline(granted))
    found: dict[ObjectId, list[Raw]] = {}
    for row in await rows.to_list():
        found.setdefault(row["_id"]["resident_id"], []).append(row)
    keys = await keyring.keys(found)
    answers = {}
    for resident_id, levels in found.items():
        counted = sorted((Level(each["_id"]["level"]), each["count"]) for each in levels)
        newest = max((each["newest"] for each in levels), key=lambda raw: raw["last_at"])
        key = keys.get(resident_id)
        alert = None if key is None else from_raw(newest, key)
        answers[resident_id] = OpenAlerts(tuple(reversed(counted)), alert)
    return answers


def _pipeline(granted: Mapping[ObjectId, frozenset[Kind]]) -> list[Raw]:
    by_kinds: dict[frozenset[Kind], list[ObjectId]] = {}
    for resident_id, kinds in granted.items():
        by_kinds.setdefault(kinds, []).append(resident_id)
    return [
        {
            "$match": {
                "resident_id": {"$in": list(granted)},
                "open": True,
                "acknowledged_at": None,
                "$or": [
                    {"resident_id": {"$in": ids}, "kind": {"$in": sorted(kinds)}}
                    for kinds, ids in by_kinds.items()
                ],
            }
        },
        {"$sort": {"last_at": -1, "_id": -1}},
        {
            "$group": {
                "_id": {"resident_id": "$resident_id", "level": "$level"},
                "count": {"$sum": 1},
                "newest": {"$first": "$$ROOT"},
            }
        },
    ]
