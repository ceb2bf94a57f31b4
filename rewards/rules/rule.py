"""A rule, a campaign, a piece of evidence: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class EvidenceKind(StrEnum):
    """What can be evidence. A rule may name any; it earns as soon as a room sends that kind."""

    MEASURING = "measuring"  # a home reading; subject: its kind
    EXERCISE = "exercise"
    ARCHIVE_SECTION = "archive_section"  # an entry; subject: its section
    REPORT_CONFIRMED = "report_confirmed"
    ARTICLE_QUIZ = "article_quiz"
    QUESTIONNAIRE = "questionnaire"
    PLAN_DAY = "plan_day"  # everything was measured that the plans asked for
    MEDICATION_DAY = "medication_day"
    FOLLOW_UP = "follow_up"


class Each(StrEnum):
    """What earns once."""

    DAY = "day"  # a day with any evidence, however much
    EVIDENCE = "evidence"
    SUBJECT = "subject"  # once and for all, as a section of the archive
    STREAK = "streak"  # ``streak_days`` days in a row


@dataclass(frozen=True, slots=True)
class Words:
    zh: str
    en: str

    def get(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``start`` and ``end`` are days, both included; ``most_…`` are points.

    Evidence that came more than ``back_days`` after its day earns nothing: what a device kept
    while it was offline does, years of history do not.
    """

    key: str
    evidence: EvidenceKind
    each: Each
    points: int
    start: date
    end: date | None
    most_a_day: int
    most_a_month: int
    back_days: int
    title: Words
    how: Words
    streak_days: int | None = None
    freezes_a_month: int = 0
    subjects: frozenset[str] = frozenset()
    """Which subjects count; all where empty."""

    def runs_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """``rule`` earns ``factor`` times its points on the days from ``start`` to ``end``."""

    key: str
    rule: str
    factor: int
    start: date
    end: date
    title: Words

    def runs_on(self, day: date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something a resident did. ``day``: on their wall calendar; ``late``: days until it came."""

    kind: EvidenceKind
    ref: str
    day: date
    subject: str = ""
    late: int = 0


@dataclass(frozen=True, slots=True)
class Award:
    """``points`` for ``slot`` (a day, a piece of evidence, a subject), resting on ``evidence``."""

    slot: str
    day: date
    points: int
    evidence: str
