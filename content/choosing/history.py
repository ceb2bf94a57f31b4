"""What entries of the archive say that choosing depends on. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
from content.choosing.constitution import constitutions_of
from content.choosing.naming import allergy_of, medicines_of, topics_of
from content.piece import Constitution

_NOT_SO = {Verification.REFUTED, Verification.ENTERED_IN_ERROR}
_NOT_TAKEN = {
    MedicationStatus.COMPLETED,
    MedicationStatus.STOPPED,
    MedicationStatus.CANCELLED,
    MedicationStatus.NOT_TAKEN,
    MedicationStatus.ENTERED_IN_ERROR,
    MedicationStatus.DRAFT,
}
_PREGNANCY = frozenset({"pregnancy"})
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What one entry says. ``topics`` speak for pieces: what goes on. The barred ones also hold
    what was once, or is only suspected: there it is safer to leave a piece out."""

    topics: frozenset[str] = _NONE
    barred_topics: frozenset[str] = _NONE
    medicines: frozenset[str] = _NONE
    barred_medicines: frozenset[str] = _NONE
    allergens: frozenset[str] = _NONE
    allergy_words: frozenset[str] = _NONE
    unclear_food: bool = False
    codes: tuple[tuple[str, str], ...] = ()
    """System and code of a condition that goes on."""
    lab: tuple[str, str | None] | None = None
    """LOINC code and flag; None for a result within its range."""
    constitutions: frozenset[Constitution] = frozenset()
    pregnancy: PregnancyBody | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """All notes together, as ``Note``."""

    topics: frozenset[str]
    barred_topics: frozenset[str]
    medicines: frozenset[str]
    barred_medicines: frozenset[str]
    allergens: frozenset[str]
    allergy_words: frozenset[str]
    unclear_food: bool
    codes: tuple[tuple[str, str], ...]
    labs: dict[str, str]
    constitutions: frozenset[Constitution]
    pregnant: bool


def note_of(body: Body) -> Note:
    """Empty for what nothing depends on."""
    if isinstance(body, ConditionBody):
        return _condition(body)
    if isinstance(body, AllergyBody):
        return _allergy(body)
    if isinstance(body, MedicationBody):
        return _medication(body)
    if isinstance(body, PregnancyBody):
        return Note(pregnancy=body)
    return _observation(body) if isinstance(body, ObservationBody) else Note()


def together(notes: Iterable[Note], now: datetime) -> Noted:
    """``notes`` newest first: the first result of an item counts, and the first constitution."""
    notes = list(notes)
    pregnant = any(each.pregnancy and pregnant_at(each.pregnancy, now) for each in notes)
    expecting = _PREGNANCY if pregnant else _NONE
    labs: dict[str, str | None] = {}
    for each in notes:
        if each.lab is not None:
            labs.setdefault(*each.lab)
    return Noted(
        topics=expecting.union(*(each.topics for each in notes)),
        barred_topics=expecting.union(*(each.barred_topics for each in notes)),
        medicines=_NONE.union(*(each.medicines for each in notes)),
        barred_medicines=_NONE.union(*(each.barred_medicines for each in notes)),
        allergens=_NONE.union(*(each.allergens for each in notes)),
        allergy_words=_NONE.union(*(each.allergy_words for each in notes)),
        unclear_food=any(each.unclear_food for each in notes),
        codes=tuple(code for each in notes for code in each.codes),
        labs={item: flag for item, flag in labs.items() if flag is not None},
        constitutions=next((n.constitutions for n in notes if n.constitutions), frozenset()),
        pregnant=pregnant,
    )


def _condition(body: ConditionBody) -> Note:
    topics, runs = topics_of(body.name), condition_runs(body)
    over = body.verification in _NOT_SO or body.clinical_status is ClinicalStatus.RESOLVED
    return Note(
        topics=topics if runs else _NONE,
        barred_topics=_NONE if over else topics,
        codes=tuple((c.system or "", c.code or "") for c in body.codes) if runs else (),
    )


def _allergy(body: AllergyBody) -> Note:
    if body.verification in _NOT_SO or body.clinical_status is AllergyStatus.RESOLVED:
        return Note()
    allergy = allergy_of(body.substance, food=AllergyCategory.FOOD in body.categories)
    return Note(
        allergens=allergy.allergens,
        barred_medicines=allergy.medicines,
        allergy_words=allergy.words,
        unclear_food=allergy.unclear,
    )


def _medication(body: MedicationBody) -> Note:
    if body.status in _NOT_TAKEN:
        return Note()
    groups = medicines_of(body.name)
    return Note(medicines=groups, barred_medicines=groups)


def _observation(body: ObservationBody) -> Note:
    code, flag = body.name.code_in(LOINC), body.flag
    said = None if flag in (None, Flag.NORMAL) else flag.value
    return Note(lab=(code, said) if code else None, constitutions=constitutions_of(body))
