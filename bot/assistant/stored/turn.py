"""A turn as people see it, and the sealed box it is stored in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from pydantic import BaseModel

from backend.access.categories import Category
from backend.core.keys import OwnerKey
from bot.assistant.answer import Answer, plain
from bot.assistant.stored.documents import Rating, Turn, TurnOutcome


class FactWords(BaseModel):
    """``number`` or ``words``, never both."""

    label: str
    number: float | None = None
    words: str | None = None
    unit: str | None = None


class CitationWords(BaseModel):
    """``node`` (``Reading``, ``Entry``) and ``id`` name what it opens, where it is a record."""

    resource: str
    excerpt: str
    at: str | None = None
    node: str | None = None
    id: str | None = None


class TurnWords(BaseModel):
    """``resolved`` is the question as it was understood, with what follow-ups leave out."""

    question: str
    resolved: str
    language: str
    text: str
    facts: tuple[FactWords, ...] = ()
    citations: tuple[CitationWords, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    escalation: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """``words`` is None where a category of the answer is not granted any more."""

    id: ObjectId
    conversation_id: ObjectId
    resident_id: ObjectId
    at: datetime
    outcome: TurnOutcome
    urgency: str
    words: TurnWords | None
    categories: frozenset[Category] = frozenset()
    ticket_id: ObjectId | None = None
    rating: Rating | None = None


def sentences(text: str) -> list[str]:
    """The text in pieces that can be shown one after the other; together they are the text."""
    return [each for each in re.split(r"(?<=[。！？!?\n])|(?<=\. )", text) if each]


def words_of(answer: Answer, resolved: str, language: str) -> TurnWords:
    return TurnWords(
        question=answer.question,
        resolved=resolved,
        language=language,
        text=answer.text,
        facts=tuple(
            FactWords(label=f.label, words=f.value, unit=f.unit)
            if isinstance(f.value, str)
            else FactWords(label=f.label, number=float(plain(f.value)), unit=f.unit)
            for f in answer.facts
        ),
        citations=tuple(
            CitationWords(resource=c.resource, at=c.at, excerpt=c.excerpt) for c in answer.citations
        ),
        since=answer.window.start if answer.window else None,
        until=answer.window.end if answer.window else None,
        escalation=answer.escalation.reason if answer.escalation else None,
        choices=answer.choices,
    )


def sealed(words: TurnWords, turn_id: ObjectId, key: OwnerKey) -> bytes:
    return key.seal(words.model_dump_json(exclude_none=True).encode(), _place(turn_id))


def opened(turn: Turn, key: OwnerKey | None, *, shown: bool = True) -> Said:
    words = None
    if shown and key is not None:
        words = TurnWords.model_validate_json(key.open(turn.words, _place(turn.id)))
    return Said(
        id=turn.id,
        conversation_id=turn.conversation_id,
        resident_id=turn.resident_id,
        at=turn.at,
        outcome=turn.outcome,
        urgency=turn.urgency,
        words=words,
        categories=turn.categories,
        ticket_id=turn.ticket_id,
        rating=turn.rating,
    )


def _place(turn_id: ObjectId) -> str:
    return f"conversation_turns:{turn_id}:words"
