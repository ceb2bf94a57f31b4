"""Days in a row. One missing day is bridged by a freeze, of which a month has so many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Run:
    """Days in a row, without the frozen ones between them."""

    days: list[date]
    frozen: list[date] = field(default_factory=list)

    def blocks(self, length: int) -> list[date]:
        """The days on which each ``length`` of days was full."""
        return self.days[length - 1 :: length]


def runs(days: Iterable[date], freezes_a_month: int) -> list[Run]:
    """The days' runs, oldest first. A freeze belongs to the month of the missing day."""
    found: list[Run] = []
    used: Counter[tuple[int, int]] = Counter()
    for day in sorted(set(days)):
        if found and _joins(found[-1], day, used, freezes_a_month):
            found[-1].days.append(day)
        else:
            found.append(Run([day]))
    return found


def current(found: list[Run], today: date, freezes_a_month: int) -> Run | None:
    """The run that goes on if something is done today."""
    if not found:
        return None
    last = found[-1]
    missed = (today - last.days[-1]).days - 1
    if missed <= 0:
        return last
    yesterday = today - _DAY
    spent = sum(
        (day.year, day.month) == (yesterday.year, yesterday.month)
        for run in found
        for day in run.frozen
    )
    return last if missed == 1 and spent < freezes_a_month else None


def freezes_left(found: list[Run], today: date, freezes_a_month: int) -> int:
    month = (today.year, today.month)
    used = sum((day.year, day.month) == month for run in found for day in run.frozen)
    return max(0, freezes_a_month - used)


def _joins(run: Run, day: date, used: Counter[tuple[int, int]], freezes: int) -> bool:
    gap = (day - run.days[-1]).days
    if gap == 1:
        return True
    missing = day - _DAY
    month = (missing.year, missing.month)
    if gap != 2 or used[month] >= freezes:
        return False
    used[month] += 1
    run.frozen.append(missing)
    return True
