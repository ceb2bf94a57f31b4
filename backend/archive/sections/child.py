"""Child data (儿童): birth, feeding, milestones of development."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field, model_validator

from backend.archive.sections.base import Body, Section, in_order
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import listed, on, with_colon, with_remarks, word
from backend.archive.sections.values import Amount, Concept, Text


class ChildAspect(StrEnum):
    BIRTH = "birth"
    FEEDING = "feeding"
    MILESTONE = "milestone"


class ChildBody(Body):
    """One fact about a child. Birth: weight, length, head circumference, gestational age,
    Apgar scores (0 to 10), delivery. Feeding: what (母乳, 配方奶, 辅食) and from when to when.
    Milestone: what was reached and when (独坐, 独走)."""

    section: ClassVar[Section] = Section.CHILD
    past_fields: ClassVar[tuple[str, ...]] = ("at",)

    aspect: ChildAspect
    at: PartialDate | None = None
    ended: PartialDate | None = None
    what: Concept | None = None
    weight: Amount | None = None
    length: Amount | None = None
    head: Amount | None = None
    gestational_age: Amount | None = None
    apgar_1: int | None = Field(default=None, ge=0, le=10)
    apgar_5: int | None = Field(default=None, ge=0, le=10)
    apgar_10: int | None = Field(default=None, ge=0, le=10)
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> ChildBody:
        if self.aspect is not ChildAspect.BIRTH and self.what is None and not self.notes:
            raise EntryWithoutName()
        in_order(self.at, self.ended)
        return self

    @property
    def concept(self) -> Concept | None:
        return self.what

    @property
    def when(self) -> PartialDate | None:
        return self.at

    @property
    def until(self) -> PartialDate | None:
        return self.ended

    def title(self, language: str) -> str:
        sizes = [amount.label for amount in (self.weight, self.length, self.head) if amount]
        said = [self.what.label if self.what else "", *sizes]
        head = with_colon(word("aspect", self.aspect, language), listed(said, language), language)
        return with_remarks(head, language, on(self.at, language))
