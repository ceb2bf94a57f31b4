"""A pathway as its file says it. Frozen values; ``parsing`` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from backend.access.categories import Category
from backend.care.plans.goal import Goal, IcdRange, Key, Loinc
from backend.care.plans.programme import Adapting, Fixed, Part, Stage, Words
from backend.measurements.draft import Kind


def _once(items: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(items)) != len(items):
        raise ValueError("the same stands twice")
    return items


class Who(Fixed):
    """Whom it is proposed to: every field that is given must hold. ``because`` may say {name},
    the diagnosis as the archive has it. ``bmi``: classes of thresholds.toml."""

    icd10: tuple[IcdRange, ...] = ()
    snomed: tuple[str, ...] = ()
    pregnant: bool | None = None
    age_from: int | None = Field(default=None, ge=0, le=120)
    bmi: tuple[str, ...] = ()
    because: Words
    source: str = Field(min_length=1)


class Asked(Fixed):
    """So many days a week, at these parts of each."""

    days: int = Field(ge=1, le=7)
    parts: Annotated[tuple[Part, ...], AfterValidator(_once)] = Field(min_length=1)

    @property
    def times(self) -> int:
        """Measurements a week."""
        return self.days * len(self.parts)


class Measure(Fixed):
    kind: Kind
    judged: bool = False
    """Whether the share in target of this kind says how well the plan goes."""
    stages: Mapping[Stage, Asked]
    source: str = Field(min_length=1)


class Step(Words):
    """Something of daily life, ticked so many times a week."""

    key: Key
    a_week: int = Field(ge=1, le=7)
    source: str = Field(min_length=1)


class Lesson(Fixed):
    """Pieces of the content library to be learnt from that week of the plan on."""

    week: int = Field(ge=1, le=52)
    pieces: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


class Filled(Fixed):
    """A questionnaire, by the key of its canonical URL."""

    key: str
    every_days: int = Field(ge=7, le=1100)
    source: str = Field(min_length=1)


class Visit(Words):
    key: Key
    every_days: int = Field(ge=7, le=1100)
    source: str = Field(min_length=1)


class Check(Words):
    """A check for complications, found in the archive by LOINC or by words of its name."""

    key: Key
    loinc: tuple[Loinc, ...] = ()
    words: tuple[str, ...] = ()
    every_days: int = Field(ge=7, le=1100)
    every_days_controlled: int | None = Field(default=None, ge=7, le=1100)
    source: str = Field(min_length=1)

    def interval(self, stage: Stage) -> int:
        if stage is Stage.CONTROLLED and self.every_days_controlled is not None:
            return self.every_days_controlled
        return self.every_days


class Pathway(Fixed):
    key: Key
    version: int = Field(ge=1)
    news: Words | None = None
    """What this version brings; every version but the first says it."""
    title: Words
    aim: Words
    category: Category = Category.CONDITIONS
    ticket: bool = False
    """Whether a family doctor is asked by ticket when it gets worse; told they are anyway."""
    who: Who
    targets: tuple[str, ...] = ()
    """Rows of thresholds.toml that it is about; no number stands here a second time."""
    adapting: Adapting | None = None
    measure: tuple[Measure, ...] = ()
    goal: tuple[Goal, ...] = ()
    """What it is to reach beside readings in target."""
    step: tuple[Step, ...] = Field(min_length=1)
    lesson: tuple[Lesson, ...] = ()
    questionnaire: tuple[Filled, ...] = ()
    visit: tuple[Visit, ...] = ()
    check: tuple[Check, ...] = ()
    source: str = Field(min_length=1)

    @property
    def judged(self) -> frozenset[Kind]:
        return frozenset(each.kind for each in self.measure if each.judged)

    @property
    def is_judged(self) -> bool:
        """Whether a week can say how well it goes."""
        return bool(self.judged or self.goal)

    def a_step(self, key: str) -> Step | None:
        return next((each for each in self.step if each.key == key), None)

    def a_check(self, key: str) -> Check | None:
        return next((each for each in self.check if each.key == key), None)
