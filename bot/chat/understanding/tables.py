"""The words of ``data/*.toml``, compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cache
from importlib.resources import files
from typing import Any

from backend.measurements.draft import Kind, Meal


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """``other``: the unit that a bare number may be in as well (体重124: 公斤 or 斤)."""

    kind: Kind
    component: str
    words: re.Pattern[str]
    unit: str
    units: Mapping[str, re.Pattern[str]]
    alone: re.Pattern[str] | None
    meal_word: bool
    other: str | None

    def unit_of(self, said: str) -> str | None:
        """The unit that ``said`` begins with, UCUM or as measurements/data/units.toml has it."""
        said = said.lstrip()
        return next((unit for unit, each in self.units.items() if each.match(said)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressureWords:
    """``high`` and ``low``: words that say it only together (高的135低的85)."""

    words: re.Pattern[str]
    systolic: re.Pattern[str]
    diastolic: re.Pattern[str]
    high: str
    low: str
    between: str
    unit: str
    units: Mapping[str, re.Pattern[str]]
    bare_systolic: tuple[float, float]
    bare_diastolic: tuple[float, float]
    bare_pulse: tuple[float, float]

    def plausible(self, high: float, low: float) -> bool:
        """Whether two numbers are a pressure without its word."""
        first, second = self.bare_systolic, self.bare_diastolic
        return first[0] <= high <= first[1] and second[0] <= low <= second[1] and low < high


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    kinds: tuple[KindWords, ...]
    names: Mapping[Kind, re.Pattern[str]]
    pressure: PressureWords
    meals: Mapping[Meal, re.Pattern[str]]
    not_a_reading: re.Pattern[str]
    relatives: re.Pattern[str]
    pronouns: frozenset[str]
    oneself: re.Pattern[str]
    writer: re.Pattern[str]
    correction: re.Pattern[str]
    change: re.Pattern[str]
    no_value: re.Pattern[str]
    vague: re.Pattern[str]
    and_more: re.Pattern[str]
    switch: re.Pattern[str]
    other_units: re.Pattern[str]
    any_kind: re.Pattern[str]
    before_alone: str
    glue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWords:
    words: re.Pattern[str]
    back: int
    part: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWords:
    """A part of the day, or a meal's time: its usual hour, and from when to when it is."""

    name: str
    words: re.Pattern[str]
    hour: time
    since: time
    until: time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWords:
    days: tuple[DayWords, ...]
    parts: tuple[PartWords, ...]
    meals: tuple[PartWords, ...]
    now: re.Pattern[str]


@cache
def words() -> Words:
    raw = _read("words.toml")
    named = [raw["pressure"][each] for each in ("words", "systolic", "diastolic")]
    named += [each["words"] for each in raw["kinds"].values()]
    return Words(
        kinds=tuple(_kind(Kind(name), each) for name, each in raw["kinds"].items()),
        names={Kind(name): re.compile(each) for name, each in raw["names"].items()},
        pressure=_pressure(raw["pressure"]),
        meals={Meal(name): re.compile(each) for name, each in raw["meals"].items()},
        not_a_reading=re.compile("|".join(raw["not_a_reading"])),
        relatives=re.compile("|".join(raw["relatives"])),
        pronouns=frozenset(raw["pronouns"]),
        oneself=re.compile(raw["oneself"]),
        writer=re.compile(raw["writer"]),
        correction=re.compile(raw["correction"]),
        change=re.compile(raw["change"]),
        no_value=re.compile(raw["no_value"]),
        vague=re.compile(raw["vague"]),
        and_more=re.compile(raw["and_more"]),
        switch=re.compile(raw["switch"]),
        other_units=re.compile(raw["other_units"]),
        any_kind=re.compile("|".join(named)),
        before_alone=raw["before_alone"],
        glue=raw["glue"],
    )


def _pressure(raw: dict[str, Any]) -> PressureWords:
    return PressureWords(
        words=re.compile(raw["words"]),
        systolic=re.compile(raw["systolic"]),
        diastolic=re.compile(raw["diastolic"]),
        high=raw["high"],
        low=raw["low"],
        between=raw["between"],
        unit=raw["unit"],
        units={unit: re.compile(each) for unit, each in raw["units"].items()},
        bare_systolic=tuple(raw["bare_systolic"]),
        bare_diastolic=tuple(raw["bare_diastolic"]),
        bare_pulse=tuple(raw["bare_pulse"]),
    )


@cache
def time_words() -> TimeWords:
    raw = _read("times.toml")
    return TimeWords(
        days=tuple(
            DayWords(words=re.compile(each["words"]), back=each["back"], part=each.get("part"))
            for each in raw["days"]
        ),
        parts=tuple(_part(each) for each in raw["parts"]),
        meals=tuple(_part(each) for each in raw["meals"]),
        now=re.compile(raw["now"]["words"]),
    )


def _part(raw: dict[str, Any]) -> PartWords:
    return PartWords(
        name=raw["name"],
        words=re.compile(raw["words"]),
        hour=time.fromisoformat(raw["hour"]),
        since=time.fromisoformat(raw["since"]),
        until=time.fromisoformat(raw["until"]) if "until" in raw else None,
    )


def _kind(kind: Kind, raw: dict[str, Any]) -> KindWords:
    return KindWords(
        kind=kind,
        component=raw["component"],
        words=re.compile(raw["words"]),
        unit=raw["unit"],
        units={unit: re.compile(each) for unit, each in raw["units"].items()},
        alone=re.compile(raw["alone"]) if "alone" in raw else None,
        meal_word=raw.get("meal_word", False),
        other=raw.get("other"),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", name).read_text("utf-8"))
