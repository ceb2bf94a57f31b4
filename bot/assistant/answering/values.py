"""Single readings and lists of them: latest, first, last N, on a day, none at all."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.assistant.answer import Outcome, Window
from bot.assistant.answering.meaning import meaning
from bot.assistant.answering.numbers import Numbers
from bot.assistant.answering.statistics import summary
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.queries import series
from bot.assistant.records import Reading
from bot.assistant.understanding.asks import Ask

LISTED = 8  # so many readings are told one by one; more are summed up


EVERY = re.compile(
    r"都(?:报|念|说|列|给|看|查|告诉)|分别|各次|历年|逐次|挨个|历次|每次|每一次|"
    r"所有|全部|都有哪些|列出|列一下|历史|all (?:my|the|of)|"
    r"\blist\b|history|every"
)


_BEFORE_LAST = re.compile(
    r"(?<!上)上上1?[次个回](?!周|星期|礼拜|月)|倒数第?2[次个回]|before (?:the )?last\b|"
    r"(?:second|next)[- ]to[- ]last"
)


_THAT_TIME = re.compile(
    r"(?<![\d.])(\d{1,3}(?:\.\d+)?)(?:/\d{2,3})?\s*(?:mmhg|mmol/l|毫米汞柱|度|℃|%|kg|公斤)?"
    r"(?:的)?(?:那[1]?[次回天]|的?时候)"
)


def value(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    if len(rows) > 1 and EVERY.search(n.query.rest):
        return listed(n, rows[-20:])
    if window is not None and len(rows) > 1 and n.query.ask is not Ask.LATEST:
        return listed(n, rows) if len(rows) <= LISTED else summary(n, rows, window)
    if _BEFORE_LAST.search(n.query.asked.plain):
        return n.one("before_last", rows[-2]) if len(rows) > 1 else n.one("only_one", rows[-1])
    draft = n.one("latest", rows[-1])
    draft.extras += meaning(n.view, draft, rows[-1], n.query)
    return draft


def listed(n: Numbers, rows: list[Reading]) -> Draft:
    if len(rows) == 1:
        return n.one("on_window_one", rows[0])
    draft = n.rows(rows)
    draft.facts.insert(0, n.count_fact(len(rows)))
    draft.sentences = [
        phrase(
            n.language, "on_window_many", label=n.label, count=len(rows), rows=draft.sentences[0]
        )
    ]
    if rows[-1].values:
        draft.extras += meaning(n.view, draft, rows[-1], n.query, quiet=True)
    return draft


def first(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    return n.one("first", rows[0])


def last_n(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    count = n.query.last_n or 1
    rows = rows[-count:]
    if len(rows) == 1:
        return value(n, rows, None)
    draft = n.rows(rows)
    draft.sentences = [
        phrase(n.language, "last_n", label=n.label, count=len(rows), rows=draft.sentences[0])
    ]
    draft.facts.insert(0, n.count_fact(len(rows)))
    return draft


def when(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    named = _named_value(n)
    if named is None:
        return n.one("when_latest", rows[-1])
    same = [r for r in rows if any(named in (m.value, m.recorded) for m in r.values.values())]
    if not same:
        draft = Draft(outcome=Outcome.NOT_FOUND)
        draft.sentences.append(phrase(n.language, "none_value", label=n.label))
        return draft
    return n.one("when_latest_value" if len(same) > 1 else "when_value", same[-1])


def _named_value(n: Numbers) -> Decimal | None:
    """「血糖3.6那次是几号」: the value that the question names."""
    match = _THAT_TIME.search(n.query.rest)
    return Decimal(match[1]) if match else None


def judge(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    if window is not None and len(rows) > 1:
        return listed(n, rows) if len(rows) <= 3 else summary(n, rows, window)
    return value(n, rows, window)


def nothing(n: Numbers, known: list[Reading], window: Window | None) -> Draft:
    draft = Draft(outcome=Outcome.NOT_FOUND)
    in_time = window is not None or n.query.hours is not None
    narrowed = in_time or n.query.at_home is not None
    key = "none_window" if known and in_time else "none_kind"
    draft.sentences.append(phrase(n.language, key, label=n.label))
    rest = series.select(
        known, None, meal=n.query.meal, part=n.query.part, at_home=n.query.at_home
    ) or series.select(known, None, meal=n.query.meal, part=n.query.part)
    if narrowed and rest:
        found = n.one("none_window_latest", rest[-1])
        draft.sentences += found.sentences
        draft.facts += found.facts
        draft.cite(*found.citations)
    elif not known:
        draft.sentences.append(phrase(n.language, "suggest_record"))
    return draft
