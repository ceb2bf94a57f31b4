"""An answer while it is put together."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.assistant.answer import (
    Answer,
    Citation,
    Escalation,
    Fact,
    Outcome,
    Urgency,
    Window,
    plain,
)
from bot.assistant.composing.wording import phrase


@dataclass(slots=True)
class Draft:
    """Sentences with their evidence. ``needed`` sentences stay when the rest must go."""

    outcome: Outcome = Outcome.ANSWERED
    sentences: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    window: Window | None = None
    urgency: Urgency = Urgency.NONE
    escalation: Escalation | None = None
    unclear: bool = False
    choices: list[str] = field(default_factory=list)

    def cite(self, *citations: Citation) -> None:
        """Each resource once."""
        known = {c.resource for c in self.citations}
        for citation in citations:
            if citation.resource not in known:
                self.citations.append(citation)
                known.add(citation.resource)

    def take(self, other: Draft) -> None:
        """Append another draft's sentences and evidence."""
        self.sentences += other.sentences
        self.extras += [e for e in other.extras if e not in self.extras]
        self.facts += other.facts
        self.cite(*other.citations)
        self.window = self.window or other.window
        order = list(Urgency)
        self.urgency = max(self.urgency, other.urgency, key=order.index)
        self.escalation = self.escalation or other.escalation

    def answer(self, question: str, language: str, *, extras: bool = True) -> Answer:
        glue = "" if language == "zh" else " "
        parts = self.sentences + (self.extras if extras else [])
        return Answer(
            question=question,
            text=glue.join(parts),
            outcome=self.outcome,
            urgency=self.urgency,
            facts=tuple(dict.fromkeys(self.facts)),
            window=self.window,
            citations=tuple(self.citations),
            escalation=self.escalation,
            unclear=self.unclear,
            choices=tuple(self.choices),
        )

    def reduced(self, question: str, language: str) -> Answer:
        """Facts and citations without sentences that could not be verified."""
        lines = "；".join(f"{f.label} {plain(f.value)} {f.unit or ''}".strip() for f in self.facts)
        return Answer(
            question=question,
            text=lines or phrase(language, "nothing_known"),
            outcome=self.outcome,
            urgency=self.urgency,
            facts=tuple(dict.fromkeys(self.facts)),
            window=self.window,
            citations=tuple(self.citations),
            escalation=self.escalation,
        )
