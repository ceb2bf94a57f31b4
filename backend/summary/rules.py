"""What the page holds, and its words, read once from the data files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from backend.measurements.draft import Kind, Meal


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    """One row of the table: these components of this kind, of this meal where one is named."""

    id: str
    kind: Kind
    components: tuple[str, ...]
    meal: Meal | None


@dataclass(frozen=True, slots=True)
class Rules:
    """``most`` is the number of rows by section; the rest are days."""

    days_without_visit: int
    youngest_visit_days: int
    shortest_days_before: int
    longest_days: int
    lab_days: int
    most: Mapping[str, int]
    indicators: tuple[IndicatorRule, ...]


@cache
def rules() -> Rules:
    table = _table("summary")
    window = table["window"]
    return Rules(
        days_without_visit=window["days_without_visit"],
        youngest_visit_days=window["youngest_visit_days"],
        shortest_days_before=window["shortest_days_before"],
        longest_days=window["longest_days"],
        lab_days=table["labs"]["days"],
        most={name: most for name, most in table["most"].items() if name != "source"},
        indicators=tuple(_indicator(each) for each in table["indicator"]),
    )


def say(key: str, language: str, **values: object) -> str:
    """The words for ``key``, in ``zh`` or ``en``."""
    text: str = _table("words")[key]["en" if language.startswith("en") else "zh"]
    return text.format_map({name: str(value) for name, value in values.items()})


def _indicator(raw: Mapping[str, Any]) -> IndicatorRule:
    meal = Meal(raw["meal"]) if "meal" in raw else None
    return IndicatorRule(raw["id"], Kind(raw["kind"]), tuple(raw["components"]), meal)


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("backend.summary").joinpath(f"data/{name}.toml").read_text("utf-8"))
