"""Answers that are lists and single entries: conditions, allergies, medicines, vaccines, visits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.assistant.answer import Outcome, Window
from bot.assistant.answering.entry_drafts import (
    COUNT,
    counted_draft,
    dated,
    dates_draft,
    doses_draft,
    ends_draft,
    latest_of_each,
    one_of_each,
    rows_draft,
)
from bot.assistant.answering.stays import stay_draft
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.terms import Term
from bot.assistant.records import Area, Entry
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_PAST = re.compile(
    r"以前|现在停|过去|曾经?|之前|停(?:了|用|掉|过)|原来|得过|吃过|用过|"
    r"好了的|治好|used to|past|previous|stopped|earlier|history of|ever"
)
_NOW = re.compile(
    r"现在|目前|正在|在吃|在用|还在|如今|眼下|每天|天天|平时|current|now|"
    r"taking|\bon\b|at present|these days"
)
_ALL = re.compile(r"所有|全部|都|一共|得过|历来|历史|all|every|ever")
_DOSE = re.compile(
    r"(?:怎么|咋|如何|怎样)(?:吃|服|用|打|喝)|(?:吃|服|用|打|喝)(?:几|"
    r"多少)(?:次|片|粒|颗|毫克|单位|袋|支|滴|量|丸|mg|回)?|用法|用量|剂量|"
    r"几(?:片|粒|颗|次|回|单位)|多少(?:毫克|单位|mg|剂量|片)|多大(?:剂)?量|"
    r"(?:什么时候|啥时候|几点(?:钟)?|何时)(?:吃|服|用|打)(?!的|过|上|了|起|到)|规格|一天几|每天几|每次几|1天几|饭前(?:吃|服)?还是饭后|早上还是晚上|dos(?:e|age|"
    r"ing)|how (?:much|often|many)(?! times (?:have|did|was))|how (?:do|"
    r"should) i take|instructions|how is .* taken"
)
_SINCE = re.compile(
    r"从?什么时候(?:开始(?:吃|服|用|有|得|打)|(?:吃|服|用|打)(?:的|上|起)|有|得|确|查|诊|发现)|(?:吃|服|用|得|"
    r"有|打|抽|喝)了?(?:多久|多长时间|几年|多少年|多少天)|多(?:久|长时间)了|"
    r"几年了|多少年了|since when|how long (?:have|has)|when did .* (?:start|"
    r"begin|first)|started|began|diagnosed"
)
_HALTED = re.compile(r"停(?:了|掉|用)|不吃了")
_ENDED = re.compile(
    r"(?:吃|服|用|打)到(?:什么时候|啥时候|哪天|何时|几月|哪年)|"
    r"(?:什么时候|啥时候|哪天|哪年|何时).{0,4}停|停(?:用|药|掉|"
    r"了)?(?:的)?(?:时间|日期)|when .*stop"
)
_WHEN = re.compile(
    r"什么时候|啥时候|何时|哪(?:一)?[天年]|几号|几月|哪个月|多久(?:没|前|"
    r"以前)|日期|when|what date|which (?:day|year|date)|how long ago|what year"
)
_LAST = re.compile(
    r"最近1?(?:一)?次|上(?:一|1)?次|上回|最后(?:一|1)?次|最近的|最新|last|"
    r"latest|most recent"
)
_FIRST = re.compile(r"第1(?:次|针|剂)|第一(?:次|针|剂)|最早|首次|first|earliest")

_NEXT = re.compile(r"下1?[针次回]|还差|还(?:要|需要|该|没有?)打|该打|next|still need")


def answer_entries(
    view: ArchiveView,
    query: Query,
    area: Area,
    chosen_terms: Sequence[Term],
    window: Window | None,
) -> Draft:
    """The draft for one area; ``not_found`` where the archive holds nothing that fits."""
    text = query.asked.plain
    known = list(view.entries(area))
    found = [e for e in known if any(t.fits(e) for t in chosen_terms)] if chosen_terms else known
    refuted = [e for e in found if e.status == "refuted"]
    found = [e for e in found if e.status != "refuted"]
    if area is Area.ALLERGY and not found:
        found = _none_known(known) if chosen_terms else []
        if found:
            return rows_draft(query, area, found, "no_known_allergy")
    if refuted and not found and chosen_terms:
        return rows_draft(query, area, refuted, "refuted")
    if area is Area.IMMUNIZATION and _NEXT.search(text):
        return _no_next(query, found)
    if window is not None:
        found = [e for e in found if _in_window(e, window, area)]
    if area is Area.MEDICATION and chosen_terms and _current_only(text) and found:
        active = [e for e in found if e.active]
        if not active and not _SINCE.search(text) and not _WHEN.search(text):
            return rows_draft(query, area, found, "has_medication_past")
        found = active or found
    elif (
        area is Area.MEDICATION
        and chosen_terms
        and not _PAST.search(text)
        and not _WHEN.search(text)
    ):
        found = [e for e in found if e.active] or found
    if not found:
        return _nothing(query, area, chosen_terms, bool(known) and window is not None)
    draft = _told(query, area, found, chosen_terms, view.now)
    draft.window = window
    return draft


def _no_next(query: Query, given: list[Entry]) -> Draft:
    """The archive holds what was given; what comes next stands in no record."""
    draft = Draft(outcome=Outcome.NOT_FOUND)
    draft.sentences.append(phrase(query.language, "none_next_immunization"))
    if given:
        last = rows_draft(query, Area.IMMUNIZATION, dated(given)[-1:], "last_immunization")
        draft.take(last)
    return draft


def _told(
    query: Query, area: Area, found: list[Entry], terms: Sequence[Term], now: datetime
) -> Draft:
    text = query.asked.plain
    if area is Area.MEDICATION and _DOSE.search(text) and not _COUNT_KINDS.search(text):
        return doses_draft(query, [e for e in found if e.active] or found)
    if area is Area.MEDICATION and _ENDED.search(text):
        return ends_draft(query, one_of_each(found, last=True))
    if area is Area.ENCOUNTER:
        stay = stay_draft(query, dated(found)[-1])
        if stay is not None:
            return stay
    if _SINCE.search(text) and area in (Area.MEDICATION, Area.CONDITION, Area.LIFESTYLE):
        return dates_draft(query, one_of_each(found, last=False), "since_entry", now)
    if _FIRST.search(text):
        return dates_draft(query, [dated(found)[0]], "when_entry")
    if COUNT.search(text):
        if area is Area.MEDICATION and not _ALL.search(text):
            found = [e for e in found if e.active] or found
        return counted_draft(query, area, found)
    if _WHEN.search(text):
        many = not terms and not _LAST.search(text)
        return dates_draft(
            query, one_of_each(found, last=True) if many else [dated(found)[-1]], "when_entry"
        )
    if _LAST.search(text) and area not in (Area.CONDITION, Area.ALLERGY, Area.FAMILY):
        return rows_draft(
            query, area, [dated(found)[-1]], f"has_{area}" if terms else f"list_{area}"
        )
    if area is Area.LIFESTYLE:
        return rows_draft(query, area, latest_of_each(found), f"has_{area}")
    if terms:
        return rows_draft(query, area, found, f"has_{area}")
    return _listed(query, area, found)


_COUNT_KINDS = re.compile(r"(?:几|多少)(?:种|样|个)")


def _listed(query: Query, area: Area, found: list[Entry]) -> Draft:
    text = query.asked.plain
    if area in (Area.CONDITION, Area.MEDICATION):
        active = latest_of_each([e for e in found if e.active])
        past = latest_of_each([e for e in found if not e.active])
        if (
            (_HALTED.search(text) or not _NOW.search(text))
            and _PAST.search(text)
            and past
            and not _ALL.search(text)
        ):
            key = "list_conditions_past" if area is Area.CONDITION else "list_medication_past"
            return rows_draft(query, area, past, key)
        key = "list_conditions" if area is Area.CONDITION else "list_medication"
        wide = area is Area.CONDITION or _PAST.search(text) or _ALL.search(text)
        draft = Draft()
        if active:
            draft.take(rows_draft(query, area, active, key))
        elif area is Area.MEDICATION:
            draft.sentences.append(phrase(query.language, "none_medication_now"))
            if not wide:
                draft.outcome = Outcome.NOT_FOUND
        if past and wide and not (_NOW.search(text) and area is Area.CONDITION and active):
            draft.take(rows_draft(query, area, past, f"{key}_past"))
        return draft
    return rows_draft(query, area, found[-30:], f"list_{area}")


def _nothing(query: Query, area: Area, terms: Sequence[Term], in_window: bool) -> Draft:
    draft = Draft(outcome=Outcome.NOT_FOUND)
    now = area is Area.MEDICATION and _current_only(query.asked.plain)
    if in_window:
        key = "none_window_entries"
    else:
        key = f"none_term_{area}" if terms else f"none_{area}"
        key += "_now" if now and terms else ""
    name = terms[0].name(query.language) if terms else ""
    draft.sentences.append(phrase(query.language, key, name=name))
    return draft


def _current_only(text: str) -> bool:
    return bool(_NOW.search(text)) and not _PAST.search(text)


def _none_known(known: Sequence[Entry]) -> list[Entry]:
    """Statements like 无已知过敏: the record itself says there is none."""
    return [
        e for e in known if re.search(r"无(?:已知)?.{0,4}过敏|no known|nkda|否认", e.name, re.I)
    ]


def _in_window(e: Entry, window: Window, area: Area) -> bool:
    if e.start is None:
        return False
    if area in (Area.MEDICATION, Area.CONDITION) and e.start < window.end:
        over = e.end is not None and e.end < window.start
        running = e.active or e.end is not None
        return window.holds(e.start) or (running and not over)
    return window.holds(e.start)
