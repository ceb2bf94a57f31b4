"""Which column holds what, by its name in Chinese or English (``data/csv_columns.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from backend.measurements.draft import Kind, Meal
from backend.measurements.units import is_unit

PULSE = "pulse"
BOTH = "both"
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_PUNCTUATION = re.compile(r"[\s_\-:./&·、，。]+")


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """``kind`` is None for a pulse column, whose kind depends on the others in its row.

    ``component`` is ``both`` for blood pressures written 142/88. ``unit`` as in
    the header, or None where it names none.
    """

    index: int
    kind: Kind | None
    component: str
    unit: str | None
    meal: Meal | None


@dataclass(frozen=True, slots=True)
class Columns:
    """``fields``: datetime, date, clock, end, note, meal, unit, device, id, activity → index."""

    fields: Mapping[str, int]
    values: tuple[ValueColumn, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Names:
    fields: Mapping[str, str]
    values: Mapping[str, tuple[Kind | None, str]]
    meal_columns: Mapping[str, Meal]
    meals: Mapping[str, Meal]


def recognise(header: Sequence[str]) -> Columns | None:
    """The columns of a header row; None where it lacks a time or a measurement."""
    fields: dict[str, int] = {}
    values = []
    for index, name in enumerate(header[:200]):
        value = _value_column(index, name)
        if value is not None:
            values.append(value)
        elif (field := _names().fields.get(plain_name(name))) is not None:
            fields.setdefault(field, index)
    timed = {"datetime", "date"} & set(fields)
    if "clock" in fields and not timed:
        # “时间” alone is the whole time.
        fields["datetime"] = fields.pop("clock")
        timed = {"datetime"}
    if not timed or not values:
        return None
    return Columns(fields, tuple(values), tuple(name.strip() for name in header))


def meal_named(text: str) -> Meal | None:
    """“早餐前”, “after meal” …; None for what is not known."""
    return _names().meals.get(plain_name(text))


def plain_name(text: str) -> str:
    """Without brackets, case, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _PUNCTUATION.sub("", _BRACKETS.sub("", folded))


def _value_column(index: int, header: str) -> ValueColumn | None:
    names, plain = _names(), plain_name(header)
    meal = names.meal_columns.get(plain)
    if meal is not None:
        return ValueColumn(index, Kind.GLUCOSE, "glucose", _unit(header), meal)
    if plain not in names.values:
        return None
    kind, component = names.values[plain]
    return ValueColumn(index, kind, component, _unit(header), None)


def _unit(header: str) -> str | None:
    inside = _BRACKETS.findall(unicodedata.normalize("NFKC", header))
    return next((text for text in inside if is_unit(text)), None)


@cache
def _names() -> _Names:
    text = files("backend.measurements").joinpath("data/csv_columns.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    fields = {
        plain_name(name): field
        for section in (raw["time"], raw["text"])
        for field, names in section.items()
        for name in names
    }
    values = {
        plain_name(name): (None if kind == PULSE else Kind(kind), component)
        for kind, components in raw["values"].items()
        for component, names in components.items()
        for name in names
    }
    return _Names(
        fields,
        values,
        {plain_name(name): Meal(meal) for name, meal in raw["meal_columns"].items()},
        {plain_name(name): Meal(meal) for name, meal in raw["meals"].items()},
    )
