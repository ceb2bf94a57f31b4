"""Family history (家族史): what relatives have or had."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.access.categories import Category
from backend.archive.sections.base import Body, Section, at_most_one
from backend.archive.sections.partial_date import Day, PartialDate
from backend.archive.sections.phrases import listed, with_colon
from backend.archive.sections.sensitivity import sensitive_category
from backend.archive.sections.values import Amount, Coding, Concept, Text, Value


class FamilyHistoryStatus(StrEnum):
    PARTIAL = "partial"
    COMPLETED = "completed"
    HEALTH_UNKNOWN = "health-unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class FamilyCondition(Value):
    """A condition of the relative, with the age or date at which it began."""

    name: Concept
    outcome: Concept | None = None
    contributed_to_death: bool | None = None
    onset_age: Amount | None = None
    onset_text: Text | None = None
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _exclusive(self) -> FamilyCondition:
        at_most_one(onset_age=self.onset_age, onset_text=self.onset_text)
        return self


class FamilyHistoryBody(Body):
    """One relative (父亲, 母亲 …) and their conditions."""

    section: ClassVar[Section] = Section.FAMILY_HISTORY
    past_fields: ClassVar[tuple[str, ...]] = ("recorded", "born", "died")

    relationship: Concept
    status: FamilyHistoryStatus = FamilyHistoryStatus.COMPLETED
    name: Text | None = None
    sex: Concept | None = None
    born: Day | None = None
    age: Amount | None = None
    deceased: bool | None = None
    died: Day | None = None
    died_age: Amount | None = None
    died_text: Text | None = None
    conditions: tuple[FamilyCondition, ...] = ()
    recorded: PartialDate | None = None
    reasons: tuple[Concept, ...] = ()
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _exclusive(self) -> FamilyHistoryBody:
        at_most_one(
            deceased=self.deceased,
            died=self.died,
            died_age=self.died_age,
            died_text=self.died_text,
        )
        return self

    @property
    def concept(self) -> Concept:
        return self.relationship

    @property
    def when(self) -> PartialDate | None:
        return self.recorded

    @property
    def codes(self) -> tuple[Coding, ...]:
        return tuple(coding for c in self.conditions for coding in c.name.codings)

    @property
    def category(self) -> Category:
        names = " ".join(condition.name.label for condition in self.conditions)
        return sensitive_category(self.codes, names) or self.usual_category

    def title(self, language: str) -> str:
        names = listed([condition.name.label for condition in self.conditions], language)
        return with_colon(self.relationship.label, names, language)
