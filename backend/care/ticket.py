"""A ticket as people see it: opened, with only what the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.access.categories import Category
from backend.care.documents import Ticket
from backend.care.words import Evidence, Message, Words, opened
from backend.core.keys import OwnerKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """``draft`` and ``evidence`` are empty where a category of theirs is not granted."""

    ticket: Ticket
    question: str
    draft: str | None
    evidence: tuple[Evidence, ...]
    thread: tuple[Message, ...]
    whole: bool

    @property
    def at(self) -> datetime:
        return self.ticket.opened_at

    @property
    def id(self) -> ObjectId:
        return self.ticket.id


def seen(ticket: Ticket, key: OwnerKey, allowed: frozenset[Category]) -> Seen:
    words = opened(ticket.words, ticket.id, key)
    whole = ticket.categories <= allowed
    return Seen(
        ticket=ticket,
        question=words.question,
        draft=words.draft if whole else None,
        evidence=words.evidence if whole else (),
        thread=words.thread if whole else _without_answers(words),
        whole=whole,
    )


def plain(each: Seen) -> dict[str, Any]:
    """For a download: what the viewer may see, times with offset, no ids of accounts."""
    ticket = each.ticket
    return {
        "opened_at": ticket.opened_at.isoformat(),
        "reason": ticket.reason.value,
        "urgency": ticket.urgency.value,
        "state": ticket.state.value,
        "asked_as": ticket.asked_as,
        "question": each.question,
        "draft": each.draft,
        "evidence": [one.model_dump(mode="json", exclude_none=True) for one in each.evidence],
        "thread": [
            {"by": one.by, "at": one.at.isoformat(), "text": one.text} for one in each.thread
        ],
        "answered_at": None if ticket.answered_at is None else ticket.answered_at.isoformat(),
    }


def _without_answers(words: Words) -> tuple[Message, ...]:
    """What the asker said was said to whichever doctor is asked; what a doctor said was not."""
    return tuple(each for each in words.thread if each.by == "asker")
