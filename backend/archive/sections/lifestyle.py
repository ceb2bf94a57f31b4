"""Lifestyle (生活方式): smoking, drinking, exercise, diet."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.archive.sections.base import Body, Section, in_order
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import since, with_colon, with_remarks, word
from backend.archive.sections.values import Amount, Concept, Text


class Aspect(StrEnum):
    SMOKING = "smoking"
    DRINKING = "drinking"
    EXERCISE = "exercise"
    DIET = "diet"


class LifestyleBody(Body):
    """What somebody does: a finding (从不吸烟), an amount (10 支/日) or both, since and until."""

    section: ClassVar[Section] = Section.LIFESTYLE
    past_fields: ClassVar[tuple[str, ...]] = ("recorded", "since")

    aspect: Aspect
    finding: Concept | None = None
    amount: Amount | None = None
    since: PartialDate | None = None
    ended: PartialDate | None = None
    recorded: PartialDate | None = None
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> LifestyleBody:
        if self.finding is None and self.amount is None and not self.notes:
            raise EntryWithoutName()
        in_order(self.since, self.ended)
        return self

    @property
    def concept(self) -> Concept | None:
        return self.finding

    @property
    def when(self) -> PartialDate | None:
        return self.recorded or self.since

    @property
    def until(self) -> PartialDate | None:
        return self.ended

    def title(self, language: str) -> str:
        said = [
            self.finding.label if self.finding else "",
            self.amount.label if self.amount else "",
        ]
        text = " ".join(part for part in said if part) or next(iter(self.notes), "")
        head = with_colon(word("aspect", self.aspect, language), text, language)
        return with_remarks(head, language, since(self.since, language))
