"""Trends: readings gathered by day, week or month, computed by MongoDB.

Days are those of the wall clock where the reading was taken. Morning is
04:00 to 11:59, evening 16:00 to 23:59; the rest is "day". Glucose is split by
meal instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from bson import ObjectId

from backend.access.service import Access
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw
from backend.identity.viewer import Viewer
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Kind, Meal
from backend.measurements.granted import category_of
from backend.measurements.kinds import spec
from backend.measurements.overrides import Overrides
from backend.measurements.people import People
from backend.measurements.thresholds import Bound, Limits, Target, limits_for
from backend.measurements.write_errors import TrendSpanInvalid

MOST_BUCKETS = 400
_SPLIT_BY_MEAL = frozenset({Kind.GLUCOSE})


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"  # from Monday
    MONTH = "month"


class Slot(StrEnum):
    """A part of the readings that is looked at apart."""

    MORNING = "morning"
    DAY = "day"
    EVENING = "evening"
    FASTING = "fasting"
    BEFORE_MEAL = "before_meal"
    AFTER_MEAL = "after_meal"
    BEDTIME = "bedtime"
    RANDOM = "random"


_DAY_LONG = {slot: place for place, slot in enumerate(Slot)}


@dataclass(frozen=True, slots=True)
class Stat:
    """Of one component: ``mean``, ``min``, ``max`` in the canonical unit."""

    mean: float
    min: float
    max: float
    count: int


@dataclass(slots=True)
class Gathered:
    """Readings of one bucket, or of one slot of it."""

    stats: dict[str, Stat] = field(default_factory=dict)
    count: int = 0
    judged: int = 0
    in_target: int = 0

    @property
    def in_target_share(self) -> float | None:
        """From 0 to 1; None where nobody set a target for any of them."""
        return self.in_target / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Bucket:
    """``start`` is the bucket's first midnight on the wall clock, given with Shanghai's offset."""

    start: datetime
    all: Gathered
    slots: Mapping[Slot, Gathered]


@dataclass(frozen=True, slots=True)
class Trend:
    kind: Kind
    period: Period
    since: datetime
    until: datetime
    buckets: list[Bucket]
    whole: Gathered
    targets: tuple[Target, ...]


class Trends:
    """Trends of a resident for a viewer, through the policy."""

    def __init__(self, core: Core, access: Access, overrides: Overrides, people: People) -> None:
        self._core = core
        self._access = access
        self._overrides = overrides
        self._people = people

    async def trend(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        kind: Kind,
        *,
        period: Period,
        since: datetime,
        until: datetime,
        meals: frozenset[Meal] = frozenset(),
    ) -> Trend:
        """Live readings from ``since`` to before ``until``. Raises ``TrendSpanInvalid``."""
        await self._access.require(viewer, resident_id, category_of(kind))
        _check(period, since, until)
        limits = await self._limits(resident_id, kind, until)
        match: Raw = {
            "resident_id": resident_id,
            "kind": kind.value,
            "state": "live",
            "at": {"$gte": since, "$lt": until},
        }
        if meals:
            match["meal"] = {"$in": sorted(meals)}
        cursor = await ReadingDocument.get_pymongo_collection().aggregate(
            pipeline(match, kind, period, limits)
        )
        rows, keys = await cursor.to_list(), _keys(kind)
        shown = limits[next(iter(meals)) if len(meals) == 1 else None].targets
        return Trend(kind, period, since, until, _buckets(rows, keys), _gathered(rows, keys), shown)

    async def _limits(
        self, resident_id: ObjectId, kind: Kind, at: datetime
    ) -> dict[Meal | None, Limits]:
        person, overrides = await asyncio.gather(
            self._people.person(resident_id), self._overrides.of(resident_id)
        )
        own = [override for _, override in overrides]
        meals: list[Meal | None] = [None, *Meal] if kind in _SPLIT_BY_MEAL else [None]
        return {meal: limits_for(kind, person, at, own, meal=meal) for meal in meals}


def pipeline(
    match: Raw, kind: Kind, period: Period, limits: Mapping[Meal | None, Limits]
) -> list[Raw]:
    """One row a bucket and slot: count, in target, and sum, min, max, n of each component."""
    truncated: Raw = {"date": "$wall", "unit": period.value}
    if period is Period.WEEK:
        truncated["startOfWeek"] = "monday"
    group: Raw = {
        "_id": {"bucket": {"$dateTrunc": truncated}, "slot": _slot(kind)},
        "count": {"$sum": 1},
        "judged": {"$sum": {"$cond": [_any_target(limits), 1, 0]}},
        "in_target": {"$sum": {"$cond": [_inside(limits), 1, 0]}},
    }
    for name in spec(kind).components:
        value = f"$values.{name}"
        group[f"{name}_sum"] = {"$sum": value}
        group[f"{name}_min"] = {"$min": value}
        group[f"{name}_max"] = {"$max": value}
        group[f"{name}_n"] = {"$sum": {"$cond": [{"$isNumber": value}, 1, 0]}}
    return [{"$match": match}, {"$group": group}, {"$sort": {"_id.bucket": 1}}]


def _slot(kind: Kind) -> Any:
    if kind in _SPLIT_BY_MEAL:
        return {"$ifNull": ["$meal", Slot.RANDOM.value]}
    hour = {"$hour": "$wall"}
    return {
        "$switch": {
            "branches": [
                {
                    "case": {"$and": [{"$gte": [hour, 4]}, {"$lt": [hour, 12]}]},
                    "then": Slot.MORNING.value,
                },
                {"case": {"$gte": [hour, 16]}, "then": Slot.EVENING.value},
            ],
            "default": Slot.DAY.value,
        }
    }


def _any_target(limits: Mapping[Meal | None, Limits]) -> Any:
    return _by_meal({meal: bool(each.targets) for meal, each in limits.items()})


def _inside(limits: Mapping[Meal | None, Limits]) -> Any:
    return _by_meal({meal: _all_inside(each) for meal, each in limits.items()})


def _by_meal(expressions: Mapping[Meal | None, Any]) -> Any:
    branches = [
        {"case": {"$eq": ["$meal", meal.value]}, "then": expression}
        for meal, expression in expressions.items()
        if meal is not None
    ]
    if not branches:
        return expressions[None]
    return {"$switch": {"branches": branches, "default": expressions[None]}}


def _all_inside(limits: Limits) -> Any:
    if not limits.targets:
        return False
    conditions: list[Any] = []
    for target in limits.targets:
        value = f"$values.{target.component}"
        inside = [_within(value, "$gt", target.lower), _within(value, "$lt", target.upper)]
        # A component that was not measured is not outside.
        conditions.append(
            {"$or": [{"$not": {"$isNumber": value}}, {"$and": [i for i in inside if i]}]}
        )
    return {"$and": conditions}


def _within(value: str, operator: str, bound: Bound | None) -> Any:
    if bound is None:
        return None
    return {f"{operator}e" if bound.inclusive else operator: [value, bound.value]}


def _buckets(rows: list[Raw], keys: Sequence[_Keys]) -> list[Bucket]:
    starts: dict[datetime, list[Raw]] = {}
    for row in rows:
        starts.setdefault(row["_id"]["bucket"], []).append(row)
    return [
        Bucket(
            start.replace(tzinfo=SHANGHAI),
            _gathered(some, keys),
            {
                slot: _gathered([row], keys)
                for slot, row in sorted(
                    ((Slot(row["_id"]["slot"]), row) for row in some),
                    key=lambda each: _DAY_LONG[each[0]],
                )
            },
        )
        for start, some in starts.items()
    ]


class _Keys(NamedTuple):
    """The names of one component's fields in a row of the pipeline."""

    component: str
    n: str
    sum: str
    min: str
    max: str


def _keys(kind: Kind) -> list[_Keys]:
    return [
        _Keys(name, f"{name}_n", f"{name}_sum", f"{name}_min", f"{name}_max")
        for name in sorted(spec(kind).components)
    ]


def _gathered(rows: list[Raw], keys: Sequence[_Keys]) -> Gathered:
    # Plain loops: this runs for every day and slot of every trend that is asked for.
    whole = Gathered()
    for row in rows:
        whole.count += row["count"]
        whole.judged += row["judged"]
        whole.in_target += row["in_target"]
    for name, n, total, low, high in keys:
        some = [row for row in rows if row[n]]
        if some:
            count = sum([row[n] for row in some])
            whole.stats[name] = Stat(
                mean=sum([row[total] for row in some]) / count,
                min=min([row[low] for row in some]),
                max=max([row[high] for row in some]),
                count=count,
            )
    return whole


_DAYS = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 28}


def _check(period: Period, since: datetime, until: datetime) -> None:
    if not since < until or (until - since).days > MOST_BUCKETS * _DAYS[period]:
        raise TrendSpanInvalid(limit=MOST_BUCKETS)
