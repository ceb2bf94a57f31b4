"""The person's own data: age and date of birth."""

from __future__ import annotations

from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Citation, Fact, Outcome
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView


def answer_profile(query: Query, view: ArchiveView) -> Draft:
    person = view.patient
    age = person.age(view.now.astimezone(SHANGHAI).date())
    asks_age = not any(word in query.asked.plain for word in ("血型", "blood type"))
    if person.born is None or age is None or not asks_age:
        draft = Draft(outcome=Outcome.NOT_FOUND)
        draft.sentences.append(phrase(query.language, "profile_none"))
        return draft
    zh = query.language == "zh"
    draft = Draft()
    born = person.born.isoformat()
    draft.sentences.append(phrase(query.language, "profile_age", born=born, age=age))
    draft.facts.append(Fact("年龄" if zh else "age", Decimal(age), "岁" if zh else "years"))
    draft.facts.append(Fact("出生日期" if zh else "date of birth", born))
    said = f"出生日期 {born}" if zh else f"born {born}"
    draft.cite(Citation(person.ref, None, said))
    return draft
