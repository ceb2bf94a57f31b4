"""``BundleView``: one resident's archive in a FHIR R4 Bundle, read once, held in memory."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.assistant.errors import ArchiveUnreadable
from bot.assistant.fhir.elements import Resource, reference
from bot.assistant.fhir.merging import one_each, pair_pressures
from bot.assistant.fhir.resources import person_of, read
from bot.assistant.records import Area, Entry, OwnLimit, Person, Reading

AHEAD = frozenset({Area.APPOINTMENT, Area.PLAN})
"""What may lie in the future."""


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
        self._limits: list[OwnLimit] = []
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

    def own_limits(self, kind: str) -> Sequence[OwnLimit]:
        return [each for each in self._limits if each.kind == kind]

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
        return person_of(self._resources.get(chosen, {}), chosen)

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
            ref = f"{r['resourceType']}/{r.get('id')}"
            said = read(r, ref, self._by_reference, self._now)
            numbers += [x for x in said.readings if x.at <= self._now]
            self._limits += said.limits
            for entry in said.entries:
                if self._is_past(entry):
                    self._entries[entry.area].append(self._resolved(entry))
        self._keep(numbers)

    def _is_past(self, entry: Entry) -> bool:
        return entry.area in AHEAD or entry.start is None or entry.start <= self._now

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


def _resource(row: object) -> Resource | None:
    resource = row.get("resource") if isinstance(row, dict) else None
    return resource if isinstance(resource, dict) and resource.get("resourceType") else None


def _subject(r: Resource) -> str:
    return reference(r.get("subject")) or reference(r.get("patient"))
