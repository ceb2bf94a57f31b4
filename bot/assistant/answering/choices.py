"""Whole questions that may be meant, in the asked way and time; only what the archive answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from bot.assistant.answer import Outcome, Window
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.kinds import Kind, kinds
from bot.assistant.library.guidelines import of_kind
from bot.assistant.records import Area
from bot.assistant.understanding.asks import Ask
from bot.assistant.understanding.impossible import NoSuchDay
from bot.assistant.understanding.query import Query
from bot.assistant.understanding.time_words import time_words
from bot.assistant.view import ArchiveView

Answers = Callable[[str], Draft]
"""The draft of a question in words, of which nothing is asked back."""

MOST, LEAST = 4, 2
_KINDS = 3
_WORDS = {
    Area.MEDICATION: r"药|吃|medic|pill|drug",
    Area.REPORT: r"报告|检查|化验|指标|体检|异常|report|test|result",
    Area.CONDITION: r"病|毛病|condition|illness|ill\b",
}
_PHRASES = {
    Ask.AVERAGE: "choice_average",
    Ask.HIGHEST: "choice_highest",
    Ask.LOWEST: "choice_lowest",
    Ask.TREND: "choice_trend",
    Ask.COMPARE: "choice_trend",
    Ask.COUNT: "choice_count",
    Ask.HOW_OFTEN: "choice_count",
    Ask.JUDGE: "choice_normal",
    Ask.LAST_N: "choice_last_n",
}


def answered_of(candidates: Iterable[str], answers: Answers) -> list[str]:
    """The first few that the archive answers, each answer once."""
    told: set[str] = set()

    def fits(question: str) -> bool:
        draft = answers(question)
        text = "".join(draft.sentences)
        known = text in told
        told.add(text)
        return draft.outcome is Outcome.ANSWERED and not known

    return list(islice(filter(fits, candidates), MOST))


def of_most(query: Query, view: ArchiveView) -> Iterator[str]:
    """Of what the archive holds most of, in the asked time where it holds it."""
    time = time_words(query.asked.plain, query.rest) if query.windows else ""
    key = _PHRASES.get(query.ask, "choice_latest")
    named = [kind for kind in kinds().values() if _held(view, kind, query.window)]
    if not named:
        named, time = [k for k in kinds().values() if _held(view, k, None)], ""
    if query.ask is Ask.JUDGE:
        named = [kind for kind in named if of_kind(kind.key)] or named
    named.sort(key=lambda kind: -len(view.readings(kind.key)))
    yield from _of_words(query, view, said=True)
    of_numbers = bool(time) or key not in ("choice_latest", "choice_normal")
    for kind in named[: MOST if of_numbers else _KINDS]:
        yield _of_kind(query, kind, key, time)
    yield from _of_words(query, view)


def of_kinds(query: Query, keys: Iterable[str]) -> Iterator[str]:
    """The question asked of each of these kinds."""
    time = time_words(query.asked.plain, query.rest)
    for key in keys:
        yield _of_kind(query, kinds()[key], _PHRASES.get(query.ask, "choice_latest"), time)


def of_near(query: Query, day: NoSuchDay) -> Iterator[str]:
    """The question with a day that there is, and of the last reading."""
    for each in day.near:
        yield as_read(query, query.asked.plain.replace(day.said, each, 1))
    for key in query.kinds[:_KINDS]:
        yield _of_kind(query, kinds()[key], "choice_latest", "")
    if not query.kinds:
        yield as_read(query, query.asked.plain.replace(day.said, "", 1))


def as_read(query: Query, plain: str) -> str:
    """A plain question as people read it."""
    if query.language == "en":
        return plain[:1].upper() + plain[1:]
    return plain.replace("?", "？")


def _of_words(query: Query, view: ArchiveView, *, said: bool = False) -> Iterator[str]:
    """With ``said`` only what the question hints at."""
    for area, pattern in _WORDS.items():
        if view.entries(area) and (not said or re.search(pattern, query.asked.plain)):
            yield phrase(query.language, f"choice_{area.value}")


def _held(view: ArchiveView, kind: Kind, window: Window | None) -> bool:
    readings = view.readings(kind.key)
    return any(window is None or window.holds(each.at) for each in readings)


def _of_kind(query: Query, kind: Kind, key: str, time: str) -> str:
    if key == "choice_latest" and time:
        key = "choice_on"
    name = kind.name(query.language)
    gap = "" if query.language == "zh" or not time else " "
    return phrase(query.language, key, name=name, time=gap + time, n=query.last_n or 0)
