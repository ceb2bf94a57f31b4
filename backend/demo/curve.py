"""How one number goes through the days: level, treatment, season, weekday, drift, noise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from backend.demo.chance import Chance, season

_COLDEST = 20  # day of the year; blood pressure is highest then, steps are fewest


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From ``day`` (counted from the anchor) on, over so many days, by so much."""

    day: int
    by: float
    over: int = 1

    def at(self, offset: int) -> float:
        return self.by * min(1.0, max(0.0, (offset - self.day) / self.over))


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Figures of ``data/*.toml``, in the component's unit; ``lapse`` is added on a day when
    the medicine was forgotten, ``shared`` moves with the other numbers of the reading."""

    base: float
    unit: str
    noise: float = 0.0
    shared: float = 0.0
    season: float = 0.0
    peak: int = _COLDEST
    weekend: float = 0.0
    drift: float = 0.0
    lapse: float = 0.0
    decimals: int = 0
    low: float = 0.0
    high: float = 1e6
    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Curve:
        changes = tuple(Change(**each) for each in raw.get("changes", ()))
        return cls(**{**raw, "changes": changes})

    def value(
        self, day: date, offset: int, *, chance: Chance, draw: Random, shared: float, lapsed: bool
    ) -> float:
        """The number on ``day``; ``offset`` is the day counted from the anchor."""
        value = self.base + sum(change.at(offset) for change in self.changes)
        value += self.season * season(day, self.peak)
        value += self.weekend * (day.weekday() >= 5)
        value += self.drift * chance.drift(day, self.unit)
        value += self.lapse * lapsed
        value += self.shared * shared + draw.gauss(0, self.noise)
        bounded = min(self.high, max(self.low, value))
        return round(bounded, self.decimals)
