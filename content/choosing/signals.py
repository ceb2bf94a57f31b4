"""The last readings of each kind, judged: what was out of range, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from backend.core.database import Raw
from backend.measurements.documents import ReadingDocument, State
from backend.measurements.draft import Kind, Meal
from backend.measurements.judge.judging import worst_crossed
from backend.measurements.thresholds import (
    Level,
    Limits,
    Override,
    Person,
    limits_for,
    rounded,
)
from content.choosing.facts import Signal
from content.choosing.scoring import rules

_NEEDED = {"kind": 1, "at": 1, "values": 1, "meal": 1}


async def last_readings(resident_id: ObjectId, now: datetime) -> list[Raw]:
    """The newest few of each kind that matters; the policy was asked before."""
    cursor = await ReadingDocument.get_pymongo_collection().aggregate(_pipeline(resident_id, now))
    return await cursor.to_list()


def signals_of(
    readings: Sequence[Raw], person: Person, own: Sequence[Override], now: datetime
) -> tuple[tuple[Signal, ...], bool]:
    """And whether one of the last days' readings was urgent."""
    by_kind: dict[Kind, list[Raw]] = {}
    for raw in readings:
        by_kind.setdefault(Kind(raw["kind"]), []).append(raw)
    found: list[Signal] = []
    urgent = False
    lately = now - timedelta(days=rules()["times"]["urgent_days"])
    for kind, rows in by_kind.items():
        limits = {
            meal: limits_for(kind, person, now, own, meal=Meal(meal) if meal else None)
            for meal in {raw["meal"] for raw in rows}
        }
        judged = [_judged(kind, raw, limits[raw["meal"]]) for raw in rows]
        for direction in ("high", "low"):
            count = sum(each is not None and each[0] == direction for each in judged)
            # One reading out of several is chance; the only one there is is not.
            if count * 2 > len(rows):
                found.append(Signal(kind, direction, count, len(rows)))
        urgent = urgent or any(
            each is not None and each[1] >= Level.URGENT and raw["at"] >= lately
            for each, raw in zip(judged, rows, strict=True)
        )
    known = {(rule["kind"], rule["direction"]) for rule in rules()["signal"]}
    return tuple(each for each in found if (each.kind, each.direction) in known), urgent


def _judged(kind: Kind, raw: Raw, limits: Limits) -> tuple[str, Level] | None:
    """As ``judge``, without its words: nobody reads them here."""
    seen = {name: rounded(kind, value) for name, value in raw["values"].items()}
    crossed = worst_crossed(limits, seen)
    return (crossed[0].direction.value, crossed[0].level) if crossed else None


def _pipeline(resident_id: ObjectId, now: datetime) -> list[dict[str, Any]]:
    """The newest few of each kind: one index seek a kind, united on the server."""
    times = rules()["times"]
    kinds = dict.fromkeys(rule["kind"] for rule in rules()["signal"])
    since = now - timedelta(days=times["readings_days"])
    each_kind: list[list[dict[str, Any]]] = [
        [
            {
                "$match": {
                    "resident_id": resident_id,
                    "kind": kind,
                    "state": State.LIVE.value,
                    "at": {"$gte": since},
                }
            },
            {"$sort": {"at": -1, "_id": -1}},
            {"$limit": times["readings"]},
            {"$project": _NEEDED},
        ]
        for kind in kinds
    ]
    first, *rest = each_kind
    name = ReadingDocument.get_pymongo_collection().name
    return first + [{"$unionWith": {"coll": name, "pipeline": each}} for each in rest]
