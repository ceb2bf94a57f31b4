"""From limits crossed to what is said and advised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from backend.measurements.draft import Kind, Meal
from backend.measurements.judge.model import Finding, Rule
from backend.measurements.judge.texts import (
    name_of,
    reason_text,
    relation_text,
    text_of,
    unit_of,
    words,
)
from backend.measurements.thresholds import Direction, Level, Limit, Person, Text
from backend.measurements.thresholds.merge import who_is
from backend.measurements.thresholds.person import AT_HOME
from backend.measurements.thresholds.rows import Selector, selector_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What was measured, of whom, when, and by which rule it is looked at."""

    kind: Kind
    meal: Meal | None
    rule: Rule
    person: Person
    at: datetime


def make_finding(
    occasion: Occasion, level: Level, crossed: tuple[Limit, ...], facts: Mapping[str, str]
) -> Finding:
    """``crossed`` is not empty; ``facts`` are those the rule's sentence names."""
    kind, direction = occasion.kind, crossed[0].direction
    parts = {
        "name": name_of(kind, occasion.meal),
        "unit": unit_of(kind),
        "relation": relation_text(kind, crossed),
    }
    return Finding(
        level=level,
        crossed=crossed,
        facts=facts,
        reason=reason_text(occasion.rule, direction, level, parts, facts),
        what_to_do=_advice_for(occasion, level, direction),
    )


def _advice_for(occasion: Occasion, level: Level, direction: Direction) -> Text:
    asked = {
        "kind": occasion.kind.value,
        "direction": direction.value,
        "level": level.key,
        "rule": occasion.rule.value,
    }
    who = who_is(occasion.person, occasion.at)
    return next(
        text
        for wanted, selector, text in _advice()
        if wanted.items() <= asked.items() and selector.fits(who, AT_HOME)
    )


@cache
def _advice() -> tuple[tuple[Mapping[str, str], Selector, Text], ...]:
    keys = ("kind", "direction", "level", "rule")
    return tuple(
        ({key: raw[key] for key in keys if key in raw}, selector_of(raw), text_of(raw))
        for raw in words()["advice"]
    )
