"""What a plan is to reach beside home readings within their targets, as a pathway's file says it.

Each goal says of a week whether it is reached, missed, neither, or whether nothing tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backend.care.plans.programme import Fixed, Words

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
IcdRange = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d\d(\.\d)?-[A-Z]\d\d(\.\d)?$")]
Loinc = Annotated[str, StringConstraints(pattern=r"^\d{1,7}-\d$")]


class _Goal(Words):
    """``weeks``: missed in so many weeks in a row it is worse. ``needed``: without it being
    reached there is no control; one that is not needed only must not be missed."""

    key: Key
    weeks: int = Field(ge=1, le=26)
    needed: bool = True
    source: str = Field(min_length=1)


class Level(Fixed):
    """Reached below the one number, missed from the other on; between them nothing is said.
    ``icd10``: for whom a running diagnosis is among these; none: for everybody else."""

    icd10: tuple[IcdRange, ...] = ()
    reached_below: float = Field(gt=0)
    missed_from: float = Field(gt=0)
    source: str = Field(min_length=1)


class LabGoal(_Goal):
    """The newest laboratory result, while it is not too old. The first level that fits holds.

    ``units``: factors to the unit of the levels, by UCUM code in lower case."""

    by: Literal["lab"]
    loinc: tuple[Loinc, ...] = Field(min_length=1)
    units: Mapping[str, float] = Field(min_length=1)
    lasts_days: int = Field(ge=7, le=1100)
    level: tuple[Level, ...] = Field(min_length=1)


class LossGoal(_Goal):
    """Weight against that of the plan's start: lost or gained so many percent; or a class of BMI.

    ``around_days``: the start's weight is the mean of so many days before and after it."""

    by: Literal["weight_loss"]
    bmi: tuple[str, ...] = ()
    lost_percent: float = Field(gt=0, le=50)
    gained_percent: float = Field(gt=0, le=50)
    around_days: int = Field(ge=1, le=60)


class Gain(Fixed):
    """Kilograms a week, by the class of BMI before the pregnancy."""

    bmi: str
    low: float = Field(gt=0)
    high: float = Field(gt=0)


class GainGoal(_Goal):
    """Gain in a pregnancy with one child, counted over ``over_weeks`` weeks from ``from_week`` of
    gestation on. The weight before is the last one until ``before_week``."""

    by: Literal["gestational_gain"]
    from_week: int = Field(ge=1, le=42)
    before_week: int = Field(ge=1, le=42)
    over_weeks: int = Field(ge=1, le=12)
    gain: tuple[Gain, ...] = Field(min_length=1)


class FormGoal(_Goal):
    """The newest answers to a questionnaire: missed where one of the items is answered with
    ``missed_from`` or more."""

    by: Literal["questionnaire"]
    url: str = Field(min_length=1)
    items: tuple[str, ...] = Field(min_length=1)
    missed_from: int = Field(ge=1, le=10)
    lasts_days: int = Field(ge=7, le=1100)


Goal = Annotated[LabGoal | LossGoal | GainGoal | FormGoal, Field(discriminator="by")]
