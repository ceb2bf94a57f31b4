"""Family history: in general, of one relative, and what it says of a condition."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.assistant.answer import Outcome
from bot.assistant.answering.rows import citation, facts, tell
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.terms import Term
from bot.assistant.records import Area, Entry
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

# What family history may be asked of a relative: illness, not readings or medicines.
_ILLNESS = re.compile(
    r"病|患|得过|得了|有没有|去世|过世|怎么走|走的|癌|血压高|血糖高|中风|遗传|"
    r"家族|健康状况|身体(?:好|怎么样)|"
    r"disease|condition|illness|ill|have|had|suffer|die|health|history|cancer|diabet|hypertens"
)
_NUMERIC = re.compile(
    r"多少|几次|平均|最高|最低|趋势|药|疫苗|报告|过敏|体检|检查|住院|体重|how "
    r"(?:much|many|high|often)|average|highest|lowest|medic|take|taking|"
    r"report|vaccin|allerg|weigh|reading|latest|last"
)


def answer_relative(query: Query, view: ArchiveView) -> Draft | None:
    """What family history says of the relative asked about; None where it says nothing."""
    kin, text = query.subject.kin, query.asked.plain
    of_illness = _ILLNESS.search(text) or any(t.area is Area.CONDITION for t in query.terms)
    if kin is None or not of_illness or _NUMERIC.search(text):
        return None
    rows = [e for e in view.entries(Area.FAMILY) if _is_kin(e, kin.relation)]
    if not rows:
        return None
    return _told(query, rows)


def answer_family(query: Query, view: ArchiveView) -> Draft:
    """The family history, or who in it has the condition asked for."""
    known = list(view.entries(Area.FAMILY))
    if query.subject.kin is not None:
        known = [e for e in known if _is_kin(e, query.subject.kin.relation)]
    if not known:
        draft = Draft(outcome=Outcome.NOT_FOUND)
        draft.sentences.append(phrase(query.language, "none_family"))
        return draft
    return _told(query, known)


def _told(query: Query, known: Sequence[Entry]) -> Draft:
    terms = [t for t in query.terms if t.area is Area.CONDITION]
    fitting = [e for e in known if any(t.fits(e) for t in terms)] if terms else list(known)
    if not fitting:
        return _none(query, known, terms)
    draft = Draft()
    _rows(draft, query, fitting)
    return draft


def _none(query: Query, known: Sequence[Entry], terms: Sequence[Term]) -> Draft:
    draft = Draft(outcome=Outcome.NOT_FOUND)
    name = terms[0].name(query.language)
    draft.sentences.append(phrase(query.language, "none_term_family", name=name))
    _rows(draft, query, known)
    return draft


def _rows(draft: Draft, query: Query, entries: Sequence[Entry]) -> None:
    glue = "；" if query.language == "zh" else "; "
    rows = glue.join(tell(e, query.language) for e in entries)
    draft.sentences.append(phrase(query.language, "has_family", rows=rows))
    for e in entries:
        draft.facts += facts(e, query.language)
        draft.cite(citation(e, query.language))


def _is_kin(entry: Entry, relation: Sequence[str]) -> bool:
    codes = entry.details.get("relation_codes", "").split()
    said = entry.details.get("relation", "").lower()
    return any(
        r in codes
        if r.isupper()
        else (r == said or (len(r) > 1 and r in said and not _in_law(said, r)))
        for r in relation
    )


def _in_law(said: str, word: str) -> bool:
    """祖父 holds 父, grandmother holds mother: another relation."""
    return ("祖" in said and "祖" not in word) or ("grand" in said and "grand" not in word)
