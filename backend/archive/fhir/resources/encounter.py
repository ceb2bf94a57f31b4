"""Encounter."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.sections.encounter import EncounterBody, EncounterStatus
from backend.archive.sections.errors import EntryWithoutName


def read(resource: Json, context: Context) -> EncounterBody:
    setting = get.coding(resource.get("class"))
    if setting is None:
        raise EntryWithoutName()
    start, end = get.period(resource.get("period"))
    people = [item.get("individual") for item in resource.get("participant") or ()]
    names = [context.name(person, resource) for person in people]
    diagnoses = [item.get("condition") for item in resource.get("diagnosis") or ()]
    return EncounterBody(
        setting=setting,
        status=get.code(EncounterStatus, resource["status"], "status"),
        kinds=get.concepts(resource.get("type")),
        department=get.concept(resource.get("serviceType")),
        start=start,
        end=end,
        reasons=get.concepts(resource.get("reasonCode")),
        diagnoses=get.reference_texts(item for item in diagnoses if item),
        doctors=tuple(name for name in names if name),
        facility=_facility(resource, context),
        discharge=get.concept((resource.get("hospitalization") or {}).get("dischargeDisposition")),
    )


def _facility(resource: Json, context: Context) -> str | None:
    """Who provided the service, else where it took place."""
    places = [item.get("location") for item in resource.get("location") or ()]
    named = (context.name(place, resource) for place in (resource.get("serviceProvider"), *places))
    return next(filter(None, named), None)


def write(body: EncounterBody) -> Json:
    return put.said(
        status=str(body.status),
        class_=put.coding(body.setting),
        type=put.concepts(body.kinds),
        serviceType=put.concept(body.department),
        participant=[{"individual": put.display(name)} for name in body.doctors],
        period=put.period(body.start, body.end),
        reasonCode=put.concepts(body.reasons),
        diagnosis=[{"condition": put.reference(text)} for text in body.diagnoses],
        hospitalization=put.said(dischargeDisposition=put.concept(body.discharge)),
        serviceProvider=put.display(body.facility),
    )


MAPPING = Mapping(fhir_type="Encounter", read=read, write=write)
