"""``Body``: what one entry of the archive says, apart from who said it and when it changed."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from backend.access.categories import Category
from backend.archive.sections.errors import FieldsExclusive, PeriodBackwards
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.sensitivity import sensitive_category
from backend.archive.sections.values import Coding, Concept, Value, texts_in


class Section(StrEnum):
    """The archive's sections; each has one body class."""

    CONDITION = "condition"
    ALLERGY = "allergy"
    MEDICATION = "medication"
    IMMUNIZATION = "immunization"
    PROCEDURE = "procedure"
    FAMILY_HISTORY = "family_history"
    ENCOUNTER = "encounter"
    LIFESTYLE = "lifestyle"
    PREGNANCY = "pregnancy"
    CHILD = "child"
    OBSERVATION = "observation"
    REPORT = "report"
    DOCUMENT = "document"
    QUESTIONNAIRE = "questionnaire"
    CARE_PLAN = "care_plan"
    GOAL = "goal"


class EntryStatus(StrEnum):
    """Kept outside the body: an entry is never deleted, but may be marked as wrong."""

    ACTIVE = "active"
    ENTERED_IN_ERROR = "entered_in_error"


class Body(Value):
    """One entry's content. Subclasses name what it is (``concept``), when it was
    (``when``, ``until``) and how a timeline says it (``title``)."""

    section: ClassVar[Section]
    usual_category: ClassVar[Category] = Category.CONDITIONS
    # What may not lie in the future once it has happened; due dates may.
    past_fields: ClassVar[tuple[str, ...]] = ()

    @property
    def concept(self) -> Concept | None:
        """What the entry is about."""
        raise NotImplementedError

    def title(self, language: str) -> str:
        """One line for the timeline, in ``zh`` or ``en``."""
        raise NotImplementedError

    @property
    def when(self) -> PartialDate | None:
        """The clinical date for the timeline: onset, given on, performed on …"""
        raise NotImplementedError

    @property
    def until(self) -> PartialDate | None:
        """When it ended, where it has an end."""
        return None

    @property
    def codes(self) -> tuple[Coding, ...]:
        """The codes of what the entry is about."""
        return self.concept.codings if self.concept else ()

    @property
    def category(self) -> Category:
        """The category whose consent covers the entry."""
        name = self.concept.label if self.concept else ""
        return sensitive_category(self.codes, name) or self.usual_category

    def words(self) -> str:
        """All text worth searching, each piece once."""
        return " ".join(dict.fromkeys(texts_in(self)))


def in_order(start: PartialDate | None, end: PartialDate | None) -> None:
    """Raises PERIOD_BACKWARDS where the end lies before the start, at the coarser precision."""
    if start is None or end is None:
        return
    coarser = min(len(start.text), len(end.text), 10)
    if end.start() < start.start() and end.text[:coarser] < start.text[:coarser]:
        raise PeriodBackwards()


def at_most_one(**fields: object) -> None:
    """Raises FIELDS_EXCLUSIVE where more than one is given: FHIR has one place for them."""
    given = [name for name, value in fields.items() if value is not None]
    if len(given) > 1:
        raise FieldsExclusive(fields=", ".join(given))
