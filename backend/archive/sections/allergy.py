"""Allergies and intolerances (过敏与不耐受)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from backend.archive.sections.base import Body, Section
from backend.archive.sections.condition import Verification
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.phrases import chinese, listed, with_colon, with_remarks, word
from backend.archive.sections.values import Concept, Text, Value


class AllergyStatus(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    RESOLVED = "resolved"


class AllergyType(StrEnum):
    ALLERGY = "allergy"
    INTOLERANCE = "intolerance"


class AllergyCategory(StrEnum):
    FOOD = "food"
    MEDICATION = "medication"
    ENVIRONMENT = "environment"
    BIOLOGIC = "biologic"


class Criticality(StrEnum):
    LOW = "low"
    HIGH = "high"
    UNABLE_TO_ASSESS = "unable-to-assess"


class ReactionSeverity(StrEnum):
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class Reaction(Value):
    """What happened once: manifestations (皮疹, 呼吸困难 …) and how bad it was."""

    manifestations: tuple[Concept, ...] = Field(min_length=1)
    severity: ReactionSeverity | None = None
    substance: Concept | None = None
    onset: PartialDate | None = None
    route: Concept | None = None
    description: Text | None = None


class AllergyBody(Body):
    """An allergy to ``substance``, or a statement that there is none (无已知过敏)."""

    section: ClassVar[Section] = Section.ALLERGY
    past_fields: ClassVar[tuple[str, ...]] = ("onset", "recorded", "last_occurrence")

    substance: Concept
    type: AllergyType | None = None
    categories: tuple[AllergyCategory, ...] = ()
    criticality: Criticality | None = None
    clinical_status: AllergyStatus | None = None
    verification: Verification | None = None
    onset: PartialDate | None = None
    last_occurrence: PartialDate | None = None
    recorded: PartialDate | None = None
    reactions: tuple[Reaction, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def concept(self) -> Concept:
        return self.substance

    @property
    def when(self) -> PartialDate | None:
        return self.onset or self.recorded or self.last_occurrence

    def title(self, language: str) -> str:
        shown = [c.label for reaction in self.reactions for c in reaction.manifestations]
        head = with_remarks(
            _as_allergy(self.substance.label, language),
            language,
            word("criticality", self.criticality, language),
            word("clinical_status", self.clinical_status, language),
            word("verification", self.verification, language),
        )
        return with_colon(head, listed(list(dict.fromkeys(shown)), language), language)


def _as_allergy(label: str, language: str) -> str:
    """Adds the word "allergy" unless the name says it already."""
    said = any(part in label.lower() for part in ("过敏", "allerg", "不耐受", "intoleran"))
    if said:
        return label
    return f"{label}过敏" if chinese(language) else f"{label} allergy"
