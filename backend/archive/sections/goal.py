"""Goals (目标)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.archive.sections.base import Body, Section, at_most_one
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.partial_date import Day, PartialDate
from backend.archive.sections.phrases import chinese, listed, with_remarks
from backend.archive.sections.result import Targeted
from backend.archive.sections.values import Concept, Telling, Text


class GoalStatus(StrEnum):
    PROPOSED = "proposed"
    PLANNED = "planned"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    REJECTED = "rejected"


class Target(Telling):
    """What is to be reached (``detail``: Quantity, Range, CodeableConcept …) of ``measure``."""

    measure: Concept | None = None
    detail: Targeted | None = None
    due: Day | None = None

    @model_validator(mode="after")
    def _says_what_is_measured(self) -> Target:
        # FHIR R4 invariant gol-1.
        if self.detail is not None and self.measure is None:
            raise EntryWithoutName()
        return self


class GoalBody(Body):
    """A goal, its targets and how far it is reached."""

    section: ClassVar[Section] = Section.GOAL
    past_fields: ClassVar[tuple[str, ...]] = ("status_date",)

    description: Concept
    status: GoalStatus = GoalStatus.ACTIVE
    achievement: Concept | None = None
    priority: Concept | None = None
    categories: tuple[Concept, ...] = ()
    start: Day | None = None
    start_event: Concept | None = None
    status_date: Day | None = None
    targets: tuple[Target, ...] = ()
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _exclusive(self) -> GoalBody:
        at_most_one(start=self.start, start_event=self.start_event)
        return self

    @property
    def concept(self) -> Concept:
        return self.description

    @property
    def when(self) -> PartialDate | None:
        return self.start or self.status_date

    def title(self, language: str) -> str:
        details = [target.detail.label for target in self.targets if target.detail]
        due = [target.due.day for target in self.targets if target.due]
        by = (f"至 {due[0]}" if chinese(language) else f"by {due[0]}") if due else ""
        return with_remarks(self.description.label, language, listed(details, language), by)
