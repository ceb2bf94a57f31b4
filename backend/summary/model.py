"""The page as data: what HTML, PDF and GraphQL are made of. Every number names its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from bson import ObjectId

from backend.access.categories import Category
from backend.archive.sections import Precision
from backend.identity.viewer import Language

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Some(Generic[T]):
    """The rows that fit, and how many did not."""

    shown: tuple[T, ...]
    left_out: int = 0

    @classmethod
    def of(cls, rows: Sequence[T], most: int) -> Some[T]:
        return cls(tuple(rows[:most]), max(0, len(rows) - most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of words; ``source`` is the entry, reading or alert it says."""

    text: str
    detail: str = ""
    marked: bool = False
    source: ObjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One reading's value as people read it (146/88)."""

    text: str
    at: datetime
    precision: Precision
    source: ObjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The readings of a time together. ``mean`` is text; ``values`` its numbers by component;
    ``in_target`` a share from 0 to 1, None without a target. ``sources`` are the readings."""

    mean: str
    values: tuple[float, ...]
    count: int
    in_target: float | None
    sources: tuple[ObjectId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """Lines of (x, y), both from 0 to 1, y upwards; ``split`` is the x where "now" begins."""

    lines: tuple[tuple[tuple[float, float], ...], ...]
    split: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    id: str
    name: str
    unit: str
    latest: Point
    now: Span | None
    before: Span | None
    change: str
    lowest: Point | None
    highest: Point | None
    spark: Spark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A laboratory item's latest result and the one before."""

    name: str
    latest: Point
    flag: str
    range: str
    before: Point | None
    spark: Spark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """None where the profile is not granted or does not say."""

    name: str | None
    age: str | None
    sex: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """``since`` to ``until`` is now, ``before`` to ``since`` what it is compared with.

    ``visit`` is the encounter that ``since`` is taken from; ``words`` say it.
    """

    before: datetime
    since: datetime
    until: datetime
    visit: ObjectId | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """``withheld`` are the categories that the viewer may not see: a part that is None is
    missing for that reason, an empty one has nothing."""

    resident_id: ObjectId
    language: Language
    who: Who
    window: Window
    withheld: tuple[Category, ...]
    problems: Some[Line] | None
    allergies: Some[Line] | None
    medications: Some[Line] | None
    medication_changes: Some[Line] | None
    indicators: Some[Indicator] | None
    labs: Some[Lab] | None
    reports: Some[Line] | None
    alerts: Some[Line] | None
    symptoms: Some[Line] | None
