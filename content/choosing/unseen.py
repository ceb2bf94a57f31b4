"""What the viewer is not shown stands against everything that it could stand against.

So a list neither harms for want of a right, nor tells by what is missing from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backend.access.categories import Category
from content.choosing.scoring import rules
from content.files.lists import medicines, topics


@dataclass(frozen=True, slots=True)
class Barred:
    topics: frozenset[str]
    medicines: frozenset[str]


def barred_unseen(
    granted: frozenset[Category], age: int | None, sex: Literal["male", "female"] | None
) -> Barred:
    """Topics of categories that are not granted, and all medicines where those are not."""
    hidden = {key for key, each in topics().items() if each.category not in granted}
    low, high = rules()["unseen"]["pregnancy_ages"]
    if sex == "male" or (age is not None and not low <= age <= high):
        hidden.discard("pregnancy")
    unknown = frozenset(medicines()) if Category.MEDICATIONS not in granted else frozenset()
    return Barred(frozenset(hidden), unknown)
