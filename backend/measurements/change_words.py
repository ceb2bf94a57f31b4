"""The question about a number that is far from one's own last one, in plain words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table() -> Mapping[str, Any]:
    """``data/changes.toml`` as it is."""
    text = files("backend.measurements").joinpath("data/changes.toml").read_text("utf-8")
    return tomllib.loads(text)


def question(data: Mapping[str, Any], language: str) -> str:
    """比 11月15日的 74 公斤多 61 公斤，是这个数吗？

    ``data`` is that of ``NeedsConfirmation`` by the rule ``own_values``. An answer that was kept
    for a second asking holds no value: then it is said without numbers.
    """
    short = "en" if language.startswith("en") else "zh"
    words = table()["words"][short]
    if "last" not in data:
        return str(words["untold"])
    text: str = words[_side(data)].format(**_facts(data, short))
    if data["suggested_unit"] is None:
        return text
    unit = _unit(data["suggested_unit"], short)
    return text + str(words["other_unit"].format(value=number(data["value"]), unit=unit))


def alert_text(part: str, language: str, data: Mapping[str, Any] | None = None, **more: str) -> str:
    """``reason`` (of ``data``), ``what_to_do`` or ``source`` of the alert that asks afterwards."""
    words = table()["words"][language]
    if data is None:
        return str(words[part])
    return str(words[f"{part}_{_side(data)}"].format(**_facts(data, language), **more))


def _side(data: Mapping[str, Any]) -> str:
    return "more" if data["side"] == "high" else "less"


def _facts(data: Mapping[str, Any], short: str) -> dict[str, str]:
    last_at, at = (datetime.fromisoformat(data[each]) for each in ("last_at", "at"))
    return {
        "day": _day(table()["words"][short], last_at, at),
        "value": number(data["value"]),
        "last": number(data["last"]),
        "difference": number(abs(data["value"] - data["last"])),
        "unit": _unit(data["unit"], short),
    }


def number(value: float) -> str:
    """Two decimals at most: 74, 74.5, 1.75."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _day(words: Mapping[str, Any], last: datetime, at: datetime) -> str:
    """The year where it is another than the reading's, the time where the day is the same."""
    key = "day" if last.year == at.year else "day_year"
    if last.date() == at.date():
        key = "day_time"
    told: str = words[key].format(
        year=last.year,
        month=last.month,
        month_name=words["months"].split()[last.month - 1],
        date=last.day,
        time=f"{last:%H:%M}",
    )
    return told


def _unit(code: str, short: str) -> str:
    known = table()["words"]["units"].get(code)
    return code if known is None else str(known[short])
