"""A piece of the library: its front matter, its blocks, its figures. Plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from bson import ObjectId
from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=300)]


class PieceKind(StrEnum):
    CONDITION = "condition"
    LAB = "lab"
    RECIPE = "recipe"
    EXERCISE = "exercise"
    MEDICATION = "medication"
    SAFETY = "safety"
    TCM = "tcm"
    TEST = "test"  # before and after an examination
    LIFESTYLE = "lifestyle"


EATING = frozenset({PieceKind.RECIPE, PieceKind.TCM})
"""Kinds that say what to eat."""


class Season(StrEnum):
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class ReadingLevel(StrEnum):
    EASY = "easy"  # short sentences, everyday words
    PLAIN = "plain"  # some medical terms, each explained


class Ability(StrEnum):
    """What an exercise asks of somebody."""

    LYING = "lying"
    SEATED = "seated"
    STANDING = "standing"
    WALKING = "walking"
    BRISK = "brisk"


class Constitution(StrEnum):
    """The nine types of ZYYXH/T157-2009 (中医体质)."""

    BALANCED = "balanced"  # 平和质
    QI_DEFICIENCY = "qi_deficiency"  # 气虚质
    YANG_DEFICIENCY = "yang_deficiency"  # 阳虚质
    YIN_DEFICIENCY = "yin_deficiency"  # 阴虚质
    PHLEGM_DAMPNESS = "phlegm_dampness"  # 痰湿质
    DAMP_HEAT = "damp_heat"  # 湿热质
    BLOOD_STASIS = "blood_stasis"  # 血瘀质
    QI_STAGNATION = "qi_stagnation"  # 气郁质
    SPECIAL = "special"  # 特禀质


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Question(_Strict):
    """``right`` counts from 1; ``why`` is shown after answering."""

    ask: Text
    options: tuple[Text, ...]
    right: int
    why: Text


class Front(_Strict):
    """Front matter. Names of lists (topics, allergens, medicines, sources) are keys of ``data``."""

    title: Text
    title_en: Text
    summary: Text
    summary_en: Text
    kind: PieceKind
    topics: tuple[str, ...] = ()
    items: tuple[str, ...] = ()  # LOINC
    ages: tuple[int, int] = (0, 130)
    sex: Literal["male", "female"] | None = None
    seasons: tuple[Season, ...] = ()
    constitutions: tuple[Constitution, ...] = ()
    level: ReadingLevel = ReadingLevel.EASY
    ability: Ability | None = None
    allergens: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    against_medicines: tuple[str, ...] = ()
    sources: tuple[str, ...] = Field(min_length=1)
    reviewed: date
    serves: int | None = Field(default=None, ge=1, le=10)
    ingredients: Mapping[str, float] = Field(default_factory=dict)
    quiz: tuple[Question, ...]


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    STEP = "step"  # of a numbered list


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words; ``piece`` names the other piece that it leads to."""

    text: str
    strong: bool = False
    piece: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """``number`` is a step's; ``line`` is where it stands in the file."""

    kind: BlockKind
    spans: tuple[Span, ...]
    line: int
    number: int | None = None

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Source:
    key: str
    name: str
    year: int
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nutrition:
    """Of one serving: kcal, grams, and milligrams of sodium."""

    energy_kcal: int
    protein_g: float
    fat_g: float
    carbohydrate_g: float
    sodium_mg: int


@dataclass(frozen=True, slots=True)
class Ingredient:
    name: str
    grams: float


def id_of(slug: str) -> ObjectId:
    """A piece's id: the same wherever the library is installed."""
    return ObjectId(hashlib.blake2b(slug.encode(), digest_size=12).digest())


@dataclass(frozen=True)
class Piece:
    """``slug`` is the file's name; ``allergens`` are all that it brings or speaks of eating."""

    slug: str
    front: Front
    blocks: tuple[Block, ...]
    sources: tuple[Source, ...]
    ingredients: tuple[Ingredient, ...]
    nutrition: Nutrition | None
    allergens: frozenset[str]

    @cached_property
    def id(self) -> ObjectId:
        return id_of(self.slug)

    @cached_property
    def at(self) -> datetime:
        """Its place in lists: when it was reviewed."""
        return datetime.combine(self.front.reviewed, datetime.min.time(), UTC)

    @cached_property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)

    @cached_property
    def folded(self) -> str:
        """Title and body in small letters, for names of what somebody must not eat."""
        return f"{self.front.title}\n{self.front.title_en}\n{self.text}".casefold()

    @cached_property
    def length(self) -> int:
        """Characters of the body, spaces not counted."""
        return sum(len("".join(block.text.split())) for block in self.blocks)
