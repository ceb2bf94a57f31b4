"""What a trend chart is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend.measurements.thresholds import Target


class Period(StrEnum):
    """How long one bucket is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def length(self) -> timedelta:
        return {
            Period.DAY: timedelta(days=1),
            Period.WEEK: timedelta(days=7),
            Period.MONTH: timedelta(days=31),
        }[self]


class Part(StrEnum):
    """What a bucket is apart from others of its time: half of the day (早晚), or the meal."""

    MORNING = "morning"
    EVENING = "evening"
    FASTING = "fasting"
    BEFORE_MEAL = "before_meal"
    AFTER_MEAL = "after_meal"
    BEDTIME = "bedtime"
    RANDOM = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Readings of one day, week or month, by component in canonical units.

    ``start`` is aware and drawn in its own offset.
    """

    start: datetime
    mean: Mapping[str, float]
    min: Mapping[str, float]
    max: Mapping[str, float]
    count: int
    part: Part | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A target to shade, canonical unit; an end that is None is open. ``part``: only for that."""

    component: str
    low: float | None
    high: float | None
    part: Part | None = None

    @classmethod
    def of(cls, target: Target, part: Part | None = None) -> Band:
        lower, upper = target.lower, target.upper
        return cls(
            component=target.component,
            low=lower.value if lower else None,
            high=upper.value if upper else None,
            part=part,
        )
