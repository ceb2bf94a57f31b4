"""Immunizations (预防接种)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.archive.sections.base import Body, Section, at_most_one
from backend.archive.sections.errors import EntryInvalid
from backend.archive.sections.partial_date import Day, PartialDate
from backend.archive.sections.phrases import chinese, on, with_remarks
from backend.archive.sections.values import Amount, Concept, Text


class ImmunizationStatus(StrEnum):
    COMPLETED = "completed"
    NOT_DONE = "not-done"
    ENTERED_IN_ERROR = "entered-in-error"


class ImmunizationBody(Body):
    """One dose given, or not given and why. ``dose_number`` and ``series_doses`` as the
    source writes them ("2", "加强")."""

    section: ClassVar[Section] = Section.IMMUNIZATION
    past_fields: ClassVar[tuple[str, ...]] = ("given", "recorded")

    vaccine: Concept
    status: ImmunizationStatus = ImmunizationStatus.COMPLETED
    status_reason: Concept | None = None
    given: PartialDate | None = None
    given_text: Text | None = None
    recorded: PartialDate | None = None
    dose_number: Text | None = None
    series_doses: Text | None = None
    series: Text | None = None
    target_diseases: tuple[Concept, ...] = ()
    lot: Text | None = None
    expires: Day | None = None
    manufacturer: Text | None = None
    site: Concept | None = None
    route: Concept | None = None
    dose: Amount | None = None
    performers: tuple[Text, ...] = ()
    facility: Text | None = None
    reasons: tuple[Concept, ...] = ()
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _checked(self) -> ImmunizationBody:
        at_most_one(given=self.given, given_text=self.given_text)
        # FHIR requires both: an unknown date is said in words, a series counts its doses.
        if self.given is None and self.given_text is None:
            raise EntryInvalid(fields="given")
        if self.dose_number is None and (self.series or self.series_doses or self.target_diseases):
            raise EntryInvalid(fields="dose_number")
        return self

    @property
    def concept(self) -> Concept:
        return self.vaccine

    @property
    def when(self) -> PartialDate | None:
        return self.given or self.recorded

    def title(self, language: str) -> str:
        not_done = self.status is ImmunizationStatus.NOT_DONE
        remark = ("未接种" if chinese(language) else "not given") if not_done else ""
        head = f"{self.vaccine.label} {self._dose(language)}".strip()
        return with_remarks(
            head, language, on(self.given, language) or self.given_text or "", remark
        )

    def _dose(self, language: str) -> str:
        if not self.dose_number:
            return ""
        return f"第 {self.dose_number} 剂" if chinese(language) else f"dose {self.dose_number}"
