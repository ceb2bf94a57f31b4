"""The Patient of an export, and which references mean the same person.

Resources from several senders name the resident differently. Rewriting their
references would change what was received; instead the Patient says with
``link`` (type seealso) which other Patients are the same actual person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.archive.fhir.entries import Item
from backend.archive.fhir.export import OutPerson
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.model import Origin
from backend.archive.fhir.overlay import overlay
from backend.archive.fhir.provenance import with_origin
from backend.archive.fhir.resources import patient
from backend.archive.fhir.subjects import Subjects
from backend.archive.fhir.urls import made_url


@dataclass(frozen=True, slots=True)
class WrittenPerson:
    """``resource`` is our Patient, None where a received one stands for the resident as it
    is; ``replaces`` is the index of the received Patient that it overlays; ``reference`` is
    what our own resources refer to."""

    resource: Json | None
    replaces: int | None
    reference: str


def person_out(person: OutPerson, items: list[Item]) -> WrittenPerson:
    """``items`` are all received resources that go out."""
    subjects = Subjects(items)
    patients = [item for item in items if item.resource.get("resourceType") == "Patient"]
    known = set(subjects.candidates) | {subjects.own_key(item) for item in patients}
    if len(patients) == 1 and len(known) == 1:
        return _received(person, patients[0])
    return _made(person, sorted(known))


def _received(person: OutPerson, item: Item) -> WrittenPerson:
    """One sender, one Patient: it stays, overlaid where the profile changed."""
    url, id_ = item.full_url, item.resource.get("id")
    unlocated = f"Patient/{id_}" if id_ else made_url(item.resource)
    reference = unlocated if url is None else url
    if not person.changed or person.profile is None:
        return WrittenPerson(None, None, reference)
    old, new = patient.write(patient.read(item.resource)), patient.write(person.profile)
    changed = overlay(item.resource, old, new, patient.CHOICES)
    return WrittenPerson(changed, item.index, reference)


def _made(person: OutPerson, others: Iterable[str]) -> WrittenPerson:
    links = [{"other": {"reference": other}, "type": "seealso"} for other in others]
    fields = patient.write(person.profile) if person.profile is not None else {}
    made: Json = {"resourceType": "Patient", "id": person.id, **fields}
    if links:
        made["link"] = links
    return WrittenPerson(with_origin(made, Origin.SELF), None, made_url(made))
