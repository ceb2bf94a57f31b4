"""Pregnancies (妊娠)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from backend.access.categories import Category
from backend.archive.sections.base import Body, Section
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import chinese, on, with_remarks, word
from backend.archive.sections.values import Amount, Concept, Text


class PregnancyStatus(StrEnum):
    PREGNANT = "pregnant"
    NOT_PREGNANT = "not_pregnant"
    DELIVERED = "delivered"
    ENDED = "ended"
    UNKNOWN = "unknown"


class PregnancyBody(Body):
    """``lmp`` last menstrual period (末次月经), ``due`` expected delivery (预产期), ``gravida``
    and ``para`` counts (孕次, 产次), ``gestational_age`` in weeks at ``recorded``."""

    section: ClassVar[Section] = Section.PREGNANCY
    usual_category: ClassVar[Category] = Category.REPRODUCTIVE_HEALTH
    past_fields: ClassVar[tuple[str, ...]] = ("lmp", "ended", "recorded")

    status: PregnancyStatus
    lmp: PartialDate | None = None
    due: PartialDate | None = None
    ended: PartialDate | None = None
    outcome: Concept | None = None
    gravida: int | None = Field(default=None, ge=0, le=50)
    para: int | None = Field(default=None, ge=0, le=50)
    babies: int | None = Field(default=None, ge=0, le=20)
    gestational_age: Amount | None = None
    recorded: PartialDate | None = None
    notes: tuple[Text, ...] = ()

    @property
    def concept(self) -> Concept | None:
        return self.outcome

    @property
    def category(self) -> Category:
        return Category.REPRODUCTIVE_HEALTH

    @property
    def when(self) -> PartialDate | None:
        return self.recorded or self.ended or self.lmp

    @property
    def until(self) -> PartialDate | None:
        return self.ended

    def title(self, language: str) -> str:
        due = on(self.due, language)
        due_said = (f"预产期 {due}" if chinese(language) else f"due {due}") if due else ""
        outcome = self.outcome.label if self.outcome else ""
        head = word("pregnancy", self.status, language)
        return with_remarks(head, language, due_said, on(self.ended, language), outcome)
