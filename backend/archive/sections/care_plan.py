"""Care plans (照护计划)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.archive.sections.base import Body, Section, at_most_one, in_order
from backend.archive.sections.errors import EntryInvalid, EntryWithoutName, FieldsExclusive
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import listed, on, with_colon, with_remarks, word
from backend.archive.sections.values import Coding, Concept, Text, Value


class PlanStatus(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    REVOKED = "revoked"
    COMPLETED = "completed"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class PlanIntent(StrEnum):
    PROPOSAL = "proposal"
    PLAN = "plan"
    ORDER = "order"
    OPTION = "option"


class ActivityStatus(StrEnum):
    NOT_STARTED = "not-started"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class Activity(Value):
    """Something to be done, described here or (``reference``) in a resource of its own."""

    name: Concept | None = None
    status: ActivityStatus | None = None
    description: Text | None = None
    schedule_text: Text | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    reference: Text | None = None

    @model_validator(mode="after")
    def _described_or_referred_to(self) -> Activity:
        # FHIR R4 invariant cpl-3, and detail.status is required.
        said = (self.name, self.description, self.schedule_text, self.start, self.end)
        detailed = any(part is not None for part in said)
        at_most_one(reference=self.reference, status=self.status)
        if self.reference is None and self.status is None:
            raise EntryInvalid(fields="status")
        if self.reference is not None and detailed:
            raise FieldsExclusive(fields="reference, description")
        at_most_one(schedule_text=self.schedule_text, start=self.start or self.end)
        in_order(self.start, self.end)
        return self


class CarePlanBody(Body):
    """A plan, what it is for (``addresses``, ``goals``: references) and its activities."""

    section: ClassVar[Section] = Section.CARE_PLAN

    heading: Text | None = None
    description: Text | None = None
    status: PlanStatus = PlanStatus.ACTIVE
    intent: PlanIntent = PlanIntent.PLAN
    categories: tuple[Concept, ...] = ()
    start: PartialDate | None = None
    end: PartialDate | None = None
    created: PartialDate | None = None
    author: Text | None = None
    addresses: tuple[Text, ...] = ()
    goals: tuple[Text, ...] = ()
    activities: tuple[Activity, ...] = ()
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> CarePlanBody:
        named = (self.heading, self.description, self.categories, self.activities, self.notes)
        if not any(named):
            raise EntryWithoutName()
        in_order(self.start, self.end)
        return self

    @property
    def concept(self) -> Concept | None:
        if self.categories:
            return self.categories[-1]
        said = self.heading or self.description
        return Concept(text=said) if said else None

    @property
    def codes(self) -> tuple[Coding, ...]:
        return tuple(coding for category in self.categories for coding in category.codings)

    @property
    def when(self) -> PartialDate | None:
        return self.start or self.created

    @property
    def until(self) -> PartialDate | None:
        return self.end

    def title(self, language: str) -> str:
        about = self.heading or self.description or (self.concept.label if self.concept else "")
        head = with_colon(word("section", "care_plan", language), about, language)
        names = [activity.name.label for activity in self.activities if activity.name]
        return with_remarks(head, language, on(self.start, language), listed(names[:3], language))
