"""A number said without its unit where two are usual: 124 (公斤, 斤), 120 (mmol/L, mg/dL)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backend.core.errors import KangbanError
from backend.measurements.draft import Draft, Quantity
from backend.measurements.kinds import spec
from backend.measurements.normalise import normalise
from backend.measurements.units import to_canonical
from bot.chat.phrases import say, unit_words
from bot.chat.showing import number
from bot.chat.understanding import Found


@dataclass(frozen=True, slots=True)
class Choice:
    """Which draft may be in ``unit`` as well; ``sure``: as it stands it cannot be meant."""

    index: int
    unit: str
    sure: bool


def choice(found: Sequence[Found], now: datetime) -> Choice | None:
    """The first of ``found`` that makes sense in its other unit; None where none does."""
    for index, each in enumerate(found):
        if each.other_unit is None or not _usual(in_unit(each.draft, each.other_unit), now):
            continue
        return Choice(index, each.other_unit, sure=not _usual(each.draft, now))
    return None


def in_unit(draft: Draft, unit: str) -> Draft:
    """The same number of a kind with one component, in ``unit``."""
    [(name, quantity)] = draft.values.items()
    return replace(draft, values={name: Quantity(quantity.value, unit)})


def both_words(language: str, draft: Draft) -> str:
    """124斤（62公斤）, 120 mg/dL（6.7 mmol/L）."""
    [(name, quantity)] = draft.values.items()
    canonical = spec(draft.kind).components[name].unit
    value = to_canonical(draft.kind, name, quantity)
    said = one_words(language, quantity)
    stored = one_words(language, Quantity(round(value, 1), canonical))
    return say(language, "in_other", said=said, canonical=stored)


def one_words(language: str, quantity: Quantity) -> str:
    words = unit_words(language, quantity.unit)
    return f"{number(quantity.value)}{' ' if words.isascii() else ''}{words}"


def _usual(draft: Draft, now: datetime) -> bool:
    try:
        normalise(draft, now=now, birth_date=None)
    except KangbanError:
        return False
    return True
