"""What is unclear is asked back with choices that the archive can answer, not guessed.

Nothing is asked back that the record reads in one way only: a word of two readings of which
one is held means that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import Any

from bot.assistant.answer import Outcome
from bot.assistant.answering.choices import (
    LEAST,
    Answers,
    answered_of,
    as_read,
    of_kinds,
    of_most,
    of_near,
)
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.understanding.impossible import no_such_day, not_yet
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_THOSE_DAYS = re.compile(
    r"[一-鿿]{2,10}?(?:那[几1]?天|(?<!最近)那阵子?|那段(?:时间|日子)|当天|那会儿)"
)
# 血压最高那天, 量的那几天: days that the numbers themselves name.
_SAID_OTHERWISE = re.compile(r"最|偏|超|量|测|查|走|睡|\d|[高低多少大小过](?:的)?(?:那|当)")


def asked_back(query: Query, view: ArchiveView, answers: Answers) -> Draft | None:
    """The draft that asks back, or answers the one reading there is; None where all is clear."""
    if query.kinds or query.areas or query.terms:
        day = no_such_day(query.asked, view.now)
        if day is not None:
            return offering(query, view, "unclear_day", of_near(query, day), answers)
    if query.kinds and not query.windows:
        day = not_yet(query.asked)
        if day is not None:
            return offering(query, view, "unclear_future", of_near(query, day), answers)
    if query.kinds and not query.windows and query.anchor is None and _untold_days(query):
        return offering(query, view, "unclear_time", of_kinds(query, query.kinds), answers)
    word = _word(query)
    if word is None:
        return None
    readings = chain(of_kinds(query, word["kinds"]), word.get(query.language, ()))
    offered = answered_of(readings, answers)
    if len(offered) == 1:
        return answers(offered[0])
    return _draft(query, "unclear_word", offered) if offered else None


def _untold_days(query: Query) -> bool:
    """「感冒那几天」: days that neither the calendar nor the record knows."""
    match = _THOSE_DAYS.search(query.rest)
    return match is not None and not _SAID_OTHERWISE.search(match[0])


def names_nothing(query: Query) -> bool:
    """Whether nothing is said but that something is asked."""
    named = query.kinds or query.areas or query.terms or query.anchor
    return not named and is_filler(query.rest)


def nothing_named(query: Query, view: ArchiveView, answers: Answers) -> Draft:
    """What to say to a question that names nothing the archive knows.

    One that names something else all the same has its answer: that it is not there.
    """
    draft = offering(query, view, "unclear_thing", of_most(query, view), answers)
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
    return offering(query, view, "unclear_before", (as_read(query, fewer),), answers)


def offers(query: Query, view: ArchiveView, answers: Answers) -> list[str]:
    """Questions that go on from one that leaves out what it asks about."""
    return answered_of(of_most(query, view), answers)


def offering(
    query: Query, view: ArchiveView, key: str, candidates: Iterable[str], answers: Answers
) -> Draft | None:
    """Those of the candidates that the archive answers, and more where there are too few."""
    offered = answered_of(candidates, answers)
    if not offered:
        return None
    if len(offered) < LEAST:
        more = offers(query, view, answers)
        offered += [each for each in more if each not in offered][: LEAST - len(offered)]
    return _draft(query, key, offered)


def _draft(query: Query, key: str, offered: list[str]) -> Draft:
    draft = Draft(outcome=Outcome.NOT_FOUND, unclear=True, choices=offered)
    draft.sentences.append(phrase(query.language, key))
    return draft


def _word(query: Query) -> dict[str, Any] | None:
    """The word of several readings that is all the question names."""
    said = query.rest
    if query.terms or (query.kinds and "压力" not in said):
        return None
    for each in _data()["word"]:
        match = re.search(each["pattern"], said)
        if match and is_filler(said.replace(match[0], "", 1)):
            word: dict[str, Any] = each
            return word
    return None


def is_filler(text: str) -> bool:
    """Whether the words name nothing."""
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
