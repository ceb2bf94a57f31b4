"""Decides what is declined, and says it with what the archive and guidelines do hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from bot.assistant.answer import Escalation, Outcome, Urgency
from bot.assistant.answering.by_kind import answer_kind
from bot.assistant.answering.entry_drafts import rows_draft
from bot.assistant.answering.family import answer_relative
from bot.assistant.answering.knowledge import is_known
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.library.guidelines import guidelines
from bot.assistant.records import Area
from bot.assistant.understanding.asks import Ask
from bot.assistant.understanding.query import Query
from bot.assistant.understanding.topics import Topics
from bot.assistant.view import ArchiveView

_ORDER = ("system", "stop", "dose", "prescription", "prognosis", "diagnosis")
_MEDICINES = ("stop", "dose", "prescription")
# Soft ways of asking for a diagnosis that the record can answer: 是不是有高血压.
_SOFT = re.compile(r"是不是|是否|算不算|有没有|属于|do i have|have i|am i")
_COMPLICATION = re.compile(
    r"症状|情况|表现|样子|这个|这是|糖尿病(?:足|肾|视网膜|眼|神经|酮症|并发)|"
    r"高血压(?:脑|肾|心脏|危象)"
)


@dataclass(frozen=True, slots=True)
class _Rule:
    patterns: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    needs: re.Pattern[str] | None


def decline(query: Query, view: ArchiveView, topics: Topics) -> Draft | None:
    """The draft of a declined question, or None where it may be answered."""
    text = query.asked.plain
    if _is(text, "system"):
        return _declined(query, view, "system")
    if query.subject.who == "other":
        return _declined(query, view, "other")
    if query.subject.who == "relative":
        return answer_relative(query, view) or _declined(query, view, "other")
    for reason in _ORDER[1:]:
        if _is(text, reason):
            if reason == "prescription" and is_known(text):
                return None
            if reason == "diagnosis" and _on_record(query, view):
                return None
            return _declined(query, view, reason)
    return None


def _is(text: str, reason: str) -> bool:
    rule = _rules()[reason]
    if rule.unless and rule.unless.search(text):
        return False
    if rule.needs and not rule.needs.search(text):
        return False
    return any(pattern.search(text) for pattern in rule.patterns)


def _on_record(query: Query, view: ArchiveView) -> bool:
    """「我是不是有高血压」 with hypertension on record is a question of the record."""
    if not _SOFT.search(query.asked.plain) or _COMPLICATION.search(query.asked.plain):
        return False
    terms = [t for t in query.terms if t.area is Area.CONDITION]
    return any(t.fits(e) for t in terms for e in view.entries(Area.CONDITION))


def _declined(query: Query, view: ArchiveView, reason: str) -> Draft:
    language = query.language
    draft = Draft(
        outcome=Outcome.DECLINED,
        urgency=Urgency.ROUTINE,
        escalation=Escalation(phrase(language, f"reason_{reason}"), Urgency.ROUTINE),
    )
    draft.sentences.append(phrase(language, f"declined_{reason}"))
    draft.sentences.append(phrase(language, "offer_doctor"))
    if reason in _MEDICINES:
        _say_medicines(draft, query, view, allergies=reason == "prescription")
    elif reason == "diagnosis":
        _say_numbers(draft, query, view)
    return draft


def _say_medicines(draft: Draft, query: Query, view: ArchiveView, *, allergies: bool) -> None:
    """What is taken; what is not borne only where a medicine is to be chosen."""
    terms = [t for t in query.terms if t.area is Area.MEDICATION]
    known = [e for e in view.entries(Area.MEDICATION) if e.active]
    if terms:
        named = [e for e in view.entries(Area.MEDICATION) if any(t.fits(e) for t in terms)]
        known = [e for e in named if e.active] or named[-1:]
    guideline = guidelines()["medicine-safety"]
    draft.cite(guideline.citation(query.language))
    draft.extras.append(
        phrase(
            query.language,
            "guideline_only",
            source=guideline.source,
            said=guideline.says(query.language),
        )
    )
    not_borne = list(view.entries(Area.ALLERGY)) if allergies else []
    meant = [t for t in query.terms if t.area in (Area.MEDICATION, Area.ALLERGY)]
    named = [e for e in not_borne if any(t.fits(e) for t in meant)]
    if named:  # 青霉素能不能打: that it is not borne comes before everything else
        said = rows_draft(query, Area.ALLERGY, named, "not_borne")
        draft.sentences[:0] = said.sentences
        draft.facts += said.facts
        draft.cite(*said.citations)
        not_borne = [e for e in not_borne if e not in named]
    if not_borne:
        _append(draft, rows_draft(query, Area.ALLERGY, not_borne, "list_allergy"), query.language)
    if known:
        key = "list_medication" if any(e.active for e in known) else "has_medication_past"
        _append(draft, rows_draft(query, Area.MEDICATION, known, key), query.language)


def _say_numbers(draft: Draft, query: Query, view: ArchiveView) -> None:
    for key in query.kinds[:2]:
        asked = replace(query, ask=Ask.LATEST, hours=None)
        said = answer_kind(view, asked, key, ())
        if said.outcome is Outcome.ANSWERED:
            _append(draft, said, query.language)


def _append(draft: Draft, said: Draft, language: str) -> None:
    glue = "" if language == "zh" else " "
    draft.extras.append(glue.join(said.sentences))
    draft.facts += said.facts
    draft.cite(*said.citations)


@cache
def _rules() -> dict[str, _Rule]:
    rows = read_toml(__package__, "rules.toml")
    return {
        reason: _Rule(
            tuple(re.compile(p) for p in rows[reason]["all"]),
            re.compile(rows[reason]["unless"]) if rows[reason].get("unless") else None,
            re.compile(rows[reason]["needs"]) if rows[reason].get("needs") else None,
        )
        for reason in _ORDER
    }
