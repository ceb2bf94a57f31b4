"""One kind of number, asked for in one way: which module answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.assistant.answer import Outcome, Window
from bot.assistant.answering.body_mass import body_mass
from bot.assistant.answering.change import compare, compare_facets
from bot.assistant.answering.how_often import how_often, since_when
from bot.assistant.answering.numbers import Numbers
from bot.assistant.answering.qualitative import said_of_words
from bot.assistant.answering.statistics import average, count, extremes, highest, lowest, total
from bot.assistant.answering.streak import streak
from bot.assistant.answering.trend import last_two, trend
from bot.assistant.answering.values import EVERY, first, judge, last_n, listed, nothing, value, when
from bot.assistant.answering.when_asked import at_checkups
from bot.assistant.composing.draft import Draft
from bot.assistant.lexicon.kinds import kinds
from bot.assistant.queries import series
from bot.assistant.queries.after_food import of_the_meal
from bot.assistant.records import Reading
from bot.assistant.understanding.asks import Ask, says
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView


def answer_facets(view: ArchiveView, query: Query, key: str, windows: Sequence[Window]) -> Draft:
    """As ``answer_kind``; several facets are set beside each other or answered one by one."""
    query = _as_noted(view, query, key)
    if not query.facets:
        return answer_kind(view, query, key, windows)
    each = [
        replace(query, meal=f.meal, hours=f.hours or query.hours, facets=()) for f in query.facets
    ]
    if says(Ask.COMPARE, query.asked.plain) or _WHICH.search(query.asked.plain):
        window = windows[0] if len(windows) == 1 else None
        draft = compare_facets(Numbers(view, replace(query, meal=None), key), each, window)
        if draft is not None:
            return draft
    drafts = [answer_kind(view, one, key, windows) for one in each]
    return _one_by_one(query, drafts)


def _as_noted(view: ArchiveView, query: Query, key: str) -> Query:
    """饭前 is 空腹 where the archive notes no other reading before food."""
    noted = {r.meal for r in view.readings(key)}
    if "before_meal" in noted or "fasting" not in noted:
        return query
    meals = kinds()["glucose"].meals
    name = meals["fasting"].zh if query.language == "zh" else meals["fasting"].en
    facets = tuple(
        f._replace(name=name, meal="fasting") if f.meal == "before_meal" else f
        for f in query.facets
    )
    meal = "fasting" if query.meal == "before_meal" else query.meal
    return replace(query, meal=meal, facets=facets)


def _one_by_one(query: Query, drafts: list[Draft]) -> Draft:
    colon = "：" if query.language == "zh" else ": "
    found = [each for each in drafts if each.outcome is Outcome.ANSWERED]
    if not found:
        return drafts[0]
    whole = Draft()
    for facet, draft in zip(query.facets, drafts, strict=True):
        if facet.hours is not None:
            draft.sentences[0] = f"{facet.name}{colon}{draft.sentences[0]}"
        if draft.outcome is not Outcome.ANSWERED:
            draft = Draft(sentences=draft.sentences[:1])
        whole.take(draft)
    return whole


_BEGUN = re.compile(
    r"(?:什么时候|啥时候|何时|哪[1]?[天年月]|几月)(?:份)?(?:起|开始|第1次)|第1次(?:超|高|低|偏)|最早(?:什么时候|哪天)?(?:超|高|低|偏)|"
    r"when did .{2,30} (?:start|begin|first)"
)
_AROUND_FOOD = ("after_meal", "before_meal")


def answer_kind(view: ArchiveView, query: Query, key: str, windows: Sequence[Window]) -> Draft:
    """The draft for one kind, ``not_found`` where no reading fits."""
    n = Numbers(view, query, key)
    window = windows[0] if windows else None
    known = list(view.readings(key))
    if key == "bmi" and not known and not windows:
        computed = body_mass(n)
        if computed is not None:
            return computed
    chosen = series.select(
        known,
        window,
        hours=query.hours,
        meal=query.meal,
        part=query.part,
        at_home=query.at_home,
    )
    days = at_checkups(query, view)
    if days:
        chosen = [r for r in chosen if any(day.holds(r.at) for day in days)]
    if query.meal in _AROUND_FOOD:
        chosen = of_the_meal(chosen, query.asked.plain)
    numeric = [r for r in chosen if r.values]
    if query.ask is Ask.COMPARE and len(windows) > 1:
        draft = compare(n, known, windows)
    elif not chosen:
        draft = nothing(n, known, window)
    elif not numeric and query.ask not in (Ask.WHEN, Ask.COUNT, Ask.FIRST):
        every = window or query.last_n or EVERY.search(query.rest)
        draft = listed(n, chosen[-20:]) if every else n.one("latest", chosen[-1])
        draft.extras += said_of_words(n, chosen[-1]) if not every else []
    elif query.streak is not None and numeric:
        draft = streak(n, numeric, window)
    else:
        begun = since_when(n, numeric) if _BEGUN.search(query.asked.plain) else None
        draft = begun or _ASKED.get(query.ask, value)(n, numeric or chosen, window)
    draft.window = window
    return draft


_LAST_TWO = re.compile(
    r"次.{0,2}(?:和|跟|与|比|同)(?:再)?[上前]1?次|比[上前]1?次|(?:compared (?:to|with)|than) the "
    r"(?:previous|last) (?:one|time|reading)"
)


def _since_before(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    """Compared without two spans: the last with the one before it, or how it went."""
    if _LAST_TWO.search(n.query.asked.plain):
        return last_two(n, rows)
    return trend(n, rows, window)


_WHICH = re.compile(
    r"[高低大小好差]还是|哪个|哪一个|谁[高低]|区别|差别|差多少|which|difference|higher|lower"
)

_ASKED: dict[Ask, Callable[[Numbers, list[Reading], Window | None], Draft]] = {
    Ask.AVERAGE: average,
    Ask.HIGHEST: highest,
    Ask.LOWEST: lowest,
    Ask.EXTREMES: extremes,
    Ask.COUNT: count,
    Ask.TOTAL: total,
    Ask.TREND: _since_before,
    Ask.COMPARE: _since_before,
    Ask.FIRST: first,
    Ask.LAST_N: last_n,
    Ask.WHEN: when,
    Ask.JUDGE: judge,
    Ask.HOW_OFTEN: how_often,
}
