"""Immunization."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.immunization import ImmunizationBody, ImmunizationStatus

_MOST_DIGITS = 9


def read(resource: Json, context: Context) -> ImmunizationBody:
    vaccine = get.concept(resource.get("vaccineCode"))
    if vaccine is None:
        raise EntryWithoutName()
    protocol: Json = next(iter(resource.get("protocolApplied") or ()), {})
    actors = [item.get("actor") for item in resource.get("performer") or ()]
    names = [context.name(actor, resource) for actor in actors]
    return ImmunizationBody(
        vaccine=vaccine,
        status=get.code(ImmunizationStatus, resource["status"], "status"),
        status_reason=get.concept(resource.get("statusReason")),
        given=get.date(resource.get("occurrenceDateTime")),
        given_text=resource.get("occurrenceString"),
        recorded=get.date(resource.get("recorded")),
        dose_number=_count(protocol, "doseNumber"),
        series_doses=_count(protocol, "seriesDoses"),
        series=protocol.get("series"),
        target_diseases=get.concepts(protocol.get("targetDisease")),
        lot=resource.get("lotNumber"),
        expires=get.date(resource.get("expirationDate")),
        manufacturer=context.name(resource.get("manufacturer"), resource),
        site=get.concept(resource.get("site")),
        route=get.concept(resource.get("route")),
        dose=get.amount(resource.get("doseQuantity")),
        performers=tuple(name for name in names if name),
        facility=context.name(resource.get("location"), resource),
        reasons=get.concepts(resource.get("reasonCode")),
        notes=get.notes(resource.get("note")),
    )


def _count(protocol: Json, prefix: str) -> str | None:
    number = protocol.get(prefix + "PositiveInt")
    text = protocol.get(prefix + "String")
    return text if number is None else str(number)


def write(body: ImmunizationBody) -> Json:
    return put.said(
        status=str(body.status),
        statusReason=put.concept(body.status_reason),
        vaccineCode=put.concept(body.vaccine),
        occurrenceDateTime=put.date(body.given),
        occurrenceString=body.given_text,
        recorded=put.date(body.recorded),
        location=put.display(body.facility),
        manufacturer=put.display(body.manufacturer),
        lotNumber=body.lot,
        expirationDate=put.date(body.expires),
        site=put.concept(body.site),
        route=put.concept(body.route),
        doseQuantity=put.amount(body.dose),
        performer=[{"actor": put.display(name)} for name in body.performers],
        note=put.notes(body.notes),
        reasonCode=put.concepts(body.reasons),
        protocolApplied=_protocol(body),
    )


def _protocol(body: ImmunizationBody) -> list[Json]:
    protocol = put.said(
        series=body.series,
        targetDisease=put.concepts(body.target_diseases),
        **_counted("doseNumber", body.dose_number),
        **_counted("seriesDoses", body.series_doses),
    )
    return [protocol] if protocol else []


def _counted(prefix: str, text: str | None) -> Json:
    if text is None:
        return {}
    plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and text[0] != "0"
    return {prefix + "PositiveInt": int(text)} if plain else {prefix + "String": text}


MAPPING = Mapping(
    fhir_type="Immunization",
    read=read,
    write=write,
    subject="patient",
    choices=("occurrence",),
    revived="completed",
)
