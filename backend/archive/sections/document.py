"""Documents (文档): what is said about a file; the file itself lies in the blob store or in raw."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from backend.access.categories import Category
from backend.archive.sections.base import Body, Section
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import on, with_remarks, word
from backend.archive.sections.values import Code, Concept, Telling, Text, Uri


class Attachment(Telling):
    """A file's metadata: ``size`` in bytes."""

    title: Text | None = None
    content_type: Code | None = None
    language: Code | None = None
    url: Uri | None = None
    size: int | None = Field(default=None, ge=0)
    created: PartialDate | None = None


class DocumentStatus(StrEnum):
    CURRENT = "current"
    SUPERSEDED = "superseded"
    ENTERED_IN_ERROR = "entered-in-error"


class DocumentBody(Body):
    """A document with at least one attachment."""

    section: ClassVar[Section] = Section.DOCUMENT
    usual_category: ClassVar[Category] = Category.REPORTS
    past_fields: ClassVar[tuple[str, ...]] = ("dated",)

    attachments: tuple[Attachment, ...] = Field(min_length=1)
    status: DocumentStatus = DocumentStatus.CURRENT
    kind: Concept | None = None
    categories: tuple[Concept, ...] = ()
    description: Text | None = None
    dated: PartialDate | None = None
    authors: tuple[Text, ...] = ()
    facility: Text | None = None

    @property
    def concept(self) -> Concept | None:
        return self.kind

    @property
    def when(self) -> PartialDate | None:
        return self.dated or self.attachments[0].created

    def title(self, language: str) -> str:
        kind = self.kind.label if self.kind else ""
        head = self.description or self.attachments[0].title or kind
        head = head or word("section", "document", language)
        return with_remarks(head, language, on(self.when, language), self.facility or "")
