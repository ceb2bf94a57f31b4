"""Condition."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.sections.condition import ClinicalStatus, ConditionBody, Verification
from backend.archive.sections.errors import EntryWithoutName

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def read(resource: Json, context: Context) -> ConditionBody:
    name = get.concept(resource.get("code"))
    if name is None:
        raise EntryWithoutName()
    onset, _ = get.when(resource, "onset")
    abatement = resource.get("abatementDateTime")
    abated = resource.get("abatementPeriod") or {}
    return ConditionBody(
        name=name,
        clinical_status=get.status(
            ClinicalStatus, resource.get("clinicalStatus"), "clinicalStatus"
        ),
        verification=get.status(
            Verification, resource.get("verificationStatus"), "verificationStatus"
        ),
        severity=get.concept(resource.get("severity")),
        kinds=get.concepts(resource.get("category")),
        body_sites=get.concepts(resource.get("bodySite")),
        onset=onset,
        onset_age=get.amount(resource.get("onsetAge")),
        onset_text=resource.get("onsetString") or get.label_of_range(resource.get("onsetRange")),
        abatement=get.date(abatement or abated.get("end") or abated.get("start")),
        abatement_age=get.amount(resource.get("abatementAge")),
        abatement_text=resource.get("abatementString")
        or get.label_of_range(resource.get("abatementRange")),
        recorded=get.date(resource.get("recordedDate")),
        notes=get.notes(resource.get("note")),
    )


def write(body: ConditionBody) -> Json:
    return put.said(
        clinicalStatus=put.status(CLINICAL, body.clinical_status),
        verificationStatus=put.status(VERIFICATION, body.verification),
        severity=put.concept(body.severity),
        category=put.concepts(body.kinds),
        code=put.concept(body.name),
        bodySite=put.concepts(body.body_sites),
        onsetDateTime=put.date(body.onset),
        onsetAge=put.amount(body.onset_age),
        onsetString=body.onset_text,
        abatementDateTime=put.date(body.abatement),
        abatementAge=put.amount(body.abatement_age),
        abatementString=body.abatement_text,
        recordedDate=put.date(body.recorded),
        note=put.notes(body.notes),
    )


MAPPING = Mapping(
    fhir_type="Condition",
    read=read,
    write=write,
    choices=("onset", "abatement"),
    status_field="verificationStatus",
    revived=None,
)
