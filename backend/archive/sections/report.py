"""Reports (检验检查报告): several results together with a conclusion."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.access.categories import Category
from backend.archive.sections.base import Body, Section, in_order
from backend.archive.sections.document import Attachment
from backend.archive.sections.partial_date import Instant, PartialDate
from backend.archive.sections.phrases import on, with_colon, with_remarks
from backend.archive.sections.values import Concept, Text


class ReportStatus(StrEnum):
    REGISTERED = "registered"
    PARTIAL = "partial"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    APPENDED = "appended"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class ReportBody(Body):
    """A report. ``results`` are references to its observations, ``facility`` who issued it."""

    section: ClassVar[Section] = Section.REPORT
    usual_category: ClassVar[Category] = Category.REPORTS
    past_fields: ClassVar[tuple[str, ...]] = ("effective", "issued")

    name: Concept
    status: ReportStatus = ReportStatus.FINAL
    kinds: tuple[Concept, ...] = ()
    effective: PartialDate | None = None
    effective_end: PartialDate | None = None
    issued: Instant | None = None
    facility: Text | None = None
    interpreters: tuple[Text, ...] = ()
    specimens: tuple[Text, ...] = ()
    results: tuple[Text, ...] = ()
    conclusion: Text | None = None
    conclusions: tuple[Concept, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @model_validator(mode="after")
    def _order(self) -> ReportBody:
        in_order(self.effective, self.effective_end)
        return self

    @property
    def concept(self) -> Concept:
        return self.name

    @property
    def when(self) -> PartialDate | None:
        return self.effective or self.issued

    @property
    def until(self) -> PartialDate | None:
        return self.effective_end

    def title(self, language: str) -> str:
        head = with_colon(self.name.label, (self.conclusion or "")[:80], language)
        return with_remarks(head, language, on(self.when, language), self.facility or "")
