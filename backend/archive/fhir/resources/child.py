"""Observation of a birth, feeding or milestone, under our own code."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.fhir.resources import parts
from backend.archive.sections.child import ChildAspect, ChildBody
from backend.archive.sections.tables import table

_CODES = table("section_codes")["child"]
_ASPECT_OF = {f"child-{aspect}": aspect for aspect in ChildAspect}
_AMOUNTS = ("weight", "length", "head", "gestational_age")
_SCORES = ("apgar_1", "apgar_5", "apgar_10")


def aspect_of(resource: Json) -> ChildAspect | None:
    """What the Observation says of a child, if its code is one of ours."""
    for coding in resource["code"].get("coding") or ():
        if coding.get("system") == parts.SECTION and coding.get("code") in _ASPECT_OF:
            return _ASPECT_OF[coding["code"]]
    return None


def read(resource: Json, context: Context) -> ChildBody:
    aspect = aspect_of(resource)
    assert aspect is not None
    found = parts.read(resource, _CODES["parts"])
    at, _ = get.when(resource, "effective")
    return ChildBody(
        aspect=aspect,
        at=at,
        ended=found.get("ended"),
        what=get.concept(resource.get("valueCodeableConcept")),
        **{name: found.get(name) for name in _AMOUNTS},
        **{name: parts.count_of(found.get(name)) for name in _SCORES},
        notes=get.notes(resource.get("note")),
    )


def write(body: ChildBody) -> Json:
    words = _CODES[body.aspect]
    own = {"system": parts.SECTION, "code": f"child-{body.aspect}", "display": words["en"]}
    values = {name: getattr(body, name) for name in (*_AMOUNTS, *_SCORES, "ended")}
    return put.said(
        code={"coding": [own], "text": words["zh"]},
        effectiveDateTime=put.date(body.at),
        valueCodeableConcept=put.concept(body.what),
        note=put.notes(body.notes),
        component=parts.write(values, _CODES["parts"]),
    )


MAPPING = Mapping(
    fhir_type="Observation",
    read=read,
    write=write,
    choices=("effective", "value"),
    defaults={"status": "final"},
)
