"""Conditions (诊断、疾病、问题)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.archive.sections.base import Body, Section, at_most_one, in_order
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import since, with_remarks, word
from backend.archive.sections.values import Amount, Concept, Text


class ClinicalStatus(StrEnum):
    """FHIR condition-clinical."""

    ACTIVE = "active"
    RECURRENCE = "recurrence"
    RELAPSE = "relapse"
    INACTIVE = "inactive"
    REMISSION = "remission"
    RESOLVED = "resolved"


class Verification(StrEnum):
    """FHIR condition-ver-status and allergyintolerance-verification."""

    UNCONFIRMED = "unconfirmed"
    PRESUMED = "presumed"
    PROVISIONAL = "provisional"
    DIFFERENTIAL = "differential"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    ENTERED_IN_ERROR = "entered-in-error"


class ConditionBody(Body):
    """A condition with its onset (起病) and abatement (缓解). ``onset_age`` in UCUM ``a``."""

    section: ClassVar[Section] = Section.CONDITION
    past_fields: ClassVar[tuple[str, ...]] = ("onset", "abatement", "recorded")

    name: Concept
    clinical_status: ClinicalStatus | None = None
    verification: Verification | None = None
    severity: Concept | None = None
    kinds: tuple[Concept, ...] = ()
    body_sites: tuple[Concept, ...] = ()
    onset: PartialDate | None = None
    onset_age: Amount | None = None
    onset_text: Text | None = None
    abatement: PartialDate | None = None
    abatement_age: Amount | None = None
    abatement_text: Text | None = None
    recorded: PartialDate | None = None
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _order(self) -> ConditionBody:
        in_order(self.onset, self.abatement)
        at_most_one(onset=self.onset, onset_age=self.onset_age, onset_text=self.onset_text)
        at_most_one(
            abatement=self.abatement,
            abatement_age=self.abatement_age,
            abatement_text=self.abatement_text,
        )
        return self

    @property
    def concept(self) -> Concept:
        return self.name

    @property
    def when(self) -> PartialDate | None:
        return self.onset or self.recorded

    @property
    def until(self) -> PartialDate | None:
        return self.abatement

    def title(self, language: str) -> str:
        return with_remarks(
            self.name.label,
            language,
            since(self.onset, language),
            word("clinical_status", self.clinical_status, language),
            word("verification", self.verification, language),
        )
