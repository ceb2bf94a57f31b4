"""The person's own data: age and date of birth."""

from __future__ import annotations

import re
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Citation, Fact, Outcome
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import calendar_day, cite, phrase
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_BLOOD_TYPE = re.compile(r"血型|熊猫血|rh(?:阴|阳)?性?|blood (?:type|group)", re.I)
_OF_BLOOD_TYPE = re.compile(r"血型|\brh\b|\babo\b|blood (?:type|group)", re.I)


def answer_profile(query: Query, view: ArchiveView) -> Draft:
    if _BLOOD_TYPE.search(query.asked.plain):
        return _blood_type(query, view)
    person = view.patient
    age = person.age(view.now.astimezone(SHANGHAI).date())
    if person.born is None or age is None:
        draft = Draft(outcome=Outcome.NOT_FOUND)
        draft.sentences.append(phrase(query.language, "profile_none"))
        return draft
    zh = query.language == "zh"
    draft = Draft()
    born = person.born.isoformat()
    told = calendar_day(person.born, query.language)
    draft.sentences.append(phrase(query.language, "profile_age", born=told, age=age))
    draft.facts.append(Fact("年龄" if zh else "age", Decimal(age), "岁" if zh else "years"))
    draft.facts.append(Fact("出生日期" if zh else "date of birth", born))
    said = f"出生日期 {born}" if zh else f"born {born}"
    draft.cite(Citation(person.ref, None, said))
    return draft


def _blood_type(query: Query, view: ArchiveView) -> Draft:
    """What the record's own results of it say; the latest of each name."""
    kinds = sorted({k for n, k in view.own_names().items() if _OF_BLOOD_TYPE.search(n)})
    rows = [view.readings(key)[-1] for key in kinds if view.readings(key)]
    said = [r for r in rows if r.words]
    draft = Draft()
    for r in said:
        draft.sentences.append(phrase(query.language, "blood_type", name=r.name, value=r.words))
        draft.facts.append(Fact(r.name, r.words or ""))
        draft.cite(*cite(r, query.language))
    if not said:
        draft.outcome = Outcome.NOT_FOUND
        draft.sentences.append(phrase(query.language, "profile_none"))
    return draft
