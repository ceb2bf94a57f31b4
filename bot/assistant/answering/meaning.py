"""What a value means by guideline, and how soon somebody should look at it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Citation, Escalation, Fact, Urgency
from bot.assistant.answering.pregnancy import is_pregnant
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import number, part_label, phrase
from bot.assistant.lexicon.kinds import kinds
from bot.assistant.lexicon.terms import terms
from bot.assistant.library.guidelines import Who, judge
from bot.assistant.records import Area, OwnLimit, Reading
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

RECENT = timedelta(days=2)  # a same-day limit matters while the reading is of today or yesterday
_ADULT = 18


def meaning(
    view: ArchiveView,
    draft: Draft,
    reading: Reading,
    query: Query,
    *,
    values: Mapping[str, Decimal] | None = None,
    quiet: bool = False,
) -> list[str]:
    """Sentences to add; the guideline is cited on ``draft``.

    ``values`` are averages judged in place of the reading's own. ``quiet``
    speaks only of what is urgent.
    """
    own = values if values is not None else {p: m.value for p, m in reading.values.items()}
    meal = reading.meal if values is None else query.meal
    set_for = held_limits(view, reading, meal)
    verdict = judge(reading.kind, own, who_is(view), meal=meal)
    if set_for and not (verdict and verdict.level == "urgent" and verdict.fixed):
        return [] if quiet else _by_own(draft, set_for, own, query)
    if verdict is None and values is None and not quiet:
        return by_reference(draft, reading, query)
    if verdict is None or (values is not None and verdict.level.startswith("depends")):
        return []
    fresh = view.now - reading.at <= RECENT
    level = verdict.level
    if level == "urgent" and (values is not None or not fresh):
        level = "urgent_past"
    if quiet and level != "urgent":
        return []
    guideline = verdict.guideline
    draft.cite(guideline.citation(query.language))
    key = "judged_high" if level == "urgent_past" else f"judged_{level}"
    if level == "urgent_past" and reading.kind == "spo2":
        key = "judged_low"
    if level == "urgent":
        draft.urgency = Urgency.URGENT
        reason = phrase(query.language, "reason_urgent_value")
        draft.escalation = Escalation(reason, Urgency.URGENT)
    said = phrase(query.language, key, source=guideline.source, said=guideline.says(query.language))
    if level == "urgent_past":
        return [said, phrase(query.language, "advise_high")]
    return [said]


def who_is(view: ArchiveView) -> Who:
    """What of the person decides which limits hold, from the record."""
    age = view.patient.age(view.now.astimezone(SHANGHAI).date())
    pregnant = is_pregnant(view)
    return Who(
        sex=view.patient.sex,
        adult=age is None or age >= _ADULT,
        diabetes=_has_diabetes(view, pregnant),
        pregnant=pregnant,
    )


def _has_diabetes(view: ArchiveView, pregnant: bool) -> bool:
    """Diabetes of a pregnancy is over with it."""
    term = terms(Area.CONDITION)["diabetes"]
    found = [e for e in view.entries(Area.CONDITION) if e.active and term.fits(e)]
    return any(pregnant or not _GESTATIONAL.search(" ".join((e.name, *e.names))) for e in found)


_GESTATIONAL = re.compile(r"妊娠|孕期|gestational|O24", re.I)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*[-~～–—]+\s*(\d+(?:\.\d+)?)")
_END = re.compile(r"([<≤＜>≥＞])=?\s*(\d+(?:\.\d+)?)")


def by_reference(draft: Draft, reading: Reading, query: Query) -> list[str]:
    """Where no guideline of ours judges: the range that the report printed beside the result."""
    measured = reading.values.get("value")
    if measured is None or reading.reference is None:
        return []
    low, high = _ends(reading.reference)
    if low is None and high is None:
        return []
    side = "above" if high is not None and measured.recorded > high else "within"
    side = "below" if low is not None and measured.recorded < low else side
    zh = query.language == "zh"
    draft.facts.append(Fact("参考范围" if zh else "reference range", reading.reference))
    return [phrase(query.language, f"reference_{side}", range=reading.reference)]


def _ends(text: str) -> tuple[Decimal | None, Decimal | None]:
    """The range's ends, where it is one range: not one for each sex or age."""
    spans, ends = _SPAN.findall(text), _END.findall(text)
    if len(spans) == 1 and not ends:
        return Decimal(spans[0][0]), Decimal(spans[0][1])
    if len(ends) == 1 and not spans:
        sign, end = ends[0]
        return (None, Decimal(end)) if sign in "<≤＜" else (Decimal(end), None)
    return None, None


def held_limits(view: ArchiveView, reading: Reading, meal: str | None) -> list[OwnLimit]:
    """The ranges set for this person that hold today, else those that held at the reading."""
    limits = view.own_limits(reading.kind)
    days = (view.now.astimezone(SHANGHAI).date(), reading.at.astimezone(SHANGHAI).date())
    held = ([each for each in limits if each.holds(meal, day)] for day in days)
    return next(filter(None, held), [])


def _by_own(
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
