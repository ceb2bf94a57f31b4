"""The guideline's rows: read from ``data/thresholds.toml`` once, chosen by who and how."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from backend.measurements.draft import Kind, Meal
from backend.measurements.thresholds.model import Bound, Level, Limit, Op, Place, Target, Text
from backend.measurements.thresholds.person import Circumstances, Sex

DATA = Path(__file__).resolve().parents[1] / "data" / "thresholds.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person as far as rows can tell them apart: equal ones share their limits."""

    age_months: int
    sex: Sex | None
    conditions: frozenset[str]
    pregnant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """For whom and when a row holds; see the head of the data file."""

    age_from: float | None = None
    age_to: float | None = None
    sex: Sex | None = None
    pregnant: bool | None = None
    conditions_any: frozenset[str] = frozenset()
    conditions_none: frozenset[str] = frozenset()
    meal: frozenset[Meal] = frozenset()
    place: Place | None = None
    at_rest: bool = False

    def fits(self, who: Who, how: Circumstances) -> bool:
        return self._fits_person(who) and self._fits_circumstances(how)

    def _fits_person(self, who: Who) -> bool:
        return (
            (self.age_from is None or who.age_months >= self.age_from * 12)
            and (self.age_to is None or who.age_months < self.age_to * 12)
            and self.sex in (None, who.sex)
            and self.pregnant in (None, who.pregnant)
            and (not self.conditions_any or not self.conditions_any.isdisjoint(who.conditions))
            and self.conditions_none.isdisjoint(who.conditions)
        )

    def _fits_circumstances(self, how: Circumstances) -> bool:
        return (
            (not self.meal or (how.meal or Meal.RANDOM) in self.meal)
            and self.place in (None, how.place)
            and (how.resting or not self.at_rest)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the file; ``level`` is None in a target. ``bounds`` as (op, number)."""

    id: str
    kind: Kind
    component: str
    selector: Selector
    bounds: tuple[tuple[Op, float], ...]
    per_year: float
    source: Text
    level: Level | None = None
    fixed: bool = False
    unverified: bool = False
    instead_of: str | None = None

    def number(self, base: float, who: Who) -> float:
        return base + self.per_year * (who.age_months // 12)


@cache
def table() -> Mapping[str, Any]:
    """The data file as it is."""
    with DATA.open("rb") as file:
        return tomllib.load(file)


@cache
def rows() -> tuple[Row, ...]:
    """Every limit and target of the file."""
    return tuple(_row(raw) for raw in (*table()["target"], *table()["limit"]))


def source_text(source_id: str) -> Text:
    source = table()["sources"][source_id]
    return Text(source["zh"], source["en"])


def selector_of(raw: Mapping[str, Any]) -> Selector:
    return Selector(
        age_from=raw.get("age_from"),
        age_to=raw.get("age_to"),
        sex=raw.get("sex"),
        pregnant=raw.get("pregnant"),
        conditions_any=frozenset(raw.get("conditions_any", ())),
        conditions_none=frozenset(raw.get("conditions_none", ())),
        meal=frozenset(Meal(meal) for meal in raw.get("meal", ())),
        place=Place(raw["place"]) if "place" in raw else None,
        at_rest=raw.get("at_rest", False),
    )


def _row(raw: Mapping[str, Any]) -> Row:
    return Row(
        id=raw["id"],
        kind=Kind(raw["kind"]),
        component=raw["component"],
        selector=selector_of(raw),
        bounds=tuple((op, float(raw[op])) for op in Op if op in raw),
        per_year=raw.get("per_year", 0.0),
        source=source_text(raw["source"]),
        level=Level[raw["level"].upper()] if "level" in raw else None,
        fixed=raw.get("fixed", False),
        unverified=raw.get("unverified", False),
        instead_of=raw.get("instead_of"),
    )


@lru_cache(maxsize=4096)
def guideline(
    kind: Kind, who: Who, how: Circumstances, include_unverified: bool
) -> tuple[tuple[Limit, ...], tuple[Target, ...]]:
    """The guideline's limits and targets for such a person, before any override."""
    chosen = [
        row
        for row in rows()
        if row.kind is kind
        and (include_unverified or not row.unverified)
        and row.selector.fits(who, how)
    ]
    replaced = {row.instead_of for row in chosen}
    kept = [row for row in chosen if row.id not in replaced]
    return (
        tuple(_limit(row, row.level, who) for row in kept if row.level is not None),
        tuple(_target(row, who) for row in kept if row.level is None),
    )


def _limit(row: Row, level: Level, who: Who) -> Limit:
    [(op, base)] = row.bounds
    value = row.number(base, who)
    return Limit(row.id, row.component, op, value, level, row.source, row.fixed, row.unverified)


def _target(row: Row, who: Who) -> Target:
    ends = {
        op: Bound(row.number(base, who), op in (Op.GTE, Op.LTE), row.source)
        for op, base in row.bounds
    }
    lower = ends.get(Op.GTE) or ends.get(Op.GT)
    upper = ends.get(Op.LTE) or ends.get(Op.LT)
    return Target(row.component, lower, upper, row.unverified)
