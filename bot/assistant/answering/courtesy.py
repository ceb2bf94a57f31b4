"""Greetings, thanks and what is asked of the assistant itself: a word back, nothing looked up."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from bot.assistant.answer import Outcome
from bot.assistant.answering.asking_back import offers
from bot.assistant.answering.choices import Answers
from bot.assistant.composing.draft import Draft
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView


class _Said(NamedTuple):
    pattern: re.Pattern[str]
    zh: str
    en: str
    choices: bool


def answer_courtesy(query: Query, view: ArchiveView, answers: Answers) -> Draft | None:
    """The draft, which is no question left unanswered; None for anything that asks more."""
    # As it was said: the plain question has lost its greeting.
    text = unicodedata.normalize("NFKC", query.asked.original).strip().lower()
    found = next((each for each in _table() if each.pattern.fullmatch(text)), None)
    if found is None:
        return None
    draft = Draft(outcome=Outcome.NOT_FOUND, unclear=True)
    draft.sentences.append(found.zh if query.language == "zh" else found.en)
    if found.choices:
        draft.choices = offers(query, view, answers)
    return draft


@cache
def _table() -> tuple[_Said, ...]:
    rows = read_toml(__package__, "courtesy.toml")["said"]
    return tuple(
        _Said(re.compile(r["pattern"]), r["zh"], r["en"], bool(r["choices"])) for r in rows
    )
