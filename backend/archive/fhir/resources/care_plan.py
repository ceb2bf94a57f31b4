"""CarePlan."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.sections.care_plan import (
    Activity,
    ActivityStatus,
    CarePlanBody,
    PlanIntent,
    PlanStatus,
)


def read(resource: Json, context: Context) -> CarePlanBody:
    start, end = get.period(resource.get("period"))
    return CarePlanBody(
        heading=resource.get("title"),
        description=resource.get("description"),
        status=get.code(PlanStatus, resource["status"], "status"),
        intent=get.code(PlanIntent, resource["intent"], "intent"),
        categories=get.concepts(resource.get("category")),
        start=start,
        end=end,
        created=get.date(resource.get("created")),
        author=context.name(resource.get("author"), resource),
        addresses=get.reference_texts(resource.get("addresses")),
        goals=get.reference_texts(resource.get("goal")),
        activities=tuple(filter(None, map(_activity, resource.get("activity") or ()))),
        notes=get.notes(resource.get("note")),
    )


def _activity(element: Json) -> Activity | None:
    detail = element.get("detail")
    if detail is None:
        reference = get.reference_text(element.get("reference"))
        return Activity(reference=reference) if reference else None
    start, end = get.period(detail.get("scheduledPeriod"))
    return Activity(
        name=get.concept(detail.get("code")),
        status=get.code(ActivityStatus, detail["status"], "activity.detail.status"),
        description=detail.get("description"),
        schedule_text=detail.get("scheduledString"),
        start=start,
        end=end,
    )


def write(body: CarePlanBody) -> Json:
    return put.said(
        status=str(body.status),
        intent=str(body.intent),
        category=put.concepts(body.categories),
        title=body.heading,
        description=body.description,
        period=put.period(body.start, body.end),
        created=put.date(body.created),
        author=put.display(body.author),
        addresses=put.references(body.addresses),
        goal=put.references(body.goals),
        activity=[_written(activity) for activity in body.activities],
        note=put.notes(body.notes),
    )


def _written(activity: Activity) -> Json:
    if activity.reference is not None:
        return {"reference": put.reference(activity.reference)}
    return {
        "detail": put.said(
            code=put.concept(activity.name),
            status=activity.status and str(activity.status),
            scheduledString=activity.schedule_text,
            scheduledPeriod=put.period(activity.start, activity.end),
            description=activity.description,
        )
    }


MAPPING = Mapping(fhir_type="CarePlan", read=read, write=write)
