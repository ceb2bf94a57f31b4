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
    """``bare``: people use two units and leave both out (体重124: 公斤 or 斤)."""

    kind: Kind
    component: str
    words: re.Pattern[str]
    unit: str
    units: Mapping[str, re.Pattern[str]]
    alone: re.Pattern[str] | None
    meal_word: bool
    bare: bool

    def unit_of(self, said: str) -> str | None:
        """The unit that ``said`` begins with, UCUM or as measurements/data/units.toml has it."""
        said = said.lstrip()
        return next((unit for unit, each in self.units.items() if each.match(said)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressureWords:
    words: re.Pattern[str]
    systolic: re.Pattern[str]
    diastolic: re.Pattern[str]
    between: str
    unit: str
    units: Mapping[str, re.Pattern[str]]
    bare_systolic: tuple[float, float]
    bare_diastolic: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    kinds: tuple[KindWords, ...]
    pressure: PressureWords
    meals: Mapping[Meal, re.Pattern[str]]
    not_a_reading: re.Pattern[str]
    relatives: re.Pattern[str]
    glue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWords:
    words: re.Pattern[str]
    back: int
    part: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWords:
    name: str
    words: re.Pattern[str]
    hour: time
    since: time


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWords:
    days: tuple[DayWords, ...]
    parts: tuple[PartWords, ...]
    now: re.Pattern[str]


@cache
def words() -> Words:
    raw = _read("words.toml")
    pressure = raw["pressure"]
    return Words(
        kinds=tuple(_kind(Kind(name), each) for name, each in raw["kinds"].items()),
        pressure=PressureWords(
            words=re.compile(pressure["words"]),
            systolic=re.compile(pressure["systolic"]),
            diastolic=re.compile(pressure["diastolic"]),
            between=pressure["between"],
            unit=pressure["unit"],
            units={unit: re.compile(each) for unit, each in pressure["units"].items()},
            bare_systolic=tuple(pressure["bare_systolic"]),
            bare_diastolic=tuple(pressure["bare_diastolic"]),
        ),
        meals={Meal(name): re.compile(each) for name, each in raw["meals"].items()},
        not_a_reading=re.compile("|".join(raw["not_a_reading"])),
        relatives=re.compile("|".join(raw["relatives"])),
        glue=raw["glue"],
    )


@cache
def time_words() -> TimeWords:
    raw = _read("times.toml")
    return TimeWords(
        days=tuple(
            DayWords(words=re.compile(each["words"]), back=each["back"], part=each.get("part"))
            for each in raw["days"]
        ),
        parts=tuple(
            PartWords(
                name=each["name"],
                words=re.compile(each["words"]),
                hour=time.fromisoformat(each["hour"]),
                since=time.fromisoformat(each["since"]),
            )
            for each in raw["parts"]
        ),
        now=re.compile(raw["now"]["words"]),
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
        bare=raw.get("bare", False),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", name).read_text("utf-8"))
