"""Mutations of reports: corrected, confirmed, taken back."""

from __future__ import annotations

from typing import Any

import strawberry
from bson import ObjectId
from bson.errors import InvalidId

from backend.archive.sections.result import Flag
from backend.reports.bodies import Choice
from backend.reports.confirming import Confirmation
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.reports.types import PaperReport, report_of


@strawberry.type
class PaperReportPayload:
    report: PaperReport


@strawberry.input(description="What is left out stays as it is; nothing at all: right as read.")
class CorrectReportItemInput:
    id: strawberry.ID
    version: int
    item: str
    name: str | None = strawberry.UNSET
    text: str | None = strawberry.UNSET
    unit: str | None = strawberry.UNSET
    reference: str | None = strawberry.UNSET
    flag: Flag | None = strawberry.UNSET
    removed: bool = False


@strawberry.input(description="A result that was not found on the photo.")
class AddReportItemInput:
    id: strawberry.ID
    version: int
    name: str
    text: str
    unit: str | None = strawberry.UNSET
    reference: str | None = strawberry.UNSET


@strawberry.input(description="What is left out stays as it is; null clears. Dates as in FHIR.")
class CorrectReportHeaderInput:
    id: strawberry.ID
    version: int
    facility: str | None = strawberry.UNSET
    department: str | None = strawberry.UNSET
    specimen: str | None = strawberry.UNSET
    sample_number: str | None = strawberry.UNSET
    collected_at: str | None = strawberry.UNSET
    reported_at: str | None = strawberry.UNSET


@strawberry.input
class UndoReportCorrectionInput:
    id: strawberry.ID
    version: int
    correction: str


@strawberry.input(description="Drugs and diagnoses are taken over only where they are named.")
class ConfirmReportInput:
    id: strawberry.ID
    version: int
    idempotency_key: str
    medications: list[str] = strawberry.field(default_factory=list)
    conditions: list[str] = strawberry.field(default_factory=list)
    patient_confirmed: bool = False
    uncertain_confirmed: bool = False


@strawberry.input
class ReportVersionInput:
    id: strawberry.ID
    version: int


@strawberry.input(description="Today's page numbers in the order in which they belong.")
class ReorderReportPagesInput:
    id: strawberry.ID
    version: int
    pages: list[int]


@strawberry.input(description="To another record that the viewer may add reports to.")
class MoveReportInput:
    id: strawberry.ID
    version: int
    resident_id: strawberry.ID


_HEADER = (
    "facility", "department", "specimen", "sample_number", "collected_at", "reported_at",
)  # fmt: skip
_ITEM = ("name", "text", "unit", "reference", "flag")


@strawberry.type
class ReportMutation:
    @strawberry.mutation
    async def correct_report_item(
        self, info: Info, input: CorrectReportItemInput
    ) -> PaperReportPayload:
        context = info.context
        changes = _given(input, _ITEM)
        if input.removed:
            changes["removed"] = True
        report = await context.services.reports.reviewing.correct_item(
            context.viewer, *_place(input), input.item, changes, version=input.version
        )
        return PaperReportPayload(report=report_of(report, info))

    @strawberry.mutation
    async def add_report_item(self, info: Info, input: AddReportItemInput) -> PaperReportPayload:
        context = info.context
        report = await context.services.reports.reviewing.add_item(
            context.viewer,
            *_place(input),
            _given(input, ("name", "text", "unit", "reference")),
            version=input.version,
        )
        return PaperReportPayload(report=report_of(report, info))

    @strawberry.mutation
    async def correct_report_header(
        self, info: Info, input: CorrectReportHeaderInput
    ) -> PaperReportPayload:
        context = info.context
        report = await context.services.reports.reviewing.correct_header(
            context.viewer, *_place(input), _given(input, _HEADER), version=input.version
        )
        return PaperReportPayload(report=report_of(report, info))

    @strawberry.mutation
    async def undo_report_correction(
        self, info: Info, input: UndoReportCorrectionInput
    ) -> PaperReportPayload:
        context = info.context
        report = await context.services.reports.reviewing.undo(
            context.viewer, *_place(input), _correction(input.correction), version=input.version
        )
        return PaperReportPayload(report=report_of(report, info))

    @strawberry.mutation(description="Into the archive, the trends and the timeline.")
    async def confirm_report(self, info: Info, input: ConfirmReportInput) -> PaperReportPayload:
        context = info.context
        report = await context.services.reports.confirming.confirm(
            context.viewer,
            *_place(input),
            version=input.version,
            said=Confirmation(
                choice=Choice(
                    medications=frozenset(input.medications),
                    conditions=frozenset(input.conditions),
                ),
                patient_confirmed=input.patient_confirmed,
                uncertain_confirmed=input.uncertain_confirmed,
            ),
            idempotency_key=input.idempotency_key,
        )
        return PaperReportPayload(report=report_of(report, info))

    @strawberry.mutation(description="The report is read anew; corrections go with their page.")
    async def reorder_report_pages(
        self, info: Info, input: ReorderReportPagesInput
    ) -> PaperReportPayload:
        context = info.context
        report = await context.services.reports.arranging.reorder(
            context.viewer, *_place(input), input.pages, version=input.version
        )
        return PaperReportPayload(report=report_of(report, info))

    @strawberry.mutation(description="Back to review; what it gave to the archive counts no more.")
    async def undo_report_confirmation(
        self, info: Info, input: ReportVersionInput
    ) -> PaperReportPayload:
        return await _retired(info, input, "undo")

    @strawberry.mutation(description="Entered in error, as a whole; nothing is deleted.")
    async def withdraw_report(self, info: Info, input: ReportVersionInput) -> PaperReportPayload:
        return await _retired(info, input, "withdraw")

    @strawberry.mutation(description="Put away before it was confirmed.")
    async def discard_report(self, info: Info, input: ReportVersionInput) -> PaperReportPayload:
        return await _retired(info, input, "discard")

    @strawberry.mutation(description="A withdrawn or discarded report back to review.")
    async def restore_report(self, info: Info, input: ReportVersionInput) -> PaperReportPayload:
        return await _retired(info, input, "restore")

    @strawberry.mutation(description="It was somebody else's: it leaves this record for theirs.")
    async def move_report(self, info: Info, input: MoveReportInput) -> PaperReportPayload:
        context = info.context
        reports = context.services.reports
        to = ids.resident_id(input.resident_id)
        taken = await reports.moving.move(context.viewer, *_place(input), to, version=input.version)
        moved = await reports.reports.get(context.viewer, to, taken.report_id)
        return PaperReportPayload(report=report_of(moved, info))

    @strawberry.mutation(description="Another try at reading.")
    async def read_report_again(self, info: Info, input: ReportVersionInput) -> PaperReportPayload:
        return await _retired(info, input, "read_again")


async def _retired(info: Info, input: ReportVersionInput, what: str) -> PaperReportPayload:
    context = info.context
    act = getattr(context.services.reports.retiring, what)
    report = await act(context.viewer, *_place(input), version=input.version)
    return PaperReportPayload(report=report_of(report, info))


def _place(input: Any) -> tuple[ObjectId, ObjectId]:
    return ids.decode(input.id, "PaperReport")


def _given(input: Any, names: tuple[str, ...]) -> dict[str, Any]:
    pairs = ((name, getattr(input, name)) for name in names)
    return {name: value for name, value in pairs if value is not strawberry.UNSET}


def _correction(text: str) -> ObjectId:
    try:
        return ObjectId(text)
    except InvalidId:
        # Refused for who asks before it is refused for its form.
        return _NOBODYS


_NOBODYS = ObjectId("000000000000000000000000")
