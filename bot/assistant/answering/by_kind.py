"""One kind of number, asked for in one way: which module answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.assistant.answer import Window
from bot.assistant.answering.change import compare, trend
from bot.assistant.answering.how_often import how_often
from bot.assistant.answering.numbers import Numbers
from bot.assistant.answering.statistics import average, count, extremes, highest, lowest, total
from bot.assistant.answering.values import first, judge, last_n, listed, nothing, value, when
from bot.assistant.composing.draft import Draft
from bot.assistant.queries import series
from bot.assistant.records import Reading
from bot.assistant.understanding.asks import Ask
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView


def answer_kind(view: ArchiveView, query: Query, key: str, windows: Sequence[Window]) -> Draft:
    """The draft for one kind, ``not_found`` where no reading fits."""
    n = Numbers(view, query, key)
    window = windows[0] if windows else None
    known = list(view.readings(key))
    chosen = series.select(known, window, hours=query.hours, meal=query.meal, part=query.part)
    numeric = [r for r in chosen if r.values]
    if query.ask is Ask.COMPARE and len(windows) > 1:
        draft = compare(n, known, windows)
    elif not chosen:
        draft = nothing(n, known, window)
    elif not numeric and query.ask not in (Ask.WHEN, Ask.COUNT, Ask.FIRST):
        draft = listed(n, chosen) if window or query.last_n else n.one("latest", chosen[-1])
    else:
        draft = _ASKED.get(query.ask, value)(n, numeric or chosen, window)
    draft.window = window
    return draft


_ASKED: dict[Ask, Callable[[Numbers, list[Reading], Window | None], Draft]] = {
    Ask.AVERAGE: average,
    Ask.HIGHEST: highest,
    Ask.LOWEST: lowest,
    Ask.EXTREMES: extremes,
    Ask.COUNT: count,
    Ask.TOTAL: total,
    Ask.TREND: trend,
    Ask.COMPARE: trend,
    Ask.FIRST: first,
    Ask.LAST_N: last_n,
    Ask.WHEN: when,
    Ask.JUDGE: judge,
    Ask.HOW_OFTEN: how_often,
}
