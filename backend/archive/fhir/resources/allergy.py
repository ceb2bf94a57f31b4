"""AllergyIntolerance."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.sections.allergy import (
    AllergyBody,
    AllergyCategory,
    AllergyStatus,
    AllergyType,
    Criticality,
    Reaction,
    ReactionSeverity,
)
from backend.archive.sections.condition import Verification
from backend.archive.sections.errors import EntryWithoutName

_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


def read(resource: Json, context: Context) -> AllergyBody:
    substance = get.concept(resource.get("code"))
    if substance is None:
        raise EntryWithoutName()
    kind, criticality = resource.get("type"), resource.get("criticality")
    onset, _ = get.when(resource, "onset")
    return AllergyBody(
        substance=substance,
        type=None if kind is None else get.code(AllergyType, kind, "type"),
        categories=tuple(
            get.code(AllergyCategory, item, "category") for item in resource.get("category") or ()
        ),
        criticality=None
        if criticality is None
        else get.code(Criticality, criticality, "criticality"),
        clinical_status=get.status(AllergyStatus, resource.get("clinicalStatus"), "clinicalStatus"),
        verification=get.status(
            Verification, resource.get("verificationStatus"), "verificationStatus"
        ),
        onset=onset,
        last_occurrence=get.date(resource.get("lastOccurrence")),
        recorded=get.date(resource.get("recordedDate")),
        reactions=tuple(_reaction(item) for item in resource.get("reaction") or ()),
        notes=get.notes(resource.get("note")),
    )


def _reaction(element: Json) -> Reaction:
    severity = element.get("severity")
    return Reaction(
        manifestations=get.concepts(element.get("manifestation")),
        severity=None if severity is None else get.code(ReactionSeverity, severity, "severity"),
        substance=get.concept(element.get("substance")),
        onset=get.date(element.get("onset")),
        route=get.concept(element.get("exposureRoute")),
        description=element.get("description"),
    )


def write(body: AllergyBody) -> Json:
    return put.said(
        clinicalStatus=put.status(_CLINICAL, body.clinical_status),
        verificationStatus=put.status(VERIFICATION, body.verification),
        type=body.type and str(body.type),
        category=[str(category) for category in body.categories],
        criticality=body.criticality and str(body.criticality),
        code=put.concept(body.substance),
        onsetDateTime=put.date(body.onset),
        recordedDate=put.date(body.recorded),
        lastOccurrence=put.date(body.last_occurrence),
        note=put.notes(body.notes),
        reaction=[_written(reaction) for reaction in body.reactions],
    )


def _written(reaction: Reaction) -> Json:
    return put.said(
        substance=put.concept(reaction.substance),
        manifestation=put.concepts(reaction.manifestations),
        description=reaction.description,
        onset=put.date(reaction.onset),
        severity=reaction.severity and str(reaction.severity),
        exposureRoute=put.concept(reaction.route),
    )


MAPPING = Mapping(
    fhir_type="AllergyIntolerance",
    read=read,
    write=write,
    subject="patient",
    choices=("onset",),
    status_field="verificationStatus",
    revived=None,
)
