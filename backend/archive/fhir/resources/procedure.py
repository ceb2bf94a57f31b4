"""Procedure."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.procedure import ProcedureBody, ProcedureStatus


def read(resource: Json, context: Context) -> ProcedureBody:
    name = get.concept(resource.get("code"))
    if name is None:
        raise EntryWithoutName()
    start, end = get.when(resource, "performed")
    actors = [item.get("actor") for item in resource.get("performer") or ()]
    names = [context.name(actor, resource) for actor in actors]
    return ProcedureBody(
        name=name,
        status=get.code(ProcedureStatus, resource["status"], "status"),
        kind=get.concept(resource.get("category")),
        performed=start,
        performed_end=end,
        performed_text=resource.get("performedString")
        or get.label_of_range(resource.get("performedRange")),
        performed_age=get.amount(resource.get("performedAge")),
        body_sites=get.concepts(resource.get("bodySite")),
        reasons=get.concepts(resource.get("reasonCode")),
        outcome=get.concept(resource.get("outcome")),
        complications=get.concepts(resource.get("complication")),
        follow_up=get.concepts(resource.get("followUp")),
        performers=tuple(name for name in names if name),
        facility=context.name(resource.get("location"), resource),
        notes=get.notes(resource.get("note")),
    )


def write(body: ProcedureBody) -> Json:
    return put.said(
        status=str(body.status),
        category=put.concept(body.kind),
        code=put.concept(body.name),
        **put.when("performed", body.performed, body.performed_end),
        performedString=body.performed_text,
        performedAge=put.amount(body.performed_age),
        performer=[{"actor": put.display(name)} for name in body.performers],
        location=put.display(body.facility),
        reasonCode=put.concepts(body.reasons),
        bodySite=put.concepts(body.body_sites),
        outcome=put.concept(body.outcome),
        complication=put.concepts(body.complications),
        followUp=put.concepts(body.follow_up),
        note=put.notes(body.notes),
    )


MAPPING = Mapping(fhir_type="Procedure", read=read, write=write, choices=("performed",))
