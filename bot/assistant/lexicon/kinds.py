"""Kinds of number: names, LOINC codes, canonical units and conversions, from data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from bot.assistant.lexicon.units import plain_unit


class Factor(NamedTuple):
    """canonical = value × slope + intercept."""

    slope: Decimal
    intercept: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of a kind that has its own number (收缩压), or a time of it (空腹)."""

    key: str
    zh: str
    en: str
    loinc: frozenset[str]
    say: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of number. ``digits`` is the precision of converted values.

    ``home_loinc`` are the codes of a meter at home, for kinds that laboratories measure too.
    """

    key: str
    zh: str
    en: str
    unit: str
    unit_en: str
    digits: int
    loinc: frozenset[str]
    say: tuple[str, ...]
    own: tuple[str, ...]
    home_loinc: frozenset[str] = frozenset()
    factors: Mapping[str, Factor] = field(default_factory=dict)
    components: Mapping[str, Component] = field(default_factory=dict)
    meals: Mapping[str, Component] = field(default_factory=dict)

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def unit_in(self, language: str) -> str:
        return self.unit if language == "zh" else self.unit_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Several kinds asked for in one word (血脂, 三高)."""

    key: str
    zh: str
    en: str
    kinds: tuple[str, ...]
    say: tuple[str, ...]


@cache
def read_toml(package: str, name: str) -> dict[str, Any]:
    """A data file that lies beside the code."""
    return tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by key."""
    merged = read_toml(__package__, "vitals.toml") | read_toml(__package__, "labs.toml")
    return {key: _kind(key, row) for key, row in merged.items()}


@cache
def panels() -> Mapping[str, Panel]:
    rows = read_toml(__package__, "panels.toml")
    return {
        key: Panel(key=key, zh=r["zh"], en=r["en"], kinds=tuple(r["kinds"]), say=tuple(r["say"]))
        for key, r in rows.items()
    }


def _kind(key: str, row: dict[str, Any]) -> Kind:
    factors = {
        plain_unit(unit): Factor(Decimal(str(slope)), Decimal(str(intercept)))
        for unit, (slope, intercept) in row.get("factors", {}).items()
    }
    return Kind(
        key=key,
        zh=row["zh"],
        en=row["en"],
        unit=row["unit"],
        unit_en=row.get("unit_en", row["unit"]),
        digits=row["digits"],
        loinc=frozenset(row["loinc"]),
        say=tuple(row["say"]),
        own=tuple(row.get("own", ())),
        home_loinc=frozenset(row.get("home_loinc", ())),
        factors=factors,
        components=_components(row.get("components", {})),
        meals=_components(row.get("meals", {})),
    )


def _components(rows: dict[str, Any]) -> dict[str, Component]:
    return {
        key: Component(
            key=key,
            zh=r["zh"],
            en=r["en"],
            loinc=frozenset(r["loinc"]),
            say=tuple(r["say"]),
        )
        for key, r in rows.items()
    }
