"""Units as people and devices write them, to and from the one we store.

A value in the canonical unit already is kept as it is. Otherwise canonical
values carry 13 significant digits, which drops binary noise (98.6 °F is 37 °C),
and values shown in another unit 10, which also drops the noise of that rounding
(16 kPa is 16 kPa again).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from backend.measurements.draft import Kind, Quantity
from backend.measurements.errors import ComponentUnknown, UnitUnfit, UnitUnknown
from backend.measurements.kinds import ComponentSpec, spec

STORED_DIGITS = 13
SHOWN_DIGITS = 10
_MOLAR_MASS = re.compile(r"<[\d.]+>")
_QUOTED_UNIT_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Unit:
    """value in the dimension's base unit = value * factor + offset."""

    code: str
    dimension: str
    factor: float
    offset: float


@dataclass(frozen=True, slots=True)
class _Table:
    units: Mapping[str, Unit]
    aliases: Mapping[str, tuple[Unit, ...]]
    milligrams_per_millimole: Mapping[str, float]


def to_canonical(kind: Kind, component: str, quantity: Quantity) -> float:
    """The quantity's value in the component's canonical unit.

    Raises ``ComponentUnknown``, ``UnitUnknown``, ``UnitUnfit``. Values are not
    judged here: NaN and infinity pass through.
    """
    part, unit, canonical = _route(kind, component, quantity.unit)
    if unit is canonical:
        return quantity.value + 0.0
    return tidy(_convert(quantity.value, unit, canonical, part.analyte), STORED_DIGITS)


def from_canonical(kind: Kind, component: str, value: float, unit: str) -> float:
    """A canonical value in ``unit``; the inverse of ``to_canonical``, with the same errors."""
    part = component_spec(kind, component)
    canonical, target = _table().units[part.unit], find(part, unit)
    return tidy(_convert(value, canonical, target, part.analyte), SHOWN_DIGITS)


def component_spec(kind: Kind, component: str) -> ComponentSpec:
    """Raises ``ComponentUnknown``."""
    part = spec(kind).components.get(component)
    if part is None:
        raise ComponentUnknown(kind=kind.value, component=component[:_QUOTED_UNIT_LENGTH])
    return part


def code_of(kind: Kind, component: str, unit: str) -> str:
    """The code of a unit as written (“毫米汞柱” → “mm[Hg]”). Raises as ``to_canonical``."""
    return find(component_spec(kind, component), unit).code


@lru_cache(maxsize=1024)
def _route(kind: Kind, component: str, written: str) -> tuple[ComponentSpec, Unit, Unit]:
    # A phone's batch asks the same few a thousand times.
    part = component_spec(kind, component)
    return part, find(part, written), _table().units[part.unit]


def is_unit(text: str) -> bool:
    """Whether some unit is written so."""
    return _normalised(text) in _table().aliases


def find(part: ComponentSpec, written: str) -> Unit:
    """The unit meant by ``written`` for this component. Raises ``UnitUnknown``, ``UnitUnfit``."""
    known = _table().aliases.get(_normalised(written), ())
    for unit in known:
        if unit.code in part.units:
            return unit
    error = UnitUnfit if known else UnitUnknown
    raise error(unit=written[:_QUOTED_UNIT_LENGTH], component=part.name, accepted=list(part.units))


def tidy(value: float, digits: int) -> float:
    """``value`` with so many significant digits and without a negative zero."""
    return float(f"{value:.{digits}g}") + 0.0


def _convert(value: float, source: Unit, target: Unit, analyte: str | None) -> float:
    base = value * source.factor + source.offset
    if source.dimension != target.dimension:
        base = _across(base, source.dimension, analyte)
    return (base - target.offset) / target.factor


def _across(base: float, dimension: str, analyte: str | None) -> float:
    """Between mg/L and mmol/L, which depends on what is dissolved."""
    per_millimole = _table().milligrams_per_millimole[analyte or ""]
    return base / per_millimole if dimension == "mass_concentration" else base * per_millimole


@lru_cache(maxsize=1024)
def _normalised(written: str) -> str:
    # HealthKit writes the molar mass into the unit: mmol<180.1558800000541>/L
    plain = _MOLAR_MASS.sub("", unicodedata.normalize("NFKC", written))
    return "".join(plain.split()).casefold().rstrip(".")


@cache
def _table() -> _Table:
    text = files("backend.measurements").joinpath("data/units.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    units = {row["code"]: _unit(row) for row in raw["unit"]}
    aliases: dict[str, tuple[Unit, ...]] = {}
    for row in raw["unit"]:
        for name in {_normalised(alias) for alias in [row["code"], *row["aliases"]]}:
            aliases[name] = (*aliases.get(name, ()), units[row["code"]])
    ratios = {
        name: float(analyte["milligrams_per_millimole"])
        for name, analyte in raw["analytes"].items()
    }
    return _Table(units, aliases, ratios)


def _unit(row: dict[str, Any]) -> Unit:
    return Unit(row["code"], row["dimension"], float(row["factor"]), float(row.get("offset", 0.0)))
