"""One FHIR resource to what it says: readings, entries, the patient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from bot.assistant.fhir import entries as e
from bot.assistant.fhir import lifestyle, reports
from bot.assistant.fhir.elements import Resource, status
from bot.assistant.fhir.goals import own_limits
from bot.assistant.fhir.medications import medication
from bot.assistant.fhir.observations import readings
from bot.assistant.fhir.pregnancy import pregnancy
from bot.assistant.records import Entry, OwnLimit, Person, Reading

Reader = Callable[[Resource, str], Entry | None]
_READERS: Mapping[str, Reader] = {
    "Condition": e.condition,
    "AllergyIntolerance": e.allergy,
    "Immunization": e.immunization,
    "Procedure": e.procedure,
    "FamilyMemberHistory": e.family,
    "Encounter": e.encounter,
    "Appointment": e.appointment,
    "CarePlan": e.plan,
    "Goal": e.plan,
    "ServiceRequest": e.plan,
    "DiagnosticReport": reports.report,
    "DocumentReference": reports.document,
    "Composition": reports.composition,
    "ImagingStudy": reports.imaging,
    "ClinicalImpression": lifestyle.impression,
    "QuestionnaireResponse": lifestyle.questionnaire,
}
MEDICATIONS = {
    "MedicationRequest",
    "MedicationStatement",
    "MedicationDispense",
    "MedicationAdministration",
}
_UNUSABLE = {"entered-in-error", "cancelled"}


class Said(NamedTuple):
    """What one resource says."""

    readings: tuple[Reading, ...] = ()
    entries: tuple[Entry, ...] = ()
    limits: tuple[OwnLimit, ...] = ()


NOTHING_SAID = Said()


def read(r: Resource, ref: str, by_reference: Mapping[str, Resource], now: datetime) -> Said:
    """What the resource says, cited as ``ref``; nothing where it is unusable.

    ``by_reference`` holds the resources that medicines refer to; what a medicine is at
    ``now`` (in use, stopped) depends on the moment, nothing else does.
    """
    kind = r["resourceType"]
    if kind == "Observation":
        if status(r) in _UNUSABLE:
            return NOTHING_SAID
        expecting = pregnancy(r, ref)
        if expecting is not None:
            return Said(entries=(expecting,))
        note = lifestyle.from_observation(r, ref)
        return Said(tuple(readings(r, ref)), (note,) if note is not None else ())
    entry: Entry | None = None
    if kind in MEDICATIONS:
        entry = medication(r, ref, by_reference, now)
    elif kind in _READERS:
        entry = _READERS[kind](r, ref)
    if entry is None:
        return NOTHING_SAID
    return Said(entries=(entry,), limits=own_limits(r, ref) if kind == "Goal" else ())


def person_of(r: Resource, ref: str) -> Person:
    names = []
    for name in r.get("name") or []:
        given, family = "".join(name.get("given") or []), str(name.get("family") or "")
        spaced = " ".join([*(name.get("given") or []), family]).strip()
        names += [str(name.get("text") or ""), f"{family}{given}", spaced]
    try:
        born = date.fromisoformat(f"{r.get('birthDate')}-01-01"[:10])
    except ValueError:
        born = None
    return Person(
        ref=ref,
        names=tuple(dict.fromkeys(filter(None, names))),
        sex=str(r["gender"]) if r.get("gender") in ("male", "female") else None,
        born=born,
    )
