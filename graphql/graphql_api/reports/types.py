"""The uploaded report and how far its reading is."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.reports import report as domain
from backend.reports.documents import JobState, ReportState, Step
from backend.reports.names import PatientMatch
from backend.reports.wording import kind_label
from graphql_api.common.context import Info
from graphql_api.common.scalars import Node, RecordedBy, global_id, recorded_by
from graphql_api.reports.enums import PaperKind
from graphql_api.reports.links import page_url
from graphql_api.reports.parts import (
    ReportCorrection,
    ReportItem,
    ReportMedication,
    ReportText,
    correction_of,
    items_of,
    medications_of,
    texts_of,
)


@strawberry.type(description="One step of reading; page where it is told page by page.")
class ReportProgressStep:
    step: Step
    page: int | None
    at: datetime


@strawberry.type(description="Why reading stopped, and what would help the next photo.")
class ReportFailure:
    code: str
    message: str
    advice: list[str]


@strawberry.type(description="How far the reading of a report is.")
class ReportProgress:
    report_id: strawberry.ID
    state: JobState
    pages: int
    step: Step
    page: int | None
    steps: list[ReportProgressStep]
    failure: ReportFailure | None


@strawberry.type(description="A page: its size as displayed, and what to do about a bad photo.")
class ReportPage:
    number: int
    width: int
    height: int
    advice: list[str]
    place: strawberry.Private[tuple[ObjectId, ObjectId]]

    @strawberry.field(description="The page as PNG, for 10 minutes.")
    def url(self, info: Info) -> str:
        return page_url(info, self.place, self.number)


@strawberry.type(description="A photographed or scanned report, from upload to the archive.")
class PaperReport(Node):
    state: ReportState
    kind: PaperKind | None
    title: str | None
    facility: str | None
    department: str | None
    specimen: str | None
    sample_number: str | None
    collected_at: str | None
    reported_at: str | None
    warnings: list[str]
    pages: list[ReportPage]
    resembles: list[strawberry.ID]
    recorded_by: RecordedBy
    confirmed_by: RecordedBy | None
    confirmed_at: datetime | None
    uploaded_at: datetime
    version: int
    report: strawberry.Private[domain.Report]

    @strawberry.field
    def items(self, info: Info) -> list[ReportItem]:
        return items_of(self.report, info)

    @strawberry.field
    def texts(self) -> list[ReportText]:
        return texts_of(self.report)

    @strawberry.field
    def medications(self) -> list[ReportMedication]:
        return medications_of(self.report)

    @strawberry.field(description="Everything that somebody changed, oldest first.")
    def corrections(self, info: Info) -> list[ReportCorrection]:
        viewer_id = info.context.viewer.account_id
        return [correction_of(each, viewer_id) for each in self.report.corrections]

    @strawberry.field(description="As printed; masked for others than the person and guardians.")
    async def patient_name(self, info: Info) -> str | None:
        confirming = info.context.services.reports.confirming
        return await confirming.patient_name(info.context.viewer, self.report)

    @strawberry.field(description="The name on the paper beside the name in the profile.")
    async def patient_match(self, info: Info) -> PatientMatch:
        confirming = info.context.services.reports.confirming
        return await confirming.patient_match(self.report.resident_id, self.report)

    @strawberry.field
    async def progress(self, info: Info) -> ReportProgress:
        job = await info.context.load.report_job.load((self.report.resident_id, self.report.id))
        return progress_of(job, info)


def report_of(report: domain.Report, info: Info) -> PaperReport:
    """The GraphQL type of a stored report."""
    viewer_id, review = info.context.viewer.account_id, report.review
    place = (report.resident_id, report.id)
    return PaperReport(
        id=global_id("PaperReport", *place),
        state=report.state,
        kind=PaperKind(review.kind) if review else None,
        title=_title(report, info),
        facility=review.facility if review else None,
        department=review.department if review else None,
        specimen=review.specimen if review else None,
        sample_number=review.sample_number if review else None,
        collected_at=review.collected_at if review else None,
        reported_at=review.reported_at if review else None,
        warnings=list(review.warnings) if review else [],
        pages=[_page(each, place) for each in report.pages],
        resembles=[global_id("PaperReport", place[0], each) for each in report.same_as],
        recorded_by=recorded_by(report.recorded_by, viewer_id),
        confirmed_by=recorded_by(report.confirmed_by, viewer_id) if report.confirmed_by else None,
        confirmed_at=report.confirmed_at,
        uploaded_at=report.at,
        version=report.version,
        report=report,
    )


def progress_of(job: domain.Job, info: Info) -> ReportProgress:
    last = job.steps[-1]
    failure = job.failure
    return ReportProgress(
        report_id=global_id("PaperReport", job.resident_id, job.report_id),
        state=job.state,
        pages=job.pages,
        step=last.step,
        page=last.page,
        steps=[
            ReportProgressStep(step=each.step, page=each.page, at=each.at) for each in job.steps
        ],
        failure=ReportFailure(
            code=failure.code,
            message=failure.message(info.context.language),
            advice=list(failure.data.get("advice", [])),
        )
        if failure
        else None,
    )


def _title(report: domain.Report, info: Info) -> str | None:
    review = report.review
    if review is None:
        return None
    label = kind_label(review.kind, info.context.language)
    return f"{review.facility} {label}" if review.facility else label


def _page(page: domain.Page, place: tuple[ObjectId, ObjectId]) -> ReportPage:
    return ReportPage(
        number=page.number,
        width=page.width,
        height=page.height,
        advice=list(page.advice),
        place=place,
    )
