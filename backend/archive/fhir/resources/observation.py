"""Observation, where it is no home reading and belongs to no section of its own."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.observation import Component, ObservationBody, ObservationStatus


def read(resource: Json, context: Context) -> ObservationBody:
    name = get.concept(resource.get("code"))
    if name is None:
        raise EntryWithoutName()
    start, end = get.when(resource, "effective")
    performers = [context.name(item, resource) for item in resource.get("performer") or ()]
    return ObservationBody(
        name=name,
        status=get.code(ObservationStatus, resource["status"], "status"),
        kinds=get.concepts(resource.get("category")),
        result=get.result(resource, "value"),
        absent=get.concept(resource.get("dataAbsentReason")),
        interpretation=get.concepts(resource.get("interpretation")),
        references=get.reference_ranges(resource.get("referenceRange")),
        components=tuple(map(_component, resource.get("component") or ())),
        effective=start,
        effective_end=end,
        issued=get.date(resource.get("issued")),
        specimen=_specimen(resource, context),
        method=get.concept(resource.get("method")),
        body_site=get.concept(resource.get("bodySite")),
        performers=tuple(name for name in performers if name),
        members=get.reference_texts(resource.get("hasMember")),
        notes=get.notes(resource.get("note")),
    )


def _component(element: Json) -> Component:
    name = get.concept(element.get("code"))
    if name is None:
        raise EntryWithoutName()
    return Component(
        name=name,
        result=get.result(element, "value"),
        absent=get.concept(element.get("dataAbsentReason")),
        interpretation=get.concepts(element.get("interpretation")),
        references=get.reference_ranges(element.get("referenceRange")),
    )


def _specimen(resource: Json, context: Context) -> str | None:
    """What was tested (血清, 尿液): the display, else the Specimen's type."""
    reference = resource.get("specimen")
    if not reference or reference.get("display"):
        return context.name(reference, resource)
    specimen = context.resolve(reference, resource) or {}
    kind = get.concept(specimen.get("type"))
    return kind.label if kind else None


def write(body: ObservationBody) -> Json:
    return put.said(
        status=str(body.status),
        category=put.concepts(body.kinds),
        code=put.concept(body.name),
        **put.when("effective", body.effective, body.effective_end),
        issued=put.date(body.issued),
        performer=[put.display(name) for name in body.performers],
        **put.result("value", body.result),
        dataAbsentReason=put.concept(body.absent),
        interpretation=put.concepts(body.interpretation),
        note=put.notes(body.notes),
        bodySite=put.concept(body.body_site),
        method=put.concept(body.method),
        specimen=put.display(body.specimen),
        referenceRange=put.reference_ranges(body.references),
        hasMember=put.references(body.members),
        component=[_written(component) for component in body.components],
    )


def _written(component: Component) -> Json:
    return put.said(
        code=put.concept(component.name),
        **put.result("value", component.result),
        dataAbsentReason=put.concept(component.absent),
        interpretation=put.concepts(component.interpretation),
        referenceRange=put.reference_ranges(component.references),
    )


MAPPING = Mapping(fhir_type="Observation", read=read, write=write, choices=("effective", "value"))
