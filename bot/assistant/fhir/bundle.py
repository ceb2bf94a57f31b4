"""``BundleView``: one resident's archive in a FHIR R4 Bundle, read once, held in memory."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.assistant.errors import ArchiveUnreadable
from bot.assistant.fhir import entries as e
from bot.assistant.fhir import lifestyle, reports
from bot.assistant.fhir.elements import Resource, reference, status
from bot.assistant.fhir.medications import medication
from bot.assistant.fhir.merging import one_each, pair_pressures
from bot.assistant.fhir.observations import plain_name, readings
from bot.assistant.records import Area, Entry, Person, Reading

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
_MEDICATIONS = {
    "MedicationRequest",
    "MedicationStatement",
    "MedicationDispense",
    "MedicationAdministration",
}
_UNUSABLE = {"entered-in-error", "cancelled"}
_AHEAD = {Area.APPOINTMENT, Area.PLAN}


def load_bundle(path: Path, now: datetime) -> BundleView:
    """Read a Bundle file; ``ArchiveUnreadable`` where it is not one."""
    try:
        bundle = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise ArchiveUnreadable(file=path.name) from error
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise ArchiveUnreadable(file=path.name)
    return BundleView(bundle, now)


class BundleView:
    """An ``ArchiveView`` over a Bundle. Everything dated after ``now`` is left out."""

    def __init__(self, bundle: Mapping[str, Any], now: datetime) -> None:
        self._now = now
        found = [r for row in bundle.get("entry") or [] if (r := _resource(row)) is not None]
        self._resources = {f"{r['resourceType']}/{r.get('id')}": r for r in found}
        urls = {
            str(row["fullUrl"]): row["resource"]
            for row in bundle.get("entry") or []
            if isinstance(row, dict) and row.get("fullUrl") and _resource(row)
        }
        self._by_reference = self._resources | urls
        self._patient_refs: set[str] = set()
        self._patient = self._choose_patient(found, urls)
        self._readings: dict[str, list[Reading]] = defaultdict(list)
        self._entries: dict[Area, list[Entry]] = defaultdict(list)
        self._read(r for r in found if self._is_patients(r))

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def patient(self) -> Person:
        return self._patient

    def readings(self, kind: str) -> Sequence[Reading]:
        return self._readings.get(kind, [])

    def own_names(self) -> Mapping[str, str]:
        return {r.name: kind for kind, rows in self._readings.items() for r in rows if r.name}

    def entries(self, area: Area) -> Sequence[Entry]:
        return self._entries.get(area, [])

    def _choose_patient(self, found: list[Resource], urls: Mapping[str, Resource]) -> Person:
        """The Patient most resources are about: a Bundle may carry a mother's or a child's."""
        patients = [r for r in found if r["resourceType"] == "Patient"]
        about = Counter(_subject(r) for r in found)
        names: dict[str, set[str]] = {}
        for r in patients:
            ref = f"Patient/{r.get('id')}"
            names[ref] = {ref, *(url for url, other in urls.items() if other is r)}
        chosen = max(
            names, key=lambda ref: sum(about[name] for name in names[ref]), default="Patient/?"
        )
        self._patient_refs = names.get(chosen, set())
        return _person(self._resources.get(chosen, {}), chosen)

    def _is_patients(self, r: Resource) -> bool:
        subject = _subject(r)
        if r.get("focus") and r["resourceType"] == "Observation":
            focus = r["focus"] if isinstance(r["focus"], list) else [r["focus"]]
            if any(reference(f) not in self._patient_refs for f in focus):
                return False
        if not subject or not self._patient_refs or subject in self._patient_refs:
            return True
        tail = subject.rsplit("/", 1)[-1]
        return "Patient" in subject and f"Patient/{tail}" in self._patient_refs

    def _read(self, resources: Iterable[Resource]) -> None:
        numbers: list[Reading] = []
        for r in resources:
            kind, ref = r["resourceType"], f"{r['resourceType']}/{r.get('id')}"
            if kind == "Observation":
                if status(r) not in _UNUSABLE:
                    numbers += self._observation(r, ref)
                continue
            entry: Entry | None = None
            if kind in _MEDICATIONS:
                entry = medication(r, ref, self._by_reference, self._now)
            elif kind in _READERS:
                entry = _READERS[kind](r, ref)
            if entry is not None and self._is_past(entry):
                self._entries[entry.area].append(self._resolved(entry))
        self._keep(numbers)

    def _observation(self, r: Resource, ref: str) -> list[Reading]:
        note = lifestyle.from_observation(r, ref)
        if note is not None and self._is_past(note):
            self._entries[note.area].append(note)
        return [x for x in readings(r, ref) if x.at <= self._now]

    def _is_past(self, entry: Entry) -> bool:
        return entry.area in _AHEAD or entry.start is None or entry.start <= self._now

    def _resolved(self, entry: Entry) -> Entry:
        """Result references in the form citations use, whatever form the Bundle uses."""
        targets = [self._by_reference.get(ref) for ref in entry.results]
        refs = tuple(f"{t['resourceType']}/{t.get('id')}" for t in targets if t)
        return replace(entry, results=refs) if entry.results else entry

    def _keep(self, numbers: list[Reading]) -> None:
        for reading in one_each(pair_pressures(numbers)):
            self._readings[reading.kind].append(reading)
        for rows in self._readings.values():
            rows.sort(key=lambda reading: reading.at)
        for entries in self._entries.values():
            entries.sort(key=lambda entry: entry.start.timestamp() if entry.start else 0.0)
        self._names = {plain_name(name): kind for name, kind in self.own_names().items()}


def _resource(row: object) -> Resource | None:
    resource = row.get("resource") if isinstance(row, dict) else None
    return resource if isinstance(resource, dict) and resource.get("resourceType") else None


def _subject(r: Resource) -> str:
    return reference(r.get("subject")) or reference(r.get("patient"))


def _person(r: Resource, ref: str) -> Person:
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
