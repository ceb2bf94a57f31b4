"""Procedures and operations (手术与操作)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.archive.sections.base import Body, Section, at_most_one, in_order
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import on, with_remarks
from backend.archive.sections.values import Amount, Concept, Text


class ProcedureStatus(StrEnum):
    """FHIR event-status."""

    PREPARATION = "preparation"
    IN_PROGRESS = "in-progress"
    NOT_DONE = "not-done"
    ON_HOLD = "on-hold"
    STOPPED = "stopped"
    COMPLETED = "completed"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class ProcedureBody(Body):
    """A procedure with when, where on the body, by whom and with which outcome."""

    section: ClassVar[Section] = Section.PROCEDURE

    name: Concept
    status: ProcedureStatus = ProcedureStatus.COMPLETED
    kind: Concept | None = None
    performed: PartialDate | None = None
    performed_end: PartialDate | None = None
    performed_text: Text | None = None
    performed_age: Amount | None = None
    body_sites: tuple[Concept, ...] = ()
    reasons: tuple[Concept, ...] = ()
    outcome: Concept | None = None
    complications: tuple[Concept, ...] = ()
    follow_up: tuple[Concept, ...] = ()
    performers: tuple[Text, ...] = ()
    facility: Text | None = None
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _order(self) -> ProcedureBody:
        in_order(self.performed, self.performed_end)
        date = self.performed or self.performed_end
        at_most_one(performed=date, text=self.performed_text, age=self.performed_age)
        return self

    @property
    def concept(self) -> Concept:
        return self.name

    @property
    def when(self) -> PartialDate | None:
        return self.performed

    @property
    def until(self) -> PartialDate | None:
        return self.performed_end

    def title(self, language: str) -> str:
        date = on(self.performed, language) or self.performed_text or ""
        return with_remarks(self.name.label, language, date, self.facility or "")
