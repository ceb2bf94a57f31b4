"""Chance that answers alike whenever it is asked: by seed, name and day, never by order.

So a start in a week makes for last Tuesday what a start today would have made.
"""

from __future__ import annotations

import math
from datetime import date
from functools import lru_cache
from random import Random

_KNOT_DAYS = 14
_YEAR = 365.25


class Chance:
    """Draws for one thing (``father/bp-am``)."""

    def __init__(self, seed: int, name: str) -> None:
        self._name = f"{seed}/{name}"

    def on(self, day: date) -> Random:
        """The draws of one day."""
        return Random(f"{self._name}/{day.isoformat()}")  # a text seeds by its SHA-512

    def drift(self, day: date, what: str) -> float:
        """A slow wave between about -1 and 1: random knots a fortnight apart, eased between."""
        knot, rest = divmod(day.toordinal(), _KNOT_DAYS)
        ease = (1 - math.cos(math.pi * rest / _KNOT_DAYS)) / 2
        name = f"{self._name}/{what}"
        return (1 - ease) * _knot(name, knot) + ease * _knot(name, knot + 1)


@lru_cache(maxsize=4096)
def _knot(name: str, number: int) -> float:
    return Random(f"{name}/{number}").uniform(-1, 1)


def season(day: date, peak: int) -> float:
    """1 on the ``peak``-th day of the year, -1 half a year away from it."""
    return math.cos(2 * math.pi * (day.timetuple().tm_yday - peak) / _YEAR)
