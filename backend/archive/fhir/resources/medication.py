"""MedicationStatement and MedicationRequest.

What each of the two has no field for (the strength, a statement's prescriber,
when a prescribed medicine was taken) goes in extensions of our own.
"""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import OWN_EXTENSIONS, Mapping
from backend.archive.fhir.resources import dosage
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.medication import Basis, MedicationBody, MedicationStatus
from backend.archive.sections.values import Concept

_STRENGTH = OWN_EXTENSIONS + "strength"
_PRESCRIBER = OWN_EXTENSIONS + "prescriber"
_TAKEN = OWN_EXTENSIONS + "taken"


def read_statement(resource: Json, context: Context) -> MedicationBody:
    name, strength = _medication(resource, context)
    start, end = get.when(resource, "effective")
    return MedicationBody(
        basis=Basis.STATEMENT,
        name=name,
        status=get.code(MedicationStatus, resource["status"], "status"),
        strength=strength,
        dosages=tuple(filter(None, map(dosage.read, resource.get("dosage") or ()))),
        start=start,
        end=end,
        recorded=get.date(resource.get("dateAsserted")),
        reasons=get.concepts(resource.get("reasonCode")),
        prescriber=get.extension(resource, _PRESCRIBER).get("valueString"),
        notes=get.notes(resource.get("note")),
    )


def read_request(resource: Json, context: Context) -> MedicationBody:
    name, strength = _medication(resource, context)
    dosages = tuple(filter(None, map(dosage.read, resource.get("dosageInstruction") or ())))
    start, end = get.period(get.extension(resource, _TAKEN).get("valuePeriod"))
    return MedicationBody(
        basis=Basis.REQUEST,
        name=name,
        status=get.code(MedicationStatus, resource["status"], "status"),
        strength=strength,
        dosages=dosages,
        start=start,
        end=end,
        recorded=get.date(resource.get("authoredOn")),
        reasons=get.concepts(resource.get("reasonCode")),
        prescriber=context.name(resource.get("requester"), resource),
        notes=get.notes(resource.get("note")),
    )


def _medication(resource: Json, context: Context) -> tuple[Concept, str | None]:
    """Name and strength, from the resource or from the Medication that it refers to."""
    strength = get.extension(resource, _STRENGTH).get("valueString")
    name = get.concept(resource.get("medicationCodeableConcept"))
    reference = resource.get("medicationReference")
    medication = context.resolve(reference, resource) or {}
    name = name or get.concept(medication.get("code"))
    if name is None and reference and reference.get("display"):
        name = Concept(text=reference["display"])
    if name is None:
        raise EntryWithoutName()
    return name, strength or _strength(medication)


def _strength(medication: Json) -> str | None:
    """The strengths of the ingredients in words (``500 mg / 1 tablet``)."""
    ratios = [item.get("strength") or {} for item in medication.get("ingredient") or ()]
    parts = [(get.amount(r.get("numerator")), get.amount(r.get("denominator"))) for r in ratios]
    said = [" / ".join(part.label for part in pair if part is not None) for pair in parts]
    return " + ".join(filter(None, said)) or None


def write_statement(body: MedicationBody) -> Json:
    return put.said(
        extension=_extensions(body, prescriber=body.prescriber),
        status=str(body.status),
        medicationCodeableConcept=put.concept(body.name),
        **put.when("effective", body.start, body.end),
        dateAsserted=put.date(body.recorded),
        reasonCode=put.concepts(body.reasons),
        note=put.notes(body.notes),
        dosage=[dosage.write(item) for item in body.dosages],
    )


def write_request(body: MedicationBody) -> Json:
    taken = put.period(body.start, body.end)
    return put.said(
        extension=_extensions(body, taken=taken),
        status=str(body.status),
        medicationCodeableConcept=put.concept(body.name),
        authoredOn=put.date(body.recorded),
        requester=put.display(body.prescriber),
        reasonCode=put.concepts(body.reasons),
        note=put.notes(body.notes),
        dosageInstruction=[dosage.write(item) for item in body.dosages],
    )


def _extensions(
    body: MedicationBody, prescriber: str | None = None, taken: Json | None = None
) -> list[Json]:
    said = (
        {"url": _STRENGTH, "valueString": body.strength},
        {"url": _PRESCRIBER, "valueString": prescriber},
        {"url": _TAKEN, "valuePeriod": taken},
    )
    return [item for item in said if len(put.said(**item)) > 1]


STATEMENT = Mapping(
    fhir_type="MedicationStatement",
    read=read_statement,
    write=write_statement,
    choices=("medication", "effective"),
)
REQUEST = Mapping(
    fhir_type="MedicationRequest",
    read=read_request,
    write=write_request,
    choices=("medication",),
    defaults={"intent": "order"},
)
