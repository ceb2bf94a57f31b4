"""The words of ``data/lasting.toml``, compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """``code`` is None for exercise of no kind that was named."""

    code: str | None
    words: re.Pattern[str]
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseWords:
    activities: tuple[Activity, ...]
    not_one: str
    complaint: re.Pattern[str]
    not_one_day: re.Pattern[str]
    glue: str
    distance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastingWords:
    """``str`` are parts of patterns made elsewhere."""

    bedtime: time
    some_word: re.Pattern[str]
    habit: re.Pattern[str]
    unreal: re.Pattern[str]
    asleep_still: re.Pattern[str]
    nap: re.Pattern[str]
    by_day: re.Pattern[str]
    night: re.Pattern[str]
    small_hours: re.Pattern[str]
    vague_clock: re.Pattern[str]
    several: re.Pattern[str]
    and_more: re.Pattern[str]
    not_exact: str
    about_length: str
    glue: str
    asleep: str
    not_asleep: str
    asleep_en: str
    glue_en: str
    after: str
    to_bed: str
    up: str
    until: str
    about: str
    to_bed_en: str
    up_en: str
    after_clock_en: str
    stages: Mapping[str, re.Pattern[str]]
    exercise: ExerciseWords


@cache
def lasting_words() -> LastingWords:
    path = files(__package__).joinpath("data/lasting.toml")
    raw = tomllib.loads(path.read_text("utf-8"))
    made: dict[str, Any] = {
        each.name: raw[each.name] if each.type == "str" else re.compile(raw[each.name])
        for each in fields(LastingWords)
        if each.type in ("str", "re.Pattern[str]")
    }
    return LastingWords(
        bedtime=time.fromisoformat(raw["bedtime"]),
        stages={name: re.compile(each) for name, each in raw["stages"].items()},
        exercise=_exercise(raw["exercise"]),
        **made,
    )


def activity_words(code: str | None, language: str) -> str | None:
    """What an activity is called here; None for what devices call otherwise."""
    known = lasting_words().exercise.activities
    found = next((each for each in known if each.code == code), None)
    if found is None:
        return None
    return found.en if language == "en" else found.zh


def _exercise(raw: dict[str, Any]) -> ExerciseWords:
    return ExerciseWords(
        activities=tuple(
            Activity(
                code=None if name == "any" else name,
                words=re.compile(each["words"]),
                zh=each["zh"],
                en=each["en"],
            )
            for name, each in raw["activities"].items()
        ),
        not_one=raw["not_one"],
        complaint=re.compile(raw["complaint"]),
        not_one_day=re.compile(raw["not_one_day"]),
        glue=raw["glue"],
        distance=raw["distance"],
    )
