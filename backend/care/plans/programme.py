"""The numbers of ``data/programme.toml``: parts of the day, weekdays, when a plan adapts."""

from __future__ import annotations

import tomllib
from datetime import time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field


class Fixed(BaseModel):
    """Frozen, and holds nothing that it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Fixed):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Part(StrEnum):
    """When in the day something is measured; glucose by meal, all else by the clock."""

    MORNING = "morning"
    DAY = "day"
    EVENING = "evening"
    FASTING = "fasting"
    BEFORE_MEAL = "before_meal"
    AFTER_MEAL = "after_meal"
    BEDTIME = "bedtime"


class Stage(StrEnum):
    """How closely a plan looks: at its start, when control is reached, when it was too much."""

    START = "start"
    CONTROLLED = "controlled"
    SIMPLER = "simpler"


class Adapting(Fixed):
    """Weeks in a row and percentages; ``judged`` readings a week are needed to say anything."""

    judged: int = Field(ge=1, le=50)
    controlled_weeks: int = Field(ge=1, le=26)
    controlled_percent: int = Field(ge=1, le=100)
    kept_percent: int = Field(ge=1, le=100)
    missed_weeks: int = Field(ge=1, le=26)
    missed_percent: int = Field(ge=1, le=100)
    worse_weeks: int = Field(ge=1, le=26)
    worse_percent: int = Field(ge=1, le=100)
    told_again_weeks: int = Field(ge=1, le=52)
    source: str = Field(min_length=1)


class Limits(Fixed):
    lease_seconds: int
    batch: int
    declined_days: int
    ended_days: int
    wavering_days: int
    phases: int
    revisions: int
    text: int
    own_steps: int
    days_back: int
    longest_interval: int
    look_days: int
    source: str


class First(Fixed):
    """Days after a plan's start, where the archive has no earlier one."""

    questionnaire: int
    check: int
    visit: int
    source: str


class Once(Fixed):
    at: time
    source: str


class PartOfDay(Words):
    """``at``: when the reminder comes."""

    at: time


class Programme(Fixed):
    review: time
    """On Mondays, before anybody's first measurement."""
    dawn: time
    parts: dict[Part, PartOfDay]
    weekdays: dict[str, tuple[str, ...]]
    stages: dict[Stage, Words]
    adapting: Adapting
    limits: Limits
    first: First
    once: Once
    source: str

    def days(self, a_week: int) -> tuple[str, ...]:
        """Weekdays as RFC 5545 names them (``MO`` …), spread over the week."""
        return self.weekdays[str(a_week)]


WEEK: Final = timedelta(days=7)
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@cache
def programme() -> Programme:
    text = files(__package__).joinpath("data", "programme.toml").read_text("utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    return Programme.model_validate(raw)
