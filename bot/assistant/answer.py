"""What the assistant answers, and its JSON form (``kangban ask --json``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from backend.core.clock import SHANGHAI


class Outcome(StrEnum):
    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    DECLINED = "declined"
    EMERGENCY = "emergency"


class Urgency(StrEnum):
    NONE = "none"
    ROUTINE = "routine"
    URGENT = "urgent"  # see a doctor today
    EMERGENCY = "emergency"


class Fact(NamedTuple):
    """A number (or words) that the answer rests on."""

    label: str
    value: Decimal | str
    unit: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "value": plain(self.value), "unit": self.unit}


class Citation(NamedTuple):
    """Where a fact comes from: ``ResourceType/id``, its time, and what it says."""

    resource: str
    at: str | None
    excerpt: str

    def to_json(self) -> dict[str, Any]:
        return {"resource": self.resource, "at": self.at, "excerpt": self.excerpt}


class Window(NamedTuple):
    """Half-open span of time, aware."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end or self.start <= at == self.end

    def to_json(self) -> dict[str, str]:
        return {"start": iso(self.start), "end": iso(self.end)}


class Escalation(NamedTuple):
    """Why the question should reach the family doctor, and how soon.

    ``discreet``: no relative is told, since one of them may be the danger.
    """

    reason: str
    urgency: Urgency
    discreet: bool = False

    def to_json(self) -> dict[str, str]:
        return {"reason": self.reason, "urgency": self.urgency.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; every number in ``text`` is in facts, excerpts or the question.

    ``unclear`` asks back; ``choices`` are whole questions that the archive answers, also where
    something else was asked for that it does not hold.
    """

    question: str
    text: str
    outcome: Outcome
    urgency: Urgency = Urgency.NONE
    facts: tuple[Fact, ...] = ()
    window: Window | None = None
    citations: tuple[Citation, ...] = field(default=())
    escalation: Escalation | None = None
    unclear: bool = False
    choices: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "answer": self.text,
            "outcome": self.outcome.value,
            "urgency": self.urgency.value,
            "facts": [fact.to_json() for fact in self.facts],
            "window": self.window.to_json() if self.window else None,
            "citations": [citation.to_json() for citation in self.citations],
            "escalation": self.escalation.to_json() if self.escalation else None,
        } | ({"choices": list(self.choices)} if self.choices else {})


def iso(at: datetime) -> str:
    """ISO 8601 in Shanghai's offset, whole seconds."""
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def plain(value: Decimal | str) -> int | float | str:
    """A Decimal as the JSON number that reads the same."""
    if isinstance(value, str):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
