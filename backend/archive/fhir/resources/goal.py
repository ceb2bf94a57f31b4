"""Goal."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.sections.errors import EntryWithoutName
from backend.archive.sections.goal import GoalBody, GoalStatus, Target


def read(resource: Json, context: Context) -> GoalBody:
    description = get.concept(resource.get("description"))
    if description is None:
        raise EntryWithoutName()
    return GoalBody(
        description=description,
        status=get.code(GoalStatus, resource["lifecycleStatus"], "lifecycleStatus"),
        achievement=get.concept(resource.get("achievementStatus")),
        priority=get.concept(resource.get("priority")),
        categories=get.concepts(resource.get("category")),
        start=get.date(resource.get("startDate")),
        start_event=get.concept(resource.get("startCodeableConcept")),
        status_date=get.date(resource.get("statusDate")),
        targets=tuple(filter(None, map(_target, resource.get("target") or ()))),
        notes=get.notes(resource.get("note")),
    )


def _target(element: Json) -> Target | None:
    return get.telling(
        Target,
        measure=get.concept(element.get("measure")),
        detail=get.result(element, "detail"),
        due=get.date(element.get("dueDate")),
    )


def write(body: GoalBody) -> Json:
    return put.said(
        lifecycleStatus=str(body.status),
        achievementStatus=put.concept(body.achievement),
        category=put.concepts(body.categories),
        priority=put.concept(body.priority),
        description=put.concept(body.description),
        startDate=put.date(body.start),
        startCodeableConcept=put.concept(body.start_event),
        target=[
            put.said(
                measure=put.concept(target.measure),
                **put.result("detail", target.detail),
                dueDate=put.date(target.due),
            )
            for target in body.targets
        ],
        statusDate=put.date(body.status_date),
        note=put.notes(body.notes),
    )


MAPPING = Mapping(
    fhir_type="Goal",
    read=read,
    write=write,
    choices=("start",),
    status_field="lifecycleStatus",
    revived="active",
)
