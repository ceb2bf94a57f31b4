"""What each kind of reading holds, read once from ``data/kinds.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from backend.access.categories import Category
from backend.measurements.draft import Kind, Meal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Plausible values from an age on, in the component's canonical unit, both ends included."""

    from_age: float
    impossible: tuple[float, float]
    unlikely: tuple[float, float]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentSpec:
    """One number of a reading. ``units`` are codes of ``data/units.toml``, usual first.

    ``loinc`` is None where LOINC has no fitting code; ``loinc_by_meal`` refines
    it. ``limits`` is ordered by ``from_age`` and begins at 0.
    """

    name: str
    zh: str
    en: str
    unit: str
    units: tuple[str, ...]
    decimals: int
    required: bool
    limits: tuple[Limits, ...]
    loinc: str | None = None
    loinc_by_meal: Mapping[Meal, str]
    analyte: str | None = None

    def loinc_for(self, meal: Meal | None) -> str | None:
        """The LOINC code, by meal where one is given and LOINC tells them apart."""
        return self.loinc if meal is None else self.loinc_by_meal.get(meal, self.loinc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """``greater`` > the sum of ``parts`` (>= with ``or_equal``), give or take ``tolerance``."""

    name: str
    greater: str
    parts: tuple[str, ...]
    or_equal: bool
    tolerance: float
    impossible: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """A kind of reading. ``interval``: it lasts, so ``end`` is expected.

    ``attributes`` names those that mean something for this kind; others are kept.
    """

    kind: Kind
    zh: str
    en: str
    category: Category
    components: Mapping[str, ComponentSpec]
    required: tuple[ComponentSpec, ...]
    relations: tuple[Relation, ...]
    panel_loinc: str | None
    meal: bool
    interval: bool
    note_required: bool
    attributes: tuple[str, ...]


def spec(kind: Kind) -> KindSpec:
    """What ``kind`` holds."""
    return all_specs()[kind]


@cache
def all_specs() -> Mapping[Kind, KindSpec]:
    """Every kind, in the order of ``Kind``."""
    text = files("backend.measurements").joinpath("data/kinds.toml").read_text("utf-8")
    table = tomllib.loads(text)["kinds"]
    return MappingProxyType({kind: _kind(kind, table[kind.value]) for kind in Kind})


def _kind(kind: Kind, raw: dict[str, Any]) -> KindSpec:
    components = {name: _component(name, part) for name, part in raw["components"].items()}
    return KindSpec(
        kind=kind,
        zh=raw["zh"],
        en=raw["en"],
        category=Category(raw.get("category", Category.READINGS)),
        components=MappingProxyType(components),
        required=tuple(part for part in components.values() if part.required),
        relations=tuple(_relation(relation) for relation in raw.get("relations", [])),
        panel_loinc=raw.get("panel_loinc"),
        meal=raw.get("meal", False),
        interval=raw.get("interval", False),
        note_required=raw.get("note_required", False),
        attributes=tuple(raw.get("attributes", [])),
    )


def _component(name: str, raw: dict[str, Any]) -> ComponentSpec:
    by_meal = {Meal(meal): code for meal, code in raw.get("loinc_by_meal", {}).items()}
    return ComponentSpec(
        name=name,
        zh=raw["zh"],
        en=raw["en"],
        unit=raw["unit"],
        units=tuple(raw["units"]),
        decimals=raw["decimals"],
        required=raw["required"],
        limits=tuple(_limits(band) for band in raw["limits"]),
        loinc=raw.get("loinc"),
        loinc_by_meal=MappingProxyType(by_meal),
        analyte=raw.get("analyte"),
    )


def _limits(raw: dict[str, Any]) -> Limits:
    return Limits(
        from_age=float(raw["from_age"]),
        impossible=(float(raw["impossible"][0]), float(raw["impossible"][1])),
        unlikely=(float(raw["unlikely"][0]), float(raw["unlikely"][1])),
        source=raw["source"],
    )


def _relation(raw: dict[str, Any]) -> Relation:
    return Relation(
        name=raw["name"],
        greater=raw["greater"],
        parts=tuple(raw.get("parts") or [raw["than"]]),
        or_equal=raw.get("or_equal", False) or "parts" in raw,
        tolerance=float(raw.get("tolerance", 0)),
        impossible=raw["impossible"],
        source=raw["source"],
    )
