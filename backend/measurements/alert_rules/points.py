"""Recent readings as trends see them: no double, in order, those of one sitting together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.measurements.draft import Meal


@dataclass(frozen=True, slots=True)
class Point:
    """One reading: aware time with its own offset, values in canonical units.

    A heart rate belongs here only when taken at rest.
    """

    at: datetime
    values: Mapping[str, float]
    meal: Meal | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """Readings taken within minutes of each other, as their mean; ``at`` is the first."""

    at: datetime
    values: Mapping[str, float]


def distinct(points: Iterable[Point], *, since: datetime, until: datetime) -> list[Point]:
    """Those after ``since`` up to ``until``, by time; what is the same in all is one."""
    by_content = {
        (point.at, point.meal, tuple(sorted(point.values.items()))): point
        for point in points
        if since < point.at <= until
    }
    return [by_content[key] for key in sorted(by_content, key=_order)]


def _order(key: tuple[datetime, Meal | None, tuple[tuple[str, float], ...]]) -> tuple[object, ...]:
    at, meal, values = key
    return at, meal or "", values


def mean(points: Sequence[Point]) -> dict[str, float]:
    """The mean of each component over the points that have it."""
    components = sorted({component for point in points for component in point.values})
    return {
        component: sum(found) / len(found)
        for component in components
        if (found := [p.values[component] for p in points if component in p.values])
    }


def sittings(points: Sequence[Point], *, apart: timedelta) -> list[Sitting]:
    """``points`` by time, those less than ``apart`` after a sitting's first in that sitting."""
    groups: list[list[Point]] = []
    for point in points:
        if groups and point.at - groups[-1][0].at < apart:
            groups[-1].append(point)
        else:
            groups.append([point])
    return [Sitting(group[0].at, mean(group)) for group in groups]
