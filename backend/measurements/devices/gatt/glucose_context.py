"""Glucose Measurement Context, 0x2A34: here for its meal; the rest is read over."""

from __future__ import annotations

from dataclasses import dataclass

from backend.measurements.devices.gatt.reader import Reader
from backend.measurements.draft import Meal

_MEALS = {
    1: Meal.BEFORE_MEAL,
    2: Meal.AFTER_MEAL,
    3: Meal.FASTING,
    4: Meal.RANDOM,
    5: Meal.BEDTIME,
}


@dataclass(frozen=True, slots=True)
class GlucoseContext:
    """``meal`` is None where it was not sent, or has a reserved code."""

    sequence_number: int
    meal: Meal | None


def parse(payload: bytes) -> GlucoseContext:
    """Raises ``PayloadTruncated``, ``PayloadOverlong``."""
    reader = Reader(payload)
    flags = reader.unsigned(1)
    sequence = reader.unsigned(2)
    # Extended flags, then carbohydrate (kind and SFLOAT), stand before the meal.
    reader.unsigned((1 if flags & 128 else 0) + (3 if flags & 1 else 0))
    meal = _MEALS.get(reader.unsigned(1)) if flags & 2 else None
    reader.unsigned(
        (1 if flags & 4 else 0)  # tester and health
        + (3 if flags & 8 else 0)  # exercise
        + (3 if flags & 16 else 0)  # medication
        + (2 if flags & 64 else 0)  # HbA1c
    )
    reader.done()
    return GlucoseContext(sequence, meal)
