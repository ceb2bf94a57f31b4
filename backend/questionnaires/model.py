"""A form as its file says it: items, scores, what may not wait. Frozen values."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.access.categories import Category

Given = int | float | str | tuple[int, ...]
"""An answer: a choice's value, a number, a text, or the values of several choices."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Part):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class ItemKind(StrEnum):
    CHOICE = "choice"
    CHOICES = "choices"  # any number of the options
    NUMBER = "number"
    TEXT = "text"


class Option(Part):
    """``value`` is what is stored; ``points`` count in scores, the value where absent.

    ``alone``: cannot be chosen beside others ("none of these"). ``loinc`` is an LA code.
    """

    value: int
    text: Words
    points: int | None = None
    alone: bool = False
    loinc: str | None = None

    @property
    def counts(self) -> int:
        return self.value if self.points is None else self.points


class Step(Part):
    """A number of at least this gives these points."""

    at_least: float
    points: int


class When(Part):
    """All that is given must hold: an earlier item's answer, sex, age in whole years."""

    item: str | None = None
    any_of: frozenset[int] = frozenset()
    at_least: float | None = None
    sex: Literal["male", "female"] | None = None
    min_age: int | None = None
    max_age: int | None = None


class Item(Part):
    id: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    kind: ItemKind = ItemKind.CHOICE
    text: Words
    group: Words | None = None
    options: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    unit: str | None = None
    steps: tuple[Step, ...] = ()
    required: bool = True
    when: When | None = None
    loinc: str | None = None

    @cached_property
    def by_value(self) -> dict[int, Option]:
        return {each.value: each for each in self.options}


class Band(Part):
    """What a score of at least this means."""

    at_least: float
    key: str
    text: Words
    advice: Words | None = None


class AgePoints(Part):
    min_age: int
    points: int


class Score(Part):
    """``sum`` of the items' points; ``converted``: (raw - n) / (4 n) * 100 for items of 1-5.

    ``reversed`` items count the other way round. ``unit`` is UCUM.
    """

    key: str
    name: Words
    method: Literal["sum", "converted"] = "sum"
    items: tuple[str, ...]
    reversed: tuple[str, ...] = ()
    age_points: tuple[AgePoints, ...] = ()
    bands: tuple[Band, ...] = ()
    higher_is: Literal["better", "worse", "neither"] = "worse"
    loinc: str | None = None
    unit: str = "{score}"


class Constitution(Part):
    """How nine scores become constitution types (中医体质): ``balanced`` is the key of 平和质."""

    balanced: str
    yes: float
    leaning: float
    balanced_yes: float
    source: str = Field(min_length=1)


class Alarm(Part):
    """An answer that may not wait: a ticket to the doctor, and these lines shown at once."""

    item: str
    at_least: int
    urgency: Literal["urgent", "emergency"]
    text: Words
    lines: tuple[str, ...] = Field(min_length=1)


class Audience(Part):
    """Whom the form is for; an unknown age or sex is not held against anybody."""

    sex: Literal["male", "female"] | None = None
    min_age: int | None = None
    max_age: int | None = None


class Form(Part):
    """``url`` is the canonical URL without its version; ``again_days`` when to ask next."""

    key: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    version: str = Field(pattern=r"^[0-9]+(\.[0-9]+)*$")
    url: str = Field(min_length=1)
    category: Category
    title: Words
    intro: Words
    source: str = Field(min_length=1)
    again_days: int = Field(gt=0)
    audience: Audience = Audience()
    items: tuple[Item, ...] = Field(min_length=1)
    scores: tuple[Score, ...] = ()
    observation: Words | None = None
    constitution: Constitution | None = None
    alarms: tuple[Alarm, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Item]:
        return {each.id: each for each in self.items}

    @property
    def canonical(self) -> str:
        return f"{self.url}|{self.version}"
