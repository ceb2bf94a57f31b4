"""FamilyMemberHistory."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.family_history import (
    FamilyCondition,
    FamilyHistoryBody,
    FamilyHistoryStatus,
)


def read(resource: Json, context: Context) -> FamilyHistoryBody:
    relationship = get.concept(resource.get("relationship"))
    if relationship is None:
        raise EntryWithoutName()
    born = resource.get("bornPeriod") or {}
    return FamilyHistoryBody(
        relationship=relationship,
        status=get.code(FamilyHistoryStatus, resource["status"], "status"),
        name=resource.get("name"),
        sex=get.concept(resource.get("sex")),
        born=_day(resource.get("bornDate") or born.get("start")),
        age=get.amount(resource.get("ageAge")),
        deceased=resource.get("deceasedBoolean"),
        died=get.date(resource.get("deceasedDate")),
        died_age=get.amount(resource.get("deceasedAge")),
        died_text=resource.get("deceasedString")
        or get.label_of_range(resource.get("deceasedRange")),
        conditions=tuple(map(_condition, resource.get("condition") or ())),
        recorded=get.date(resource.get("date")),
        reasons=get.concepts(resource.get("reasonCode")),
        notes=get.notes(resource.get("note")),
    )


def _day(text: str | None) -> str | None:
    return None if text is None else text[:10]


def _condition(element: Json) -> FamilyCondition:
    name = get.concept(element.get("code"))
    if name is None:
        raise EntryWithoutName()
    began = element.get("onsetPeriod") or {}
    text = element.get("onsetString") or get.label_of_range(element.get("onsetRange"))
    return FamilyCondition(
        name=name,
        outcome=get.concept(element.get("outcome")),
        contributed_to_death=element.get("contributedToDeath"),
        onset_age=get.amount(element.get("onsetAge")),
        onset_text=text or began.get("start"),
        notes=get.notes(element.get("note")),
    )


def write(body: FamilyHistoryBody) -> Json:
    return put.said(
        status=str(body.status),
        date=put.date(body.recorded),
        name=body.name,
        relationship=put.concept(body.relationship),
        sex=put.concept(body.sex),
        bornDate=put.date(body.born),
        ageAge=put.amount(body.age),
        deceasedBoolean=body.deceased,
        deceasedDate=put.date(body.died),
        deceasedAge=put.amount(body.died_age),
        deceasedString=body.died_text,
        reasonCode=put.concepts(body.reasons),
        note=put.notes(body.notes),
        condition=[_written(condition) for condition in body.conditions],
    )


def _written(condition: FamilyCondition) -> Json:
    return put.said(
        code=put.concept(condition.name),
        outcome=put.concept(condition.outcome),
        contributedToDeath=condition.contributed_to_death,
        onsetAge=put.amount(condition.onset_age),
        onsetString=condition.onset_text,
        note=put.notes(condition.notes),
    )


MAPPING = Mapping(
    fhir_type="FamilyMemberHistory",
    read=read,
    write=write,
    subject="patient",
    choices=("born", "age", "deceased"),
    revived="health-unknown",
)
