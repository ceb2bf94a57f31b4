"""Observation of smoking, drinking, exercise or diet."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.fhir.resources import parts
from backend.archive.sections.lifestyle import Aspect, LifestyleBody
from backend.archive.sections.tables import LOINC, table
from backend.archive.sections.values import Amount, Concept

_CODES = table("section_codes")["lifestyle"]
ASPECT_OF: dict[tuple[str, str], Aspect] = {
    **{(LOINC, code): aspect for aspect in Aspect for code in _CODES[aspect]["loinc"]},
    **{(parts.SECTION, f"lifestyle-{aspect}"): aspect for aspect in Aspect},
}
_SOCIAL = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "social-history",
        }
    ]
}


def aspect_of(resource: Json) -> Aspect | None:
    """What part of the way of life the code is about, or None."""
    codings = resource["code"].get("coding") or ()
    keys = ((item.get("system"), item.get("code")) for item in codings)
    return next((ASPECT_OF[key] for key in keys if key in ASPECT_OF), None)


def read(resource: Json, context: Context) -> LifestyleBody:
    aspect = aspect_of(resource)
    assert aspect is not None
    found = parts.read(resource)
    value = get.result(resource, "value")
    recorded, _ = get.when(resource, "effective")
    words = Concept(text=value.text) if value is not None and value.text else None
    amount = found.get("amount", value.amount if value else None)
    return LifestyleBody(
        aspect=aspect,
        finding=(value.concept or words) if value is not None else None,
        amount=amount if isinstance(amount, Amount) else None,
        since=found.get("since"),
        ended=found.get("ended"),
        recorded=recorded,
        notes=get.notes(resource.get("note")),
    )


def write(body: LifestyleBody) -> Json:
    beside = body.amount if body.finding is not None else None
    return put.said(
        category=[_SOCIAL],
        code=_code(body.aspect),
        effectiveDateTime=put.date(body.recorded),
        valueCodeableConcept=put.concept(body.finding),
        valueQuantity=None if body.finding is not None else put.amount(body.amount),
        note=put.notes(body.notes),
        component=parts.write({"amount": beside, "since": body.since, "ended": body.ended}),
    )


def _code(aspect: Aspect) -> Json:
    words = _CODES[aspect]
    own = {"system": parts.SECTION, "code": f"lifestyle-{aspect}", "display": words["en"]}
    codings = [{"system": LOINC, "code": code} for code in words["loinc"][:1]]
    return {"coding": [*codings, own], "text": words["zh"]}


MAPPING = Mapping(
    fhir_type="Observation",
    read=read,
    write=write,
    choices=("effective", "value"),
    defaults={"status": "final"},
)
