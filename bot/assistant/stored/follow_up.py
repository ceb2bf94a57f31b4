"""Questions that lean on the one before: made whole from it, or asked back.

A follow-up becomes a full question in words, which the engine answers as any other: what
was understood can be shown, and nothing is carried over that was not said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.understanding.query import Query
from bot.assistant.understanding.text import read
from bot.assistant.understanding.time_words import time_words
from bot.assistant.understanding.topics import Topics

Understand = Callable[[str], Query]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """``question`` in full; None where it is not clear what is gone on with."""

    question: str | None


@dataclass(frozen=True, slots=True)
class _Parts:
    """A question taken apart: words of time, of the thing asked about, and the rest."""

    time: str
    topic: str
    rest: str


def follow_up(
    question: str, last: str | None, topics: Topics, understand: Understand
) -> FollowUp | None:
    """None for a question that stands by itself. ``last`` is the one before, in full."""
    asked = read(question)
    if re.search(_data()["why"], asked.plain):
        return FollowUp(_why(last, topics, understand, asked.language))
    query = understand(question)
    mine = _parts(query, topics)
    ask = _ask_in(mine.rest)
    if _bare(mine.rest, ask):
        return None
    if not mine.topic and not (query.areas and not query.windows):
        if not (mine.time or ask):
            return None
    elif mine.time or ask or not _leans(asked.plain):
        return None
    if last is None:
        return FollowUp(None)
    return FollowUp(_whole(mine, ask, _parts(understand(last), topics), asked.language))


def _whole(mine: _Parts, ask: dict[str, Any] | None, before: _Parts, language: str) -> str | None:
    if not before.topic and not mine.topic:
        return None
    glue = "" if language == "zh" else " "
    topic = mine.topic or before.topic
    time = mine.time or before.time
    if ask is not None:
        rest = str(ask[language])
        pieces = [time, topic, rest] if language == "zh" else [rest, topic, time]
        return glue.join(filter(None, pieces))
    rest = before.rest.replace(before.topic, topic, 1) if before.topic else before.rest
    order = [time, rest] if language == "zh" else [rest, time]
    return glue.join(each.strip() for each in order if each.strip())


def _why(last: str | None, topics: Topics, understand: Understand, language: str) -> str | None:
    if last is None:
        return None
    before = _parts(understand(last), topics)
    if not before.topic:
        return None
    return f"{before.topic}为什么会这样？" if language == "zh" else f"why is the {before.topic} so?"


def _bare(rest: str, ask: dict[str, Any] | None) -> bool:
    """Whether more is said than time, thing and a word of asking: then it stands by itself."""
    left = re.sub(ask["pattern"], "", rest) if ask else rest
    return bool(re.sub(_data()["filler"], "", _without_persons(left)))


def _parts(query: Query, topics: Topics) -> _Parts:
    mentions = topics.mentions(query.rest)
    topic = mentions[0].word if mentions else ""
    rest = query.rest
    time = time_words(query.asked.plain, rest)
    return _Parts(time, topic, " ".join(rest.split()) if query.language == "en" else _joined(rest))


def _leans(plain: str) -> bool:
    return bool(re.search(r"^(?:那|还有|and\b|what about)|呢[?？。]?$", plain))


def _joined(rest: str) -> str:
    return re.sub(r"\s+", "", rest)


def _ask_in(rest: str) -> dict[str, Any] | None:
    return next((each for each in _data()["ask"] if re.search(each["pattern"], rest)), None)


def _without_persons(text: str) -> str:
    return re.sub(r"我|您|你|\b(?:my|me|i)\b", "", text)


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = read_toml(__package__, "follow_up.toml")
    return found
