"""``data/healthkit.toml``: which HealthKit types are held, and as what."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from backend.measurements.draft import Kind, Meal


@dataclass(frozen=True, slots=True)
class HeldType:
    """``units``: HealthKit's spelling → ours, where it means something of its own."""

    kind: Kind
    component: str
    assumed_unit: str | None
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HealthKit:
    quantity: Mapping[str, HeldType]
    pressure: Mapping[str, str]
    sleep: Mapping[str, str]
    meals: Mapping[str, Meal]
    workout: Mapping[str, str]
    energy_units: Mapping[str, str]


@cache
def healthkit() -> HealthKit:
    text = files("backend.measurements").joinpath("data/healthkit.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    return HealthKit(
        quantity={
            name: HeldType(
                Kind(row["kind"]), row["component"], row.get("assumed_unit"), row.get("units", {})
            )
            for name, row in raw["quantity"].items()
        },
        pressure=raw["pressure"],
        sleep=raw["sleep"],
        meals={code: Meal(meal) for code, meal in raw["meals"].items()},
        workout=raw["workout"],
        energy_units=raw["energy_units"],
    )
