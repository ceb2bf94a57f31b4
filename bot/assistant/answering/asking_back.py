"""What is unclear is asked back with choices that the archive can answer, not guessed.

Nothing is asked back that the record reads in one way only: a word of two readings of which
one is held means that one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from bot.assistant.answer import Outcome, Window
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.kinds import Kind, kinds, read_toml
from bot.assistant.library.guidelines import of_kind
from bot.assistant.records import Area
from bot.assistant.understanding.asks import Ask
from bot.assistant.understanding.impossible import NoSuchDay, no_such_day, not_yet
from bot.assistant.understanding.query import Query
from bot.assistant.understanding.time_words import time_words
from bot.assistant.view import ArchiveView

Answers = Callable[[str], Draft]
"""The draft of a question in words, of which nothing is asked back."""

_MOST, _LEAST, _KINDS = 4, 2, 3
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


def asked_back(query: Query, view: ArchiveView, answers: Answers) -> Draft | None:
    """The draft that asks back, or answers the one reading there is; None where all is clear."""
    if query.kinds or query.areas or query.terms:
        day = no_such_day(query.asked, view.now)
        if day is not None:
            return _offering(query, view, "unclear_day", _near(query, day), answers)
    if query.kinds and not query.windows:
        day = not_yet(query.asked)
        if day is not None:
            return _offering(query, view, "unclear_future", _near(query, day), answers)
    word = _word(query)
    if word is None:
        return None
    offered = _answered(_readings(query, word), answers)
    if len(offered) == 1:
        return answers(offered[0])
    return _draft(query, "unclear_word", offered) if offered else None


def names_nothing(query: Query) -> bool:
    """Whether nothing is said but that something is asked."""
    named = query.kinds or query.areas or query.terms or query.anchor
    return not named and _is_filler(query.rest)


def nothing_named(query: Query, view: ArchiveView, answers: Answers) -> Draft:
    """What to say to a question that names nothing the archive knows.

    One that names something else all the same has its answer: that it is not there.
    """
    draft = _offering(query, view, "unclear_thing", _general(query, view), answers)
    bare = names_nothing(query)
    if draft is None or not bare:
        choices = draft.choices if draft is not None else []
        draft = Draft(outcome=Outcome.NOT_FOUND, unclear=bare, choices=choices)
        draft.sentences.append(phrase(query.language, "unclear"))
    draft.sentences.append(phrase(query.language, "ask_doctor"))
    return draft


def before_that(query: Query, view: ArchiveView, answers: Answers) -> Draft | None:
    """「上上次体检」 where there was but one: whether that one is meant."""
    plain = query.asked.plain
    fewer = re.sub(r"上{2,}1?([次个回])", r"上\1", plain)
    if fewer == plain:
        return None
    return _offering(query, view, "unclear_before", (_asking(query, fewer),), answers)


def offers(query: Query, view: ArchiveView, answers: Answers) -> list[str]:
    """Questions that go on from one that leaves out what it asks about."""
    return _answered(_general(query, view), answers)


def _offering(
    query: Query, view: ArchiveView, key: str, candidates: Iterable[str], answers: Answers
) -> Draft | None:
    offered = _answered(candidates, answers)
    if not offered:
        return None
    if len(offered) < _LEAST:
        more = _answered(_general(query, view), answers)
        offered += [each for each in more if each not in offered][: _LEAST - len(offered)]
    return _draft(query, key, offered)


def _draft(query: Query, key: str, offered: list[str]) -> Draft:
    draft = Draft(outcome=Outcome.NOT_FOUND, unclear=True, choices=offered)
    draft.sentences.append(phrase(query.language, key))
    return draft


def _answered(candidates: Iterable[str], answers: Answers) -> list[str]:
    """The first few that the archive answers, each answer once."""
    told: set[str] = set()

    def fits(question: str) -> bool:
        draft = answers(question)
        text = "".join(draft.sentences)
        known = text in told
        told.add(text)
        return draft.outcome is Outcome.ANSWERED and not known

    return list(islice(filter(fits, candidates), _MOST))


def _near(query: Query, day: NoSuchDay) -> Iterator[str]:
    for each in day.near:
        yield _asking(query, query.asked.plain.replace(day.said, each, 1))
    for key in query.kinds[:_KINDS]:
        yield _of_kind(query, kinds()[key], "choice_latest", "")
    if not query.kinds:
        yield _asking(query, query.asked.plain.replace(day.said, "", 1))


def _asking(query: Query, plain: str) -> str:
    """A plain question as people read it."""
    if query.language == "en":
        return plain[:1].upper() + plain[1:]
    return plain.replace("?", "？")


def _word(query: Query) -> dict[str, Any] | None:
    """The word of several readings that is all the question names."""
    said = query.rest
    if query.terms or (query.kinds and "压力" not in said):
        return None
    for each in _data()["word"]:
        match = re.search(each["pattern"], said)
        if match and _is_filler(said.replace(match[0], "", 1)):
            word: dict[str, Any] = each
            return word
    return None


def _readings(query: Query, word: dict[str, Any]) -> Iterator[str]:
    time = time_words(query.asked.plain, query.rest)
    for key in word["kinds"]:
        yield _of_kind(query, kinds()[key], _PHRASES.get(query.ask, "choice_latest"), time)
    yield from word.get(query.language, ())


def _general(query: Query, view: ArchiveView) -> Iterator[str]:
    """Questions of what the archive holds most of, in the asked way and time where it holds it."""
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
    for kind in named[: _MOST if of_numbers else _KINDS]:
        yield _of_kind(query, kind, key, time)
    yield from _of_words(query, view)


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


def _is_filler(text: str) -> bool:
    return not _filler().sub("", text)


@cache
def _filler() -> re.Pattern[str]:
    words = _data()["filler"]
    chinese = sorted(words["zh"], key=len, reverse=True)
    english = rf"\b(?:{'|'.join(words['en'])})\b"
    return re.compile("|".join([*map(re.escape, chinese), english, r"[，,。.？?！!、'\s\d]"]))


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = read_toml(__package__, "unclear.toml")
    return found
