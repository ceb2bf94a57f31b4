"""The summary for the doctor, as data and as links to its HTML and PDF."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.archive.sections import Precision
from backend.summary import model
from backend.summary.address import Form, SummaryRequest
from graphql_api.common.context import Info
from graphql_api.common.scalars import AT_PRECISION, global_id


@strawberry.type(description="A line of the page; `source` is what it says: an entry, …")
class SummaryLine:
    text: str
    detail: str
    marked: bool = strawberry.field(description="What must not be overlooked.")
    source: strawberry.ID


@strawberry.type(description="The lines that fit; `leftOut` counts the others.")
class SummaryLines:
    lines: list[SummaryLine]
    left_out: int


@strawberry.type(description="One value as people read it, such as 146/88.")
class SummaryPoint:
    text: str
    at: datetime
    precision: Precision = strawberry.field(description=AT_PRECISION)
    source: strawberry.ID


@strawberry.type(description="The readings of a time together; the share is from 0 to 1.")
class SummarySpan:
    mean: str
    count: int
    in_target_share: float | None
    sources: list[strawberry.ID]


@strawberry.type(description="A key indicator since the last visit against the time before.")
class SummaryIndicator:
    key: str
    name: str
    unit: str
    latest: SummaryPoint
    now: SummarySpan | None
    before: SummarySpan | None
    change: str
    lowest: SummaryPoint | None
    highest: SummaryPoint | None


@strawberry.type
class SummaryIndicators:
    rows: list[SummaryIndicator]
    left_out: int


@strawberry.type(description="A laboratory item: the latest result and the one before.")
class SummaryLab:
    name: str
    latest: SummaryPoint
    flag: str
    range: str
    before: SummaryPoint | None


@strawberry.type
class SummaryLabs:
    rows: list[SummaryLab]
    left_out: int


@strawberry.type(
    description="One page for somebody with two minutes. What is null is not granted: `withheld`."
)
class DoctorSummary:
    name: str | None
    sex: str | None
    age: str | None
    before: datetime
    since: datetime
    until: datetime
    window: str = strawberry.field(description="The time it is about, in words.")
    last_visit: strawberry.ID | None
    withheld: list[Category]
    problems: SummaryLines | None
    allergies: SummaryLines | None
    medications: SummaryLines | None
    medication_changes: SummaryLines | None
    indicators: SummaryIndicators | None
    labs: SummaryLabs | None
    reports: SummaryLines | None
    alerts: SummaryLines | None
    symptoms: SummaryLines | None
    html_url: str = strawberry.field(description="For ten minutes, for whoever asked.")
    pdf_url: str = strawberry.field(description="For ten minutes, for whoever asked.")


async def doctor_summary(
    resident_id: ObjectId, info: Info, since: datetime | None
) -> DoctorSummary:
    context = info.context
    found = await context.services.summaries.summary(context.viewer, resident_id, since)
    window, who = found.window, found.who
    return DoctorSummary(
        name=who.name,
        sex=who.sex,
        age=who.age,
        before=window.before,
        since=window.since,
        until=window.until,
        window=window.words,
        last_visit=global_id("Entry", resident_id, window.visit) if window.visit else None,
        withheld=list(found.withheld),
        problems=_lines(found.problems, "Entry", resident_id),
        allergies=_lines(found.allergies, "Entry", resident_id),
        medications=_lines(found.medications, "Entry", resident_id),
        medication_changes=_lines(found.medication_changes, "Entry", resident_id),
        indicators=_indicators(found.indicators, resident_id),
        labs=_labs(found.labs, resident_id),
        reports=_lines(found.reports, "Entry", resident_id),
        alerts=_lines(found.alerts, "Alert", resident_id),
        symptoms=_lines(found.symptoms, "Reading", resident_id),
        html_url=_url(info, resident_id, Form.HTML, since),
        pdf_url=_url(info, resident_id, Form.PDF, since),
    )


def _lines(
    some: model.Some[model.Line] | None, kind: str, resident_id: ObjectId
) -> SummaryLines | None:
    if some is None:
        return None
    return SummaryLines(
        lines=[
            SummaryLine(
                text=each.text,
                detail=each.detail,
                marked=each.marked,
                source=global_id(kind, resident_id, each.source),
            )
            for each in some.shown
        ],
        left_out=some.left_out,
    )


def _indicators(
    some: model.Some[model.Indicator] | None, resident_id: ObjectId
) -> SummaryIndicators | None:
    if some is None:
        return None
    rows = [
        SummaryIndicator(
            key=each.id,
            name=each.name,
            unit=each.unit,
            latest=_point(each.latest, "Reading", resident_id),
            now=_span(each.now, resident_id),
            before=_span(each.before, resident_id),
            change=each.change,
            lowest=_point(each.lowest, "Reading", resident_id) if each.lowest else None,
            highest=_point(each.highest, "Reading", resident_id) if each.highest else None,
        )
        for each in some.shown
    ]
    return SummaryIndicators(rows=rows, left_out=some.left_out)


def _labs(some: model.Some[model.Lab] | None, resident_id: ObjectId) -> SummaryLabs | None:
    if some is None:
        return None
    rows = [
        SummaryLab(
            name=each.name,
            latest=_point(each.latest, "Entry", resident_id),
            flag=each.flag,
            range=each.range,
            before=_point(each.before, "Entry", resident_id) if each.before else None,
        )
        for each in some.shown
    ]
    return SummaryLabs(rows=rows, left_out=some.left_out)


def _point(point: model.Point, kind: str, resident_id: ObjectId) -> SummaryPoint:
    return SummaryPoint(
        text=point.text,
        at=point.at,
        precision=point.precision,
        source=global_id(kind, resident_id, point.source),
    )


def _span(span: model.Span | None, resident_id: ObjectId) -> SummarySpan | None:
    if span is None:
        return None
    return SummarySpan(
        mean=span.mean,
        count=span.count,
        in_target_share=span.in_target,
        sources=[global_id("Reading", resident_id, each) for each in span.sources],
    )


def _url(info: Info, resident_id: ObjectId, form: Form, since: datetime | None) -> str:
    context = info.context
    wanted = SummaryRequest(form=form, since=since, language=context.language)
    link = context.services.links.sign(
        wanted.path(resident_id), wanted.query(), context.viewer.account_id
    )
    return context.services.core.settings.public_url.rstrip("/") + link
