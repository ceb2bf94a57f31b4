"""Red flags before anything else: no store, no view, no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Outcome
from bot.assistant.engine import Assistant
from bot.assistant.records import Area, Entry, OwnLimit, Person, Reading
from bot.assistant.stored.documents import TurnOutcome
from bot.assistant.stored.thinking import Thought
from bot.assistant.stored.turn import words_of
from bot.assistant.triage import triage
from bot.assistant.triage.rules import Level
from bot.assistant.understanding.text import read
from bot.assistant.understanding.topics import Topics


class NoView:
    """An ``ArchiveView`` of nobody."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def patient(self) -> Person:
        return Person(ref="Patient/nobody")

    def readings(self, kind: str) -> Sequence[Reading]:
        return ()

    def own_names(self) -> Mapping[str, str]:
        return {}

    def own_limits(self, kind: str) -> Sequence[OwnLimit]:
        return ()

    def entries(self, area: Area) -> Sequence[Entry]:
        return ()


def card(question: str, now: datetime) -> Thought | None:
    """The emergency card, or None where the words alone say of none."""
    asked = read(question)
    view = NoView(now.astimezone(SHANGHAI))
    alarm = triage(asked, view)
    if alarm is None or alarm.level is not Level.EMERGENCY:
        return None
    answer = Assistant(view, _topics()).ask(question)
    if answer.outcome is not Outcome.EMERGENCY:
        return None
    words = words_of(answer, question, asked.language)
    return Thought(outcome=TurnOutcome.EMERGENCY, words=words, answer=answer)


@cache
def _topics() -> Topics:
    return Topics(NoView(datetime.fromtimestamp(0, SHANGHAI)))


def warm() -> None:
    """Read rules and words now rather than with the first question; takes seconds."""
    now = datetime.fromtimestamp(0, SHANGHAI)
    for question in ("胸口疼得喘不上气", "chest pain and cannot breathe", "最近三个月血压平均多少"):
        Assistant(NoView(now), _topics()).ask(question)
