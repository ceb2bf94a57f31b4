"""The vocabulary of limits: levels, directions, bounds, and what holds for one person."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple

from backend.measurements.draft import Kind, Meal


class Level(IntEnum):
    """How soon something must happen; a higher level compares greater.

    ``EMERGENCY`` is ``URGENT`` together with a red-flag symptom and is never
    reached by a number alone.
    """

    NOTICE = 1
    HIGH = 2
    URGENT = 3
    EMERGENCY = 4

    @property
    def key(self) -> str:
        return self.name.lower()


class Direction(StrEnum):
    LOW = "low"
    HIGH = "high"


class Place(StrEnum):
    """Where it was taken; blood pressure has other limits at home (家庭) and clinic (诊室)."""

    HOME = "home"
    CLINIC = "clinic"


class Text(NamedTuple):
    """The same words in zh-CN and English."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Op(StrEnum):
    """How a value crosses a limit."""

    GTE = "gte"
    GT = "gt"
    LTE = "lte"
    LT = "lt"

    @property
    def direction(self) -> Direction:
        return Direction.HIGH if self in (Op.GTE, Op.GT) else Direction.LOW

    def holds(self, value: float, limit: float) -> bool:
        return _COMPARE[self](value, limit)


_COMPARE: dict[Op, Callable[[float, float], bool]] = {
    Op.GTE: operator.ge,
    Op.GT: operator.gt,
    Op.LTE: operator.le,
    Op.LT: operator.lt,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """Crossing ``op value`` means ``level``. ``value`` is in the kind's canonical unit.

    ``id`` names the row of ``data/thresholds.toml`` it comes from, or
    ``override`` for the doctor's own; ``source`` is shown to people.
    """

    id: str
    component: str
    op: Op
    value: float
    level: Level
    source: Text
    fixed: bool = False
    unverified: bool = False

    @property
    def direction(self) -> Direction:
        return self.op.direction

    def crossed_by(self, value: float) -> bool:
        return self.op.holds(value, self.value)


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a target; ``inclusive`` when the bound itself is still inside."""

    value: float
    inclusive: bool
    source: Text


@dataclass(frozen=True, slots=True)
class Target:
    """Where a component should be; an end that is None is open."""

    component: str
    lower: Bound | None
    upper: Bound | None
    unverified: bool = False

    def contains(self, value: float) -> bool:
        return self._above_lower(value) and self._below_upper(value)

    def _above_lower(self, value: float) -> bool:
        bound = self.lower
        return bound is None or value > bound.value or (bound.inclusive and value == bound.value)

    def _below_upper(self, value: float) -> bool:
        bound = self.upper
        return bound is None or value < bound.value or (bound.inclusive and value == bound.value)

    def side(self, value: float) -> Direction | None:
        """On which side of the target ``value`` lies; None when inside."""
        if not self._above_lower(value):
            return Direction.LOW
        return None if self._below_upper(value) else Direction.HIGH

    @property
    def source(self) -> Text | None:
        bound = self.upper or self.lower
        return bound.source if bound else None


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for a person, kind, meal and place at one time; one target a component at most."""

    kind: Kind
    meal: Meal | None
    limits: tuple[Limit, ...]
    targets: tuple[Target, ...]

    def target(self, component: str) -> Target | None:
        return next((target for target in self.targets if target.component == component), None)

    def __bool__(self) -> bool:
        return bool(self.limits or self.targets)
