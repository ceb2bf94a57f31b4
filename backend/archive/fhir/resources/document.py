"""DocumentReference."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.fhir.resources import attachment
from backend.archive.sections.document import DocumentBody, DocumentStatus
from backend.archive.sections.partial_date import Precision


def read(resource: Json, context: Context) -> DocumentBody:
    period = (resource.get("context") or {}).get("period") or {}
    authors = [context.name(item, resource) for item in resource.get("author") or ()]
    return DocumentBody(
        attachments=tuple(
            filter(None, (attachment.read(item["attachment"]) for item in resource["content"]))
        ),
        status=get.code(DocumentStatus, resource["status"], "status"),
        kind=get.concept(resource.get("type")),
        categories=get.concepts(resource.get("category")),
        description=resource.get("description"),
        dated=get.date(resource.get("date") or period.get("start")),
        authors=tuple(name for name in authors if name),
        facility=context.name(resource.get("custodian"), resource),
    )


def write(body: DocumentBody) -> Json:
    exact = body.dated is not None and body.dated.precision is Precision.INSTANT
    return put.said(
        status=str(body.status),
        type=put.concept(body.kind),
        category=put.concepts(body.categories),
        date=put.date(body.dated) if exact else None,
        author=[put.display(name) for name in body.authors],
        custodian=put.display(body.facility),
        description=body.description,
        content=[{"attachment": attachment.write(item)} for item in body.attachments],
        # FHIR has only an instant for when the document was made.
        context={} if exact else put.said(period=put.period(body.dated, None)),
    )


MAPPING = Mapping(fhir_type="DocumentReference", read=read, write=write, revived="current")
