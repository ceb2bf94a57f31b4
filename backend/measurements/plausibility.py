"""Whether a reading's numbers and times can be true. Limits: ``data/kinds.toml``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from backend.measurements.draft import Kind, Quantity
from backend.measurements.errors import (
    NeedsConfirmation,
    PlausibilityImpossible,
    TimeBeforeBirth,
    TimeEndBeforeStart,
    TimeInFuture,
    TimeOffsetInvalid,
    TimeTooOld,
    TimeWithoutOffset,
    ValueInfinite,
    ValueNegative,
    ValueNotANumber,
)
from backend.measurements.kinds import ComponentSpec, Limits, Relation, spec
from backend.measurements.units import code_of, to_canonical

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far a phone's or meter's clock may run ahead of ours."""
EARLIEST_YEAR = 1900
"""Before it nothing is taken where the date of birth is unknown."""
EARLIEST_OFFSET, LATEST_OFFSET = timedelta(hours=-12), timedelta(hours=14)
DAYS_A_YEAR = 365.2425
_MINUTE = timedelta(minutes=1)

Values = Mapping[str, float]
Entered = Mapping[str, Quantity]


def check_number(component: str, value: object) -> None:
    """Raises ``ValueNotANumber``, ``ValueInfinite`` or ``ValueNegative``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueNotANumber(component=component)
    try:
        number = float(value)
    except OverflowError:
        raise ValueInfinite(component=component) from None
    if math.isnan(number):
        raise ValueNotANumber(component=component)
    if math.isinf(number):
        raise ValueInfinite(component=component)
    if number < 0:
        raise ValueNegative(component=component)


def check_values(
    kind: Kind, values: Values, entered: Entered, *, age: float | None, confirmed: bool
) -> None:
    """Raises ``PlausibilityImpossible``; ``NeedsConfirmation`` unless ``confirmed``.

    ``values`` in canonical units, ``entered`` as sent, ``age`` in years or None
    where unknown: then impossible is what no age allows, and unlikely is judged
    as for an adult.
    """
    parts = spec(kind).components
    for name, value in values.items():
        possible = _impossible_range(parts[name], age)
        if not possible[0] <= value <= possible[1]:
            raise PlausibilityImpossible(
                **_reason(kind, parts[name], possible, entered[name], age, value)
            )
    for relation in _broken(kind, values):
        if relation.impossible:
            raise PlausibilityImpossible(**_contradiction(relation, parts[relation.greater]))
    reasons = [] if confirmed else list(_unlikely(kind, values, entered, age))
    if reasons:
        raise NeedsConfirmation(**reasons[0], reasons=reasons)


def check_times(
    at: datetime, end: datetime | None, *, now: datetime, birth_date: date | None
) -> None:
    """Raises one of the ``TIME_…`` errors. ``now`` is aware."""
    for field, moment in (("at", at), ("end", end)):
        if moment is not None:
            _check_moment(field, moment, now, birth_date)
    if end is not None and end < at:
        raise TimeEndBeforeStart()


def age_at(at: datetime, birth_date: date | None) -> float | None:
    """Age in years on the reading's own calendar day, or None where birth is unknown."""
    if birth_date is None:
        return None
    return (at.date() - birth_date).days / DAYS_A_YEAR


def limits_at(part: ComponentSpec, age: float | None) -> Limits:
    """The limits for an age; for the oldest band where it is unknown."""
    if age is None:
        return part.limits[-1]
    years = max(age, 0.0)
    for band in reversed(part.limits):
        if band.from_age <= years:
            return band
    return part.limits[0]


def _check_moment(field: str, moment: datetime, now: datetime, birth_date: date | None) -> None:
    offset = moment.utcoffset()
    if offset is None:
        raise TimeWithoutOffset(field=field)
    if birth_date is not None and moment.date() < birth_date:
        raise TimeBeforeBirth(field=field)
    if birth_date is None and moment.year < EARLIEST_YEAR:
        raise TimeTooOld(field=field, earliest=EARLIEST_YEAR)
    if not EARLIEST_OFFSET <= offset <= LATEST_OFFSET or offset % _MINUTE:
        raise TimeOffsetInvalid(field=field)
    if moment > now + CLOCK_TOLERANCE:
        raise TimeInFuture(field=field, tolerance_minutes=CLOCK_TOLERANCE.seconds // 60)


def _impossible_range(part: ComponentSpec, age: float | None) -> tuple[float, float]:
    if age is not None:
        return limits_at(part, age).impossible
    lows, highs = zip(*(band.impossible for band in part.limits), strict=True)
    return min(lows), max(highs)


def _unlikely(
    kind: Kind, values: Values, entered: Entered, age: float | None
) -> Iterator[dict[str, Any]]:
    parts = spec(kind).components
    for name, value in values.items():
        usual = limits_at(parts[name], age).unlikely
        if not usual[0] <= value <= usual[1]:
            yield _reason(kind, parts[name], usual, entered[name], age, value)
    for relation in _broken(kind, values):
        yield _contradiction(relation, parts[relation.greater])


def _reason(
    kind: Kind,
    part: ComponentSpec,
    bounds: tuple[float, float],
    entered: Quantity,
    age: float | None,
    value: float,
) -> dict[str, Any]:
    return {
        "rule": "limits",
        "component": part.name,
        "low": bounds[0],
        "high": bounds[1],
        "unit": part.unit,
        "side": "low" if value < bounds[0] else "high",
        "suggested_unit": _suggested_unit(kind, part, entered, age),
    }


def _suggested_unit(
    kind: Kind, part: ComponentSpec, entered: Quantity, age: float | None
) -> str | None:
    """The first other unit in which the number sent would be nothing unusual."""
    low, high = limits_at(part, age).unlikely
    sent = code_of(kind, part.name, entered.unit)
    for unit in part.units:
        value = to_canonical(kind, part.name, Quantity(entered.value, unit))
        if unit != sent and low <= value <= high:
            return unit
    return None


def _broken(kind: Kind, values: Values) -> Iterator[Relation]:
    for relation in spec(kind).relations:
        parts = [values[name] for name in relation.parts if name in values]
        if parts and relation.greater in values and not _holds(relation, values, sum(parts)):
            yield relation


def _holds(relation: Relation, values: Values, total: float) -> bool:
    greater = values[relation.greater] + relation.tolerance
    return greater >= total if relation.or_equal else greater > total


def _contradiction(relation: Relation, part: ComponentSpec) -> dict[str, Any]:
    band = part.limits[-1].impossible
    return {
        "rule": relation.name,
        "component": relation.greater,
        "than": list(relation.parts),
        "low": band[0],
        "high": band[1],
        "unit": part.unit,
        "suggested_unit": None,
    }
