"""What entries of the archive say that choosing depends on. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from backend.archive.people import condition_runs, pregnant_at
from backend.archive.sections import (
    AllergyBody,
    Body,
    ConditionBody,
    MedicationBody,
    ObservationBody,
    PregnancyBody,
)
from backend.archive.sections.allergy import AllergyCategory, AllergyStatus
from backend.archive.sections.condition import ClinicalStatus, Verification
from backend.archive.sections.medication import MedicationStatus
from backend.archive.sections.result import Flag
from backend.archive.sections.tables import LOINC
from content.choosing.naming import allergy_of, medicines_of, topics_of

_NOT_SO = {Verification.REFUTED, Verification.ENTERED_IN_ERROR}
_NOT_TAKEN = {
    MedicationStatus.COMPLETED,
    MedicationStatus.STOPPED,
    MedicationStatus.CANCELLED,
    MedicationStatus.NOT_TAKEN,
    MedicationStatus.ENTERED_IN_ERROR,
    MedicationStatus.DRAFT,
}
_PREGNANCY = "pregnancy"


@dataclass(slots=True)
class _Found:
    topics: set[str] = field(default_factory=set)
    barred_topics: set[str] = field(default_factory=set)
    medicines: set[str] = field(default_factory=set)
    barred_medicines: set[str] = field(default_factory=set)
    allergens: set[str] = field(default_factory=set)
    allergy_words: set[str] = field(default_factory=set)
    labs: dict[str, str | None] = field(default_factory=dict)
    unclear_food: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """``topics`` speak for pieces: what goes on. The barred ones also hold what was once, or
    is only suspected: there it is safer to leave a piece out."""

    topics: frozenset[str]
    barred_topics: frozenset[str]
    medicines: frozenset[str]
    barred_medicines: frozenset[str]
    allergens: frozenset[str]
    allergy_words: frozenset[str]
    labs: dict[str, str]
    unclear_food: bool


def noted(bodies: Iterable[Body], now: datetime) -> Noted:
    """``bodies`` of observations newest first: the first of an item counts."""
    found = _Found()
    for body in bodies:
        if isinstance(body, ConditionBody):
            _condition(body, found)
        elif isinstance(body, AllergyBody):
            _allergy(body, found)
        elif isinstance(body, MedicationBody):
            _medication(body, found)
        elif isinstance(body, PregnancyBody) and pregnant_at(body, now):
            found.topics.add(_PREGNANCY)
            found.barred_topics.add(_PREGNANCY)
        elif isinstance(body, ObservationBody):
            _observation(body, found)
    return Noted(
        topics=frozenset(found.topics),
        barred_topics=frozenset(found.barred_topics),
        medicines=frozenset(found.medicines),
        barred_medicines=frozenset(found.barred_medicines),
        allergens=frozenset(found.allergens),
        allergy_words=frozenset(found.allergy_words),
        labs={item: flag for item, flag in found.labs.items() if flag is not None},
        unclear_food=found.unclear_food,
    )


def _condition(body: ConditionBody, found: _Found) -> None:
    topics = topics_of(body.name)
    if condition_runs(body):
        found.topics |= topics
    if body.verification not in _NOT_SO and body.clinical_status is not ClinicalStatus.RESOLVED:
        found.barred_topics |= topics


def _allergy(body: AllergyBody, found: _Found) -> None:
    if body.verification in _NOT_SO or body.clinical_status is AllergyStatus.RESOLVED:
        return
    allergy = allergy_of(body.substance, food=AllergyCategory.FOOD in body.categories)
    found.allergens |= allergy.allergens
    found.barred_medicines |= allergy.medicines
    found.allergy_words |= allergy.words
    found.unclear_food = found.unclear_food or allergy.unclear


def _medication(body: MedicationBody, found: _Found) -> None:
    if body.status in _NOT_TAKEN:
        return
    groups = medicines_of(body.name)
    found.medicines |= groups
    found.barred_medicines |= groups


def _observation(body: ObservationBody, found: _Found) -> None:
    code = body.name.code_in(LOINC)
    if code is None or code in found.labs:
        return
    flag = body.flag
    found.labs[code] = None if flag in (None, Flag.NORMAL) else flag.value
