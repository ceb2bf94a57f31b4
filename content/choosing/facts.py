"""Who somebody is, as far as content needs it. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from backend.measurements.draft import Kind
from content.piece import Constitution


@dataclass(frozen=True, slots=True)
class Signal:
    """Of the last ``seen`` readings of a kind ``count`` were out of range, the same way."""

    kind: Kind
    direction: str
    count: int
    seen: int


@dataclass(frozen=True, slots=True)
class Stage:
    """What a care plan asks to be learnt now: pieces by slug, topics, and why."""

    pieces: tuple[str, ...]
    topics: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Hints:
    """What rooms know that content does not: the stage of a plan, a constitution."""

    stage: Stage | None = None
    constitutions: frozenset[Constitution] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What speaks for a piece, and (``barred_…``) what speaks against one.

    What the viewer is not shown does not speak for anything, and stands against everything
    that it could stand against.
    """

    age: int | None = None
    sex: Literal["male", "female"] | None = None
    topics: frozenset[str] = frozenset()
    medicines: frozenset[str] = frozenset()
    signals: tuple[Signal, ...] = ()
    labs: Mapping[str, str] = field(default_factory=dict)
    """LOINC code → flag of the newest result, where that lay outside its range."""
    stage: Stage | None = None
    constitutions: frozenset[Constitution] = frozenset()
    urgent: bool = False
    """Whether a reading was urgent in the last days."""
    barred_topics: frozenset[str] = frozenset()
    barred_medicines: frozenset[str] = frozenset()
    barred_allergens: frozenset[str] = frozenset()
    allergy_words: frozenset[str] = frozenset()
    """Folded names of what somebody is allergic to, as they stand in the archive."""
    barred_eating: bool = False
    """An allergy to some food that nobody named."""
