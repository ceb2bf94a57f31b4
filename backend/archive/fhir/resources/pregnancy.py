"""Observation of a pregnancy (LOINC 82810-3) with its dates and counts as components."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.errors import FhirCodeUnknown
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import OWN_SYSTEMS, Mapping
from backend.archive.fhir.resources import parts
from backend.archive.sections.pregnancy import PregnancyBody, PregnancyStatus
from backend.archive.sections.tables import LOINC, SNOMED, table

_CODES = table("section_codes")["pregnancy"]
_OWN = OWN_SYSTEMS + "pregnancy-status"
_SYSTEMS = {"loinc": LOINC, "snomed": SNOMED}
_STATUS_OF: dict[tuple[str, str], PregnancyStatus] = {
    **{(_OWN, str(status)): status for status in PregnancyStatus},
    **{
        (_SYSTEMS[system], code): PregnancyStatus(name)
        for name, codes in _CODES["answers"].items()
        for system, code in codes.items()
    },
}


def status_of(resource: Json) -> PregnancyStatus | None:
    """The status, where the Observation is one of LOINC 82810-3 with an answer that we know."""
    codings = resource["code"].get("coding") or ()
    if not any(c.get("system") == LOINC and c.get("code") == _CODES["loinc"] for c in codings):
        return None
    answers = (resource.get("valueCodeableConcept") or {}).get("coding") or ()
    keys = ((item.get("system"), item.get("code")) for item in answers)
    return next((_STATUS_OF[key] for key in keys if key in _STATUS_OF), None)


def read(resource: Json, context: Context) -> PregnancyBody:
    status = status_of(resource)
    if status is None:
        raise FhirCodeUnknown(field="valueCodeableConcept")
    found = parts.read(resource, _CODES["parts"])
    recorded, _ = get.when(resource, "effective")
    return PregnancyBody(
        status=status,
        lmp=found.get("lmp"),
        due=found.get("due"),
        ended=found.get("ended"),
        outcome=found.get("outcome"),
        gravida=parts.count_of(found.get("gravida")),
        para=parts.count_of(found.get("para")),
        babies=parts.count_of(found.get("babies")),
        gestational_age=found.get("gestational_age"),
        recorded=recorded,
        notes=get.notes(resource.get("note")),
    )


_PARTS = ("lmp", "due", "ended", "outcome", "gravida", "para", "babies", "gestational_age")


def write(body: PregnancyBody) -> Json:
    codes = _CODES["answers"].get(body.status, {})
    answers = [{"system": _SYSTEMS[name], "code": code} for name, code in codes.items()]
    own = {"system": _OWN, "code": str(body.status)}
    display = {"system": LOINC, "code": _CODES["loinc"], "display": _CODES["en"]}
    values = {name: getattr(body, name) for name in _PARTS}
    return put.said(
        code={"coding": [display], "text": _CODES["zh"]},
        effectiveDateTime=put.date(body.recorded),
        valueCodeableConcept={"coding": [*answers, own]},
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
