"""Encounters (就诊): visits, stays, home and online consultations."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.archive.sections.base import Body, Section, in_order
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import on, with_remarks, word
from backend.archive.sections.values import Coding, Concept, Text


class EncounterStatus(StrEnum):
    PLANNED = "planned"
    ARRIVED = "arrived"
    TRIAGED = "triaged"
    IN_PROGRESS = "in-progress"
    ONLEAVE = "onleave"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class EncounterBody(Body):
    """One encounter. ``setting`` is v3-ActCode (AMB 门诊, EMER 急诊, IMP 住院 …)."""

    section: ClassVar[Section] = Section.ENCOUNTER

    setting: Coding
    status: EncounterStatus = EncounterStatus.FINISHED
    kinds: tuple[Concept, ...] = ()
    department: Concept | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    reasons: tuple[Concept, ...] = ()
    diagnoses: tuple[Text, ...] = ()
    doctors: tuple[Text, ...] = ()
    facility: Text | None = None
    discharge: Concept | None = None

    @model_validator(mode="after")
    def _order(self) -> EncounterBody:
        in_order(self.start, self.end)
        return self

    @property
    def concept(self) -> Concept | None:
        """What it was for, else what kind of visit it was."""
        return next(iter(self.reasons or self.kinds), None)

    @property
    def codes(self) -> tuple[Coding, ...]:
        return tuple(c for concept in (*self.reasons, *self.kinds) for c in concept.codings)

    @property
    def when(self) -> PartialDate | None:
        return self.start

    @property
    def until(self) -> PartialDate | None:
        return self.end

    def title(self, language: str) -> str:
        setting = word("encounter_class", self.setting.code, language) or self.setting.display
        parts = [setting or word("section", "encounter", language), self.facility or ""]
        if self.department is not None:
            parts.append(self.department.label)
        head = " · ".join(part for part in parts if part)
        about = self.concept.label if self.concept else ""
        return with_remarks(head, language, on(self.start, language), about)
