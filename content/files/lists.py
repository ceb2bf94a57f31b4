"""The lists that front matter names: topics, medicines, allergens, foods, sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from backend.access.categories import Category
from content.limits import table
from content.piece import Ingredient, Nutrition, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """``words`` are folded parts of what people and systems write."""

    key: str
    zh: str
    en: str
    words: tuple[str, ...]

    def get(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Named):
    """A condition or state. ``icd10`` holds ranges as ``I10-I15``; ``category`` is under
    which category the archive keeps it."""

    icd10: tuple[tuple[str, str], ...]
    snomed: frozenset[str]
    category: Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine(Named):
    """A group of medicines by ATC prefixes."""

    atc: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergen(Named):
    """``in_text`` finds where dietary advice speaks of it."""

    in_text: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Food:
    """Per 100 g of what is eaten: kcal, g, g, g, mg of sodium."""

    name: str
    energy_kcal: float
    protein_g: float
    fat_g: float
    carbohydrate_g: float
    sodium_mg: float
    allergens: tuple[str, ...]


@cache
def topics() -> Mapping[str, Topic]:
    return MappingProxyType(
        {
            key: Topic(
                **_named(key, raw),
                icd10=tuple(
                    (low, high) for low, high in (each.split("-") for each in raw["icd10"])
                ),
                snomed=frozenset(raw["snomed"]),
                category=Category(raw.get("category", Category.CONDITIONS)),
            )
            for key, raw in table("topics").items()
        }
    )


@cache
def medicines() -> Mapping[str, Medicine]:
    rows = table("medicines").items()
    return MappingProxyType(
        {key: Medicine(**_named(key, raw), atc=tuple(raw["atc"])) for key, raw in rows}
    )


@cache
def allergens() -> Mapping[str, Allergen]:
    rows = table("allergens")["allergen"].items()
    return MappingProxyType(
        {key: Allergen(**_named(key, raw), in_text=re.compile(raw["in_text"])) for key, raw in rows}
    )


@cache
def foods() -> Mapping[str, Food]:
    rows = table("foods")["food"]
    return MappingProxyType(
        {
            name: Food(
                name=name,
                energy_kcal=row[0],
                protein_g=row[1],
                fat_g=row[2],
                carbohydrate_g=row[3],
                sodium_mg=row[4],
                allergens=tuple(row[5:]),
            )
            for name, row in rows.items()
        }
    )


@cache
def sources() -> Mapping[str, Source]:
    rows = table("sources").items()
    return MappingProxyType(
        {key: Source(key, raw["name"], raw["year"], raw.get("url")) for key, raw in rows}
    )


def nutrition_of(ingredients: tuple[Ingredient, ...], serves: int) -> Nutrition:
    """Sums of a serving, from the foods' figures; nothing is lost or added by cooking."""

    def share(figure: str) -> float:
        parts = ((getattr(foods()[each.name], figure), each.grams) for each in ingredients)
        return float(sum(figure * grams / 100 for figure, grams in parts)) / serves

    return Nutrition(
        energy_kcal=round(share("energy_kcal")),
        protein_g=round(share("protein_g"), 1),
        fat_g=round(share("fat_g"), 1),
        carbohydrate_g=round(share("carbohydrate_g"), 1),
        sodium_mg=round(share("sodium_mg")),
    )


def _range(text: str) -> tuple[str, str]:
    low, high = text.split("-")
    return low, high


def _named(key: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "zh": raw["zh"],
        "en": raw["en"],
        "words": tuple(word.casefold() for word in raw["words"]),
    }
