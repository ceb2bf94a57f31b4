"""Ranges that were set for one person: what they say of a value, and how they are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Citation
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import number, part_label, phrase
from bot.assistant.lexicon.kinds import kinds
from bot.assistant.records import OwnLimit, Reading
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView


def held_limits(view: ArchiveView, reading: Reading, meal: str | None) -> list[OwnLimit]:
    """The ranges set for this person that hold today, else those that held at the reading."""
    limits = view.own_limits(reading.kind)
    days = (view.now.astimezone(SHANGHAI).date(), reading.at.astimezone(SHANGHAI).date())
    held = ([each for each in limits if each.holds(meal, day)] for day in days)
    return next(filter(None, held), [])


def by_own(
    draft: Draft, limits: Sequence[OwnLimit], values: Mapping[str, Decimal], query: Query
) -> list[str]:
    """What the ranges set for the person say of a value: the first that it leaves, else all."""
    told = [each for each in limits if each.part in values]
    left = [each for each in told if each.side(values[each.part]) != "within"]
    if not told:
        return []
    chosen = left[:1] or told
    side = chosen[0].side(values[chosen[0].part])
    said = [limit_said(each, query.language) for each in chosen]
    for each, words in zip(chosen, said, strict=True):
        draft.cite(Citation(each.ref, each.since.isoformat() if each.since else None, words))
    glue = "；" if query.language == "zh" else "; "
    return [phrase(query.language, f"own_{side}", said=glue.join(said))]


def kept(limits: Sequence[OwnLimit], values: Mapping[str, Decimal]) -> bool:
    """Whether the ranges say something of the value, and it leaves none of them."""
    sides = [each.side(values[each.part]) for each in limits if each.part in values]
    return bool(sides) and set(sides) == {"within"}


def limit_said(limit: OwnLimit, language: str) -> str:
    """王医生定的血氧饱和度 88–92%, or what the record calls it where nobody is named."""
    kind = kinds()[limit.kind]
    zh = language == "zh"
    name = part_label(kind, limit.part, language, "") if kind.components else kind.name(language)
    low, high = limit.low, limit.high
    if low is not None and high is not None:
        numbers = f"{number(low)}–{number(high)}"
    else:
        numbers = f"≤{number(high)}" if high is not None else f"≥{number(low or Decimal(0))}"
    unit = kind.unit_in(language)
    told = f"{numbers}{unit}" if unit == "%" else f"{numbers} {unit}"
    if limit.meal:
        meal = kind.meals[limit.meal]
        name = f"{meal.zh}{name}" if zh else f"{meal.en} {name}"
    if zh:
        return f"{limit.by}定的{name} {told}" if limit.by else f"{name}目标 {told}"
    return f"{name} {told}, set by {limit.by}" if limit.by else f"target {name} {told}"
