"""For whom limits hold: the person, the circumstances of a reading, the doctor's override."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from backend.measurements.draft import Kind, Meal
from backend.measurements.thresholds.model import Place

Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What limits depend on. ``conditions`` are keys as ``condition_keys`` gives them.

    Without a birth date adults' limits hold; without a sex none that depend on it.
    """

    birth_date: date | None = None
    sex: Sex | None = None
    conditions: frozenset[str] = frozenset()
    pregnant: bool = False


UNKNOWN_PERSON = Person()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How a reading was taken. A glucose without a meal is a random one (随机血糖)."""

    meal: Meal | None = None
    place: Place = Place.HOME
    resting: bool = True


AT_HOME = Circumstances()


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A doctor's own range for one person and component: low to high, both inside.

    Canonical unit. ``meal`` None holds at any meal. Both dates are inclusive,
    by the calendar of the reading's own offset. ``set_by`` is shown to the
    resident ("王医生"), ``note`` too.

    Raises ValueError for a range that is empty, open at both ends or not
    finite, and for dates the wrong way round.
    """

    kind: Kind
    component: str
    valid_from: date
    set_by: str
    low: float | None = None
    high: float | None = None
    meal: Meal | None = None
    valid_until: date | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        ends = [end for end in (self.low, self.high) if end is not None]
        if not ends or not all(math.isfinite(end) for end in ends):
            raise ValueError("an override needs a low or a high, and finite ones")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("an override's low is above its high")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("an override ends before it begins")

    def holds(self, kind: Kind, meal: Meal | None, at: datetime) -> bool:
        """Whether it holds for a reading of that kind and meal at that (aware) time."""
        if self.kind is not kind or self.meal not in (None, meal):
            return False
        on = at.date()
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


def age_in_months(birth_date: date, on: date) -> int:
    """Completed months, 0 before birth. Born on the 31st, a month ends where the month does."""
    months = (on.year - birth_date.year) * 12 + on.month - birth_date.month
    return max(0, months - (on.day < birth_date.day and not _last_of_month(on)))


def _last_of_month(on: date) -> bool:
    return on == date.max or date.fromordinal(on.toordinal() + 1).day == 1
