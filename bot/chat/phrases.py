"""The texts, units and intents of ``phrases.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from backend.core.clock import SHANGHAI

_ENGLISH_MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def short(language: str) -> str:
    return "en" if language.startswith("en") else "zh"


def say(language: str, key: str, **values: object) -> str:
    template: str = _table()[short(language)][key]
    return template.format(**values)


def unit_words(language: str, unit: str) -> str:
    known = _table()["units"].get(unit)
    return unit if known is None else str(known[short(language)])


def time_of(language: str, at: datetime, now: datetime) -> str:
    """今天 07:30, 昨天 20:00, 11月3日 08:12; on the wall clock of ``at``'s own zone."""
    local, today = at, now.astimezone(at.tzinfo).date()
    days = {today: "today", today - timedelta(days=1): "yesterday"}
    key = days.get(local.date())
    if key is None:
        return f"{day_of(language, local.date(), today)} {local:%H:%M}"
    return say(language, key, time=f"{local:%H:%M}")


def day_of(language: str, day: date, today: date) -> str:
    """11月3日, 3 Nov; with the year where it is not this one."""
    year = "" if day.year == today.year else "_of_a_year"
    month = _ENGLISH_MONTHS[day.month - 1]
    return say(language, f"day{year}", year=day.year, month=day.month, name=month, day=day.day)


def month_of(language: str, at: datetime, *, long: bool) -> str:
    """A date below a picture: 2026年11月, or 11月20日 where ``long`` is not said."""
    month = _ENGLISH_MONTHS[at.month - 1]
    key = "lab_month" if long else "lab_day"
    return say(language, key, year=at.year, month=at.month, name=month, day=at.day)


def printed_unit(unit: str) -> str:
    """As paper has it: umol/L is μmol/L, 10^9/L is 10⁹/L."""
    unit = re.sub(r"^u(?=(?:mol|g|L|U|IU|kat|m)\b|mol)", "μ", unit)
    return re.sub(r"\^(\d+)", lambda found: found[1].translate(_RAISED), unit)


def here(at: datetime) -> datetime:
    """On Shanghai's wall clock."""
    return at.astimezone(SHANGHAI)


def intent_of(text: str) -> str | None:
    """Which of ``intents`` all of ``text`` is."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip().strip("。.!！?？")
    return next((name for name, each in _intents().items() if each.fullmatch(plain)), None)


@cache
def _intents() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(each) for name, each in _table()["intents"].items()}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("phrases.toml").read_text("utf-8"))
