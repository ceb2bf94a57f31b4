"""One question over one person's view: follow-up, engine, rights, the doctor's word. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backend.access.categories import Category
from backend.care.answers import DoctorsAnswer
from bot.assistant.answer import Answer
from bot.assistant.answering.asked import offered
from bot.assistant.engine import Assistant
from bot.assistant.stored.doctors_word import with_doctors_word
from bot.assistant.stored.documents import TurnOutcome
from bot.assistant.stored.follow_up import FollowUp, follow_up
from bot.assistant.stored.granted import needed, within
from bot.assistant.stored.phrases import say
from bot.assistant.stored.turn import CitationWords, TurnWords, words_of
from bot.assistant.stored.view import Snapshot, StoredView
from bot.assistant.understanding.query import Query
from bot.assistant.understanding.reading import understand
from bot.assistant.understanding.text import read
from bot.assistant.view import ArchiveView


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """``answer`` is None where something is asked back. ``used``: what it was made of."""

    outcome: TurnOutcome
    words: TurnWords
    answer: Answer | None = None
    used: frozenset[Category] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked, and what was talked of before."""

    question: str
    last: str | None
    now: datetime
    allowed: frozenset[Category]
    answered: Sequence[DoctorsAnswer] = ()
    reword: Callable[[Answer, ArchiveView], Answer] | None = None
    """A language model's wording of the same answer, where one may be asked."""


def think(asking: Asking, snapshot: Snapshot) -> Thought:
    view = StoredView(snapshot, asking.now)
    language = read(asking.question).language

    def understood(text: str) -> Query:
        return understand(read(text), view, snapshot.topics)

    going_on = follow_up(asking.question, asking.last, snapshot.topics, understood)
    if going_on is not None and going_on.question is None:
        choices = offered(understood(asking.question), view, snapshot.topics)
        return asked_back(asking.question, say(language, "unclear_follow_up"), language, choices)
    resolved = _resolved(asking.question, going_on)
    answer = Assistant(view, snapshot.topics).ask(resolved)
    wanted = needed(understood(resolved))
    if answer.unclear and wanted <= asking.allowed:
        return asked_back(asking.question, answer.text, language, answer.choices)
    if asking.reword is not None:
        answer = asking.reword(answer, view)
    outcome, answer = within(answer, wanted, asking.allowed, language)
    if outcome is not TurnOutcome.NOT_GRANTED:
        led = with_doctors_word(answer, resolved, language, view, asking.answered)
        outcome, answer = (
            (TurnOutcome(led.outcome.value), led)
            if led is not answer
            else (
                outcome,
                answer,
            )
        )
    words = _with_nodes(
        words_of(replace(answer, question=asking.question), resolved, language), snapshot
    )
    used = _used(answer, snapshot) | (wanted & asking.allowed)
    if not used and outcome is TurnOutcome.NOT_FOUND:
        used = asking.allowed  # that it is nowhere says something of everywhere
    return Thought(outcome=outcome, words=words, answer=answer, used=used)


def asked_back(question: str, text: str, language: str, choices: Sequence[str]) -> Thought:
    words = TurnWords(
        question=question, resolved=question, language=language, text=text, choices=tuple(choices)
    )
    return Thought(outcome=TurnOutcome.UNCLEAR, words=words)


def _resolved(question: str, going_on: FollowUp | None) -> str:
    return question if going_on is None or going_on.question is None else going_on.question


def _with_nodes(words: TurnWords, snapshot: Snapshot) -> TurnWords:
    """Each citation with what it opens."""

    def opened(citation: CitationWords) -> CitationWords:
        item = snapshot.by_ref.get(citation.resource)
        if item is None or item.node is None:
            return citation
        return citation.model_copy(update={"node": item.node, "id": str(item.id)})

    return words.model_copy(update={"citations": tuple(map(opened, words.citations))})


def _used(answer: Answer, snapshot: Snapshot) -> frozenset[Category]:
    cited = (snapshot.by_ref.get(each.resource) for each in answer.citations)
    return frozenset(item.category for item in cited if item is not None)
