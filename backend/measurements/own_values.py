"""Whether a number fits one's own last ones: 135 kg a week after 74 is asked about.

For kinds that change slowly. How far they move in a time: ``data/changes.toml``. Pure: the last
values are read by ``last_values``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from bson import ObjectId

from backend.measurements.change_words import table
from backend.measurements.draft import Kind, Quantity
from backend.measurements.errors import NeedsConfirmation
from backend.measurements.kinds import ComponentSpec, spec
from backend.measurements.normalise import Normal
from backend.measurements.plausibility import age_at
from backend.measurements.units import code_of, from_canonical, to_canonical

DOUBTED = "unlike_own_values"
"""The attribute of a reading far from one's own others that nobody was asked about."""
LOOKED_AT = 3
"""So many of the nearest in time are looked at; the first that is not doubted counts.

Where all of them are doubted the nearest counts: somebody who came home from hospital ten
kilograms lighter is believed by the scale from the fourth time on.
"""


class Doubt(StrEnum):
    """What is done about a number that does not fit."""

    ASK = "ask"
    MARK = "mark"  # nobody can be asked: it is taken and carries ``DOUBTED``
    TAKE = "take"  # a person has said that it is right


class Last(NamedTuple):
    """One value there is already, in the canonical unit; ``at`` has the reading's own offset."""

    id: ObjectId
    at: datetime
    value: float
    doubted: bool


@dataclass(frozen=True, slots=True)
class _Row:
    within: timedelta
    up: tuple[float, float]
    down: tuple[float, float]

    def around(self, value: float) -> tuple[float, float]:
        return value - _most(self.down, value), value + _most(self.up, value)


@dataclass(frozen=True, slots=True)
class _Band:
    from_age: float
    rows: tuple[_Row, ...]

    def row(self, apart: timedelta) -> _Row | None:
        return next((row for row in self.rows if apart <= row.within), None)


@cache
def slow_kinds() -> frozenset[Kind]:
    """The kinds that are compared with one's own."""
    return frozenset(kind for kind in Kind if kind.value in table())


def component_of(kind: Kind) -> ComponentSpec:
    """The one number of a slow kind."""
    (part,) = spec(kind).required
    return part


def last_of(normal: Normal, reading_id: ObjectId, *, doubted: bool) -> Last:
    """A reading about to be stored, as the next one is compared with it."""
    value = normal.values[component_of(normal.kind).name]
    return Last(reading_id, _local(normal), value, doubted)


def marked(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a reading that nobody could be asked about."""
    return {**attributes, DOUBTED: "true"}


def nearest(lasts: Iterable[Last], at: datetime) -> Last | None:
    """The one to compare with; None where there is none."""
    near = sorted(lasts, key=lambda last: abs(last.at - at))[:LOOKED_AT]
    return next((last for last in near if not last.doubted), near[0] if near else None)


def question(
    normal: Normal, lasts: Sequence[Last], birth_date: date | None
) -> NeedsConfirmation | None:
    """What to ask before the number is taken; None where it fits, or nothing is known."""
    last = nearest(lasts, normal.at)
    if last is None:
        return None
    part = component_of(normal.kind)
    ordinary = _ordinary(normal, last, birth_date)
    value = normal.values[part.name]
    if ordinary is None or ordinary[0] <= value <= ordinary[1]:
        return None
    return NeedsConfirmation(**_reason(normal, part, last, ordinary))


def _ordinary(normal: Normal, last: Last, birth_date: date | None) -> tuple[float, float] | None:
    """What the value may be without a question; None where nothing is said for such a time."""
    later = max(normal.at, last.at)
    band = _band(normal.kind, age_at(later, birth_date))
    row = band.row(abs(normal.at - last.at)) if band else None
    if row is None:
        return None
    if last.at > normal.at:  # entered late: what grew since was less then
        row = _Row(row.within, up=row.down, down=row.up)
    return row.around(last.value)


def _reason(
    normal: Normal, part: ComponentSpec, last: Last, ordinary: tuple[float, float]
) -> dict[str, Any]:
    entered = normal.entered[part.name]

    def shown(value: float) -> float:
        return from_canonical(normal.kind, part.name, value, entered.unit)

    reason = {
        "rule": "own_values",
        "component": part.name,
        "value": entered.value,
        "at": _local(normal).isoformat(),
        "last": shown(last.value),
        "last_at": last.at.isoformat(),
        "low": shown(ordinary[0]),
        "high": shown(ordinary[1]),
        "unit": code_of(normal.kind, part.name, entered.unit),
        "side": "low" if normal.values[part.name] < ordinary[0] else "high",
        "suggested_unit": _suggested_unit(normal.kind, part, entered, ordinary),
    }
    return {**reason, "reasons": [reason]}


def _suggested_unit(
    kind: Kind, part: ComponentSpec, entered: Quantity, ordinary: tuple[float, float]
) -> str | None:
    """The first other unit in which the number sent fits one's own."""
    sent = code_of(kind, part.name, entered.unit)
    for unit in part.units:
        value = to_canonical(kind, part.name, Quantity(entered.value, unit))
        if unit != sent and ordinary[0] <= value <= ordinary[1]:
            return unit
    return None


def _local(normal: Normal) -> datetime:
    return normal.at.astimezone(timezone(timedelta(minutes=normal.offset_minutes)))


@cache
def _bands(kind: Kind) -> tuple[_Band, ...]:
    return tuple(
        _Band(
            float(band["from_age"]),
            tuple(
                _Row(timedelta(days=row["days"]), tuple(row["up"]), tuple(row["down"]))
                for row in band["rows"]
            ),
        )
        for band in table()[kind.value]["bands"]
    )


def _band(kind: Kind, age: float | None) -> _Band | None:
    bands = _bands(kind)
    if age is None:
        return bands[-1]
    return next((band for band in reversed(bands) if band.from_age <= age), None)


def _most(change: tuple[float, float], value: float) -> float:
    amount, share = change
    return max(amount, share * value)
