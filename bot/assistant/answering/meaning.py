"""What a value means by guideline, and how soon somebody should look at it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Escalation, Urgency
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.terms import terms
from bot.assistant.library.guidelines import judge
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
    age = view.patient.age(view.now.astimezone(SHANGHAI).date())
    verdict = judge(
        reading.kind,
        own,
        meal=reading.meal if values is None else query.meal,
        sex=view.patient.sex,
        adult=age is None or age >= _ADULT,
        diabetes=has_diabetes(view),
    )
    if verdict is None or (values is not None and verdict.level == "depends"):
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


def has_diabetes(view: ArchiveView) -> bool:
    """Whether diabetes stands on record, so that its targets hold."""
    term = terms(Area.CONDITION)["diabetes"]
    return any(e.active and term.fits(e) for e in view.entries(Area.CONDITION))
