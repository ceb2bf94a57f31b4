"""Answered questionnaires (问卷)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.access.categories import Category
from backend.archive.sections.base import Body, Section
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import on, with_remarks, word
from backend.archive.sections.result import Answered
from backend.archive.sections.sensitivity import of_url
from backend.archive.sections.tables import LOINC
from backend.archive.sections.values import Coding, Concept, Text, Uri, Value

_LOINC_FORM = "http://loinc.org/q/"


class QuestionnaireStatus(StrEnum):
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    AMENDED = "amended"
    STOPPED = "stopped"
    ENTERED_IN_ERROR = "entered-in-error"


class Answer(Value):
    """One answer, with the questions that it opened."""

    result: Answered | None = None
    items: tuple[Item, ...] = ()

    @model_validator(mode="after")
    def _answers(self) -> Answer:
        if self.result is None and not self.items:
            raise EntryWithoutName()
        return self


class Item(Value):
    """A question or a group of them."""

    link_id: Text
    text: Text | None = None
    answers: tuple[Answer, ...] = ()
    items: tuple[Item, ...] = ()


class QuestionnaireBody(Body):
    """The answers to one questionnaire; ``questionnaire`` is its canonical URL."""

    section: ClassVar[Section] = Section.QUESTIONNAIRE
    past_fields: ClassVar[tuple[str, ...]] = ("authored",)

    questionnaire: Uri | None = None
    name: Text | None = None
    status: QuestionnaireStatus = QuestionnaireStatus.COMPLETED
    authored: PartialDate | None = None
    source: Text | None = None
    items: tuple[Item, ...] = ()

    @property
    def concept(self) -> Concept | None:
        return Concept(text=self.name) if self.name else None

    @property
    def codes(self) -> tuple[Coding, ...]:
        url = self.questionnaire or ""
        if not url.startswith(_LOINC_FORM):
            return ()
        return (Coding(system=LOINC, code=url.removeprefix(_LOINC_FORM).split("|")[0]),)

    @property
    def category(self) -> Category:
        return of_url(self.questionnaire or "") or super().category

    @property
    def when(self) -> PartialDate | None:
        return self.authored

    def title(self, language: str) -> str:
        head = self.name or word("section", "questionnaire", language)
        return with_remarks(head, language, on(self.authored, language))
