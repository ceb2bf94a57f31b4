"""Thresholds: which limits and targets hold for whom, from guideline data and the doctor.

Pure: no database, no clock. The numbers are in ``data/thresholds.toml``.
"""

from __future__ import annotations

from backend.measurements.thresholds.classes import (
    DisplayClass,
    classify,
    classify_bmi,
    classify_bp,
    classify_waist,
)
from backend.measurements.thresholds.conditions import condition_keys
from backend.measurements.thresholds.merge import limits_for, override_source
from backend.measurements.thresholds.model import (
    Bound,
    Direction,
    Level,
    Limit,
    Limits,
    Op,
    Place,
    Target,
    Text,
)
from backend.measurements.thresholds.person import (
    UNKNOWN_PERSON,
    Override,
    Person,
    Sex,
    age_in_months,
)
from backend.measurements.thresholds.precision import decimals, rounded, shown

__all__ = [
    "UNKNOWN_PERSON",
    "Bound",
    "Direction",
    "DisplayClass",
    "Level",
    "Limit",
    "Limits",
    "Op",
    "Override",
    "Person",
    "Place",
    "Sex",
    "Target",
    "Text",
    "age_in_months",
    "classify",
    "classify_bmi",
    "classify_bp",
    "classify_waist",
    "condition_keys",
    "decimals",
    "limits_for",
    "override_source",
    "rounded",
    "shown",
]
