"""Pure arithmetic over readings: averages, extremes, counts, limits, trends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Window
from bot.assistant.lexicon.kinds import kinds
from bot.assistant.lexicon.units import half_up, plain_unit, shown_unit
from bot.assistant.records import Measured, Reading
from bot.assistant.understanding.asks import Limit

Hours = tuple[int, int]
_LOWEST_TARGET = 110  # mmHg systolic: what is below it is asked for as low, not as controlled


@dataclass(frozen=True, slots=True)
class Basis:
    """The unit an answer counts in: the kind's, or the one all readings were recorded in."""

    unit: str
    recorded: bool

    def of(self, measured: Measured) -> Decimal:
        return measured.recorded if self.recorded else measured.value


def select(
    readings: Iterable[Reading],
    window: Window | None = None,
    *,
    hours: Hours | None = None,
    meal: str | None = None,
    part: str | None = None,
    at_home: bool | None = None,
) -> list[Reading]:
    """Readings inside the window, the hours of the day (Shanghai), of the meal, with the part.

    ``at_home`` True keeps what a meter measured, False what it did not.
    """
    return [
        r
        for r in readings
        if (window is None or window.holds(r.at))
        and (hours is None or (not r.day_only and in_hours(r, hours)))
        and (meal is None or r.meal == meal)
        and (part is None or part in r.values)
        and (at_home is None or (r.at_home is True) is at_home)
    ]


def in_hours(reading: Reading, hours: Hours) -> bool:
    """Whether its time of day lies in [from, to); the span may pass midnight."""
    hour = reading.at.astimezone(SHANGHAI).hour
    first, last = hours
    return first <= hour < last if first < last else hour >= first or hour < last


def bases(kind: str, readings: Sequence[Reading]) -> list[Basis]:
    """The canonical unit, and the recorded one where all readings share another."""
    known = kinds().get(kind)
    found = [m for r in readings for m in r.values.values()]
    units = {plain_unit(m.recorded_unit) for m in found}
    canonical = Basis(known.unit if known else (found[0].unit if found else ""), False)
    if len(units) == 1 and any(m.converted for m in found):
        return [canonical, Basis(shown_unit(found[0].recorded_unit), True)]
    return [canonical]


def average(values: Sequence[Decimal]) -> Decimal:
    """Rounded half up to one decimal, as the contract says."""
    return half_up(sum(values, Decimal(0)) / len(values), 1)


def numbers(readings: Iterable[Reading], part: str, basis: Basis) -> list[Decimal]:
    return [basis.of(r.values[part]) for r in readings if part in r.values]


def extreme(
    readings: Sequence[Reading], part: str, choose: Callable[[Iterable[Decimal]], Decimal]
) -> tuple[Measured, list[Reading]]:
    """The highest or lowest of a part, and every reading that has it."""
    best = choose(r.values[part].value for r in readings if part in r.values)
    hits = [r for r in readings if part in r.values and r.values[part].value == best]
    return hits[0].values[part], hits


def _between(reading: Reading, low: Decimal, high: Decimal, part: str | None) -> bool:
    """The part named, else the systolic pressure or the value, from ``low`` to ``high``."""
    key = part or ("systolic" if "systolic" in reading.values else "value")
    measured = reading.values.get(key)
    return measured is not None and low <= measured.value <= high


def beyond(reading: Reading, limit: Limit, part: str | None) -> bool:
    """Whether a reading passes the limit; of a pressure either side, but both where it is asked
    whether it stayed below a target."""
    if limit.up_to is not None:
        return _between(reading, limit.first, limit.up_to, part)
    if limit.second is not None and {"systolic", "diastolic"} & set(reading.values):
        sides = (("systolic", limit.first), ("diastolic", limit.second))
        enough = all if is_target(limit) else any
        return enough(
            _passes(reading.values[p].value, limit, figure)
            for p, figure in sides
            if p in reading.values
        )
    chosen = part or part_for(reading, limit)
    return chosen in reading.values and _passes(reading.values[chosen].value, limit, limit.first)


def is_target(limit: Limit) -> bool:
    """Below 130/80 is well controlled, by both figures; below 90/60 is low, by one of them."""
    return limit.second is not None and not limit.above and limit.first >= _LOWEST_TARGET


def _passes(value: Decimal, limit: Limit, figure: Decimal) -> bool:
    if limit.above:
        return value > figure if limit.strict else value >= figure
    return value < figure if limit.strict else value <= figure


def part_for(reading: Reading, limit: Limit) -> str:
    """A lone figure for a pressure: a hundred or more is meant for the systolic side."""
    if "systolic" not in reading.values and "diastolic" not in reading.values:
        return "value"
    floor = 105 if limit.above else 80
    return "systolic" if limit.first >= floor else "diastolic"
