"""What a reading is before it is stored: as entered, decoded or imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What was measured or noted. Units, limits and codes: ``data/kinds.toml``."""

    BLOOD_PRESSURE = "blood_pressure"
    HEART_RATE = "heart_rate"
    GLUCOSE = "glucose"
    WEIGHT = "weight"
    HEIGHT = "height"
    BMI = "bmi"
    WAIST = "waist"
    SPO2 = "spo2"
    TEMPERATURE = "temperature"
    SLEEP = "sleep"
    STEPS = "steps"
    EXERCISE = "exercise"
    SYMPTOM = "symptom"
    MOOD = "mood"


class Meal(StrEnum):
    """When a glucose was taken, relative to food (空腹, 餐前, 餐后, 睡前, 随机)."""

    FASTING = "fasting"
    BEFORE_MEAL = "before_meal"
    AFTER_MEAL = "after_meal"
    BEDTIME = "bedtime"
    RANDOM = "random"


class Quantity(NamedTuple):
    """A number and its unit (UCUM, or as people write it before conversion)."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a reading came from, as the sender names it.

    ``system`` names the sender ("manual", "ble", "apple-health",
    "health-connect", "omron-csv", "fhir:<institution>" …); ``id`` is the
    sender's own id of this reading, unique within ``system`` and resident, or
    None where the sender has none; ``device`` is shown to people.
    """

    system: str
    id: str | None = None
    device: str | None = None


MANUAL = Source(system="manual")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One reading as it came in.

    ``at`` and ``end`` are aware and keep the reading's own offset. ``values``
    maps the kind's components (``systolic``, ``glucose``, ``deep`` …) to what
    was entered, in the unit it was entered in. ``attributes`` holds short
    facts worth keeping that are not numbers (``activity``: "running",
    ``site``: "finger", ``irregular_pulse``: "true" …).
    """

    kind: Kind
    at: datetime
    end: datetime | None = None
    values: Mapping[str, Quantity] = field(default_factory=dict)
    meal: Meal | None = None
    note: str | None = None
    source: Source = MANUAL
    attributes: Mapping[str, str] = field(default_factory=dict)
