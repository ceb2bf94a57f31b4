"""What a value means by guideline, and how soon somebody should look at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Escalation, Urgency
from bot.assistant.answering.own_ranges import by_own, held_limits, kept
from bot.assistant.answering.pregnancy import is_pregnant
from bot.assistant.answering.reference_range import by_reference
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.terms import terms
from bot.assistant.library.guidelines import Guideline, Verdict, Who, judge
from bot.assistant.records import Area, Reading
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
    limits = held_limits(view, reading, meal)
    set_for = {each.part for each in limits}
    verdict = judge(reading.kind, own, who_is(view), meal=meal)
    if verdict is None and not limits and values is None and not quiet:
        return by_reference(draft, reading, query)
    urgent = verdict is not None and verdict.level == "urgent"
    inside = kept(limits, own)
    if verdict is not None and urgent and not verdict.fixed and inside:
        urgent = False
    said: list[str] = []
    if set_for & set(own) and not quiet and not (urgent and inside):
        said = by_own(draft, limits, own, query)
        # What was not set for the person is held against the guideline all the same.
        rest = {part: value for part, value in own.items() if part not in set_for}
        verdict = verdict if urgent else judge(reading.kind, rest, who_is(view), meal=meal)
        if verdict is None or (not rest and not urgent) or verdict.level == "normal":
            return said
    if verdict is None or (values is not None and verdict.level.startswith("depends")):
        return said
    if quiet and not urgent:
        return said
    return said + _by_guideline(view, draft, reading, query, verdict, averaged=values is not None)


def _by_guideline(
    view: ArchiveView,
    draft: Draft,
    reading: Reading,
    query: Query,
    verdict: Verdict,
    *,
    averaged: bool,
) -> list[str]:
    guideline, level = verdict.guideline, verdict.level
    if level == "urgent" and (averaged or view.now - reading.at > RECENT):
        level = "low" if reading.kind == "spo2" else "high"
        draft.cite(guideline.citation(query.language))
        return [_said(level, guideline, query), phrase(query.language, "advise_high")]
    draft.cite(guideline.citation(query.language))
    if level == "urgent":
        draft.urgency = Urgency.URGENT
        reason = phrase(query.language, "reason_urgent_value")
        draft.escalation = Escalation(reason, Urgency.URGENT)
    return [_said(level, guideline, query)]


def _said(level: str, guideline: Guideline, query: Query) -> str:
    language = query.language
    return phrase(
        language, f"judged_{level}", source=guideline.source, said=guideline.says(language)
    )


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
