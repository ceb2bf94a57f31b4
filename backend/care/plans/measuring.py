"""What was measured: counted by MongoDB, by day and part of the day."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bson import ObjectId

from backend.care.plans.judging import Week
from backend.care.plans.programme import WEEK
from backend.care.plans.schedule import asked_on
from backend.core.database import Raw
from backend.measurements.documents import ReadingDocument, State
from backend.measurements.draft import Kind, Meal
from backend.measurements.overrides import Overrides
from backend.measurements.people import People
from backend.measurements.thresholds import Limits, limits_for
from backend.measurements.trends import Period, pipeline


@dataclass(slots=True)
class Counted:
    """Of one day: parts with a reading; readings that have a target, and those within."""

    parts: set[str] = field(default_factory=set)
    judged: int = 0
    in_target: int = 0


By = Mapping[Kind, Mapping[date, Counted]]


class Measuring:
    def __init__(self, overrides: Overrides, people: People) -> None:
        self._overrides = overrides
        self._people = people

    async def limits(
        self, resident_id: ObjectId, kinds: Collection[Kind], at: datetime
    ) -> dict[Kind, dict[Meal | None, Limits]]:
        """The guideline's targets, or the doctor's own, by kind and meal."""
        person, own = await asyncio.gather(
            self._people.person(resident_id), self._overrides.of(resident_id)
        )
        overrides = [each for _, each in own]
        return {
            kind: {
                meal: limits_for(kind, person, at, overrides, meal=meal)
                for meal in (None, *(Meal if kind is Kind.GLUCOSE else ()))
            }
            for kind in kinds
        }

    async def counted(
        self,
        resident_id: ObjectId,
        limits: Mapping[Kind, Mapping[Meal | None, Limits]],
        first: date,
        last: date,
    ) -> dict[Kind, dict[date, Counted]]:
        """From the first day to the last, both included, on the wall's calendar: one command a
        kind."""
        found = await asyncio.gather(
            *(_days(resident_id, kind, each, first, last) for kind, each in limits.items())
        )
        return dict(zip(limits, found, strict=True))


async def done_parts(
    resident_id: ObjectId, kinds: Collection[Kind], days: Collection[date]
) -> dict[Kind, dict[date, frozenset[str]]]:
    """The parts of these days in which there is a reading."""
    none: dict[Meal | None, Limits] = {None: Limits(Kind.BLOOD_PRESSURE, None, (), ())}
    first, last = min(days), max(days)
    kinds = list(kinds)
    found = await asyncio.gather(*(_days(resident_id, kind, none, first, last) for kind in kinds))
    return {
        kind: {day: frozenset(each.parts) for day, each in by_day.items()}
        for kind, by_day in zip(kinds, found, strict=True)
    }


def week(
    phases: Sequence[Mapping[str, Any]],
    by: By,
    kinds: Collection[Kind],
    judged: Collection[Kind],
    first: date,
    *,
    until: date | None = None,
) -> Week:
    """The seven days from ``first``, or those before ``until``."""
    due = done = seen = inside = 0
    for number in range(7):
        day = first + timedelta(days=number)
        if until is not None and day >= until:
            break
        for kind, parts in asked_on(phases, day).items():
            if kind in kinds:
                has = by.get(kind, {}).get(day)
                due += len(parts)
                done += sum(part.value in has.parts for part in parts) if has else 0
        for kind in judged:
            counted = by.get(kind, {}).get(day)
            if counted is not None:
                seen += counted.judged
                inside += counted.in_target
    return Week(due, done, seen, inside)


async def _days(
    resident_id: ObjectId,
    kind: Kind,
    limits: Mapping[Meal | None, Limits],
    first: date,
    last: date,
) -> dict[date, Counted]:
    start = datetime.combine(first, time(0), UTC)
    match: Raw = {
        "resident_id": resident_id,
        "kind": kind.value,
        "state": State.LIVE.value,
        # A day more on both ends: ``at`` is an instant, the days are those of the wall.
        "at": {
            "$gte": start - timedelta(days=1),
            "$lt": datetime.combine(last, time(0), UTC) + timedelta(days=2),
        },
        "wall": {"$gte": start, "$lt": datetime.combine(last, time(0), UTC) + timedelta(days=1)},
    }
    readings: Any = ReadingDocument.get_pymongo_collection()
    rows = await readings.aggregate(pipeline(match, kind, Period.DAY, limits))
    found: dict[date, Counted] = defaultdict(Counted)
    async for row in rows:
        day = found[row["_id"]["bucket"].date()]
        day.parts.add(row["_id"]["slot"])
        day.judged += row["judged"]
        day.in_target += row["in_target"]
    return found


async def daily_weights(resident_id: ObjectId, first: date, last: date) -> dict[date, float]:
    """Kilograms by day of the wall's calendar, the mean of each day's readings."""
    start, end = (datetime.combine(each, time(0), UTC) for each in (first, last))
    match: Raw = {
        "resident_id": resident_id,
        "kind": Kind.WEIGHT.value,
        "state": State.LIVE.value,
        "at": {"$gte": start - timedelta(days=1), "$lt": end + timedelta(days=2)},
        "wall": {"$gte": start, "$lt": end + timedelta(days=1)},
    }
    day = {"$dateTrunc": {"date": "$wall", "unit": "day"}}
    stages: list[Raw] = [
        {"$match": match},
        {"$group": {"_id": day, "weight": {"$avg": "$values.weight"}}},
    ]
    readings: Any = ReadingDocument.get_pymongo_collection()
    rows = await readings.aggregate(stages)
    return {row["_id"].date(): row["weight"] async for row in rows}


def weeks_before(last: date, number: int) -> list[date]:
    """So many Mondays, oldest first, ``last`` the last of them."""
    return [last - WEEK * (number - 1 - each) for each in range(number)]
