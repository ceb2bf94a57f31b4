"""DiagnosticReport."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.fhir.resources import attachment
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.report import ReportBody, ReportStatus


def read(resource: Json, context: Context) -> ReportBody:
    name = get.concept(resource.get("code"))
    if name is None:
        raise EntryWithoutName()
    start, end = get.when(resource, "effective")
    performers = [context.name(item, resource) for item in resource.get("performer") or ()]
    readers = [context.name(item, resource) for item in resource.get("resultsInterpreter") or ()]
    return ReportBody(
        name=name,
        status=get.code(ReportStatus, resource["status"], "status"),
        kinds=get.concepts(resource.get("category")),
        effective=start,
        effective_end=end,
        issued=get.date(resource.get("issued")),
        facility=next(filter(None, performers), None),
        interpreters=tuple(name for name in readers if name),
        specimens=get.reference_texts(resource.get("specimen")),
        results=get.reference_texts(resource.get("result")),
        conclusion=resource.get("conclusion"),
        conclusions=get.concepts(resource.get("conclusionCode")),
        attachments=tuple(filter(None, map(attachment.read, resource.get("presentedForm") or ()))),
    )


def write(body: ReportBody) -> Json:
    return put.said(
        status=str(body.status),
        category=put.concepts(body.kinds),
        code=put.concept(body.name),
        **put.when("effective", body.effective, body.effective_end),
        issued=put.date(body.issued),
        performer=[put.display(body.facility)] if body.facility else [],
        resultsInterpreter=[put.display(name) for name in body.interpreters],
        specimen=put.references(body.specimens),
        result=put.references(body.results),
        conclusion=body.conclusion,
        conclusionCode=put.concepts(body.conclusions),
        presentedForm=[attachment.write(item) for item in body.attachments],
    )


MAPPING = Mapping(fhir_type="DiagnosticReport", read=read, write=write, choices=("effective",))
