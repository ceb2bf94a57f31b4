"""Types of what stands on a paper: results, running text, drugs, and their evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from bson import ObjectId

from backend.archive.sections.result import Flag
from backend.reports import review as domain
from backend.reports.correction import Correction
from backend.reports.report import PartLink, Report
from graphql_api.common.context import Info
from graphql_api.common.scalars import RecordedBy, global_id, recorded_by
from graphql_api.reports import enums as enums
from graphql_api.reports.links import page_url
from ocr.model import Box, Medication, Narrative

Place = tuple[ObjectId, ObjectId]


@strawberry.type(description="A rectangle in pixels of the page as displayed.")
class PageBox:
    left: int
    top: int
    right: int
    bottom: int


@strawberry.type(description="Where on which page something stands; the links open 10 minutes.")
class PaperEvidence:
    report_id: strawberry.ID
    item: str
    page: int
    box: PageBox
    place: strawberry.Private[Place]

    @strawberry.field(description="The rectangle and a margin around it, as PNG.")
    def crop_url(self, info: Info) -> str:
        return page_url(info, self.place, self.page, item=self.item, crop=True)

    @strawberry.field(description="The whole page with the rectangle marked, as PNG.")
    def page_url(self, info: Info) -> str:
        return page_url(info, self.place, self.page, item=self.item)


@strawberry.type(description="A confusion of characters that recognition undid, and why it could.")
class ReportRepair:
    field: str
    read: str
    repaired: str
    reason: str


@strawberry.type(description="A change that somebody made to what was read.")
class ReportCorrection:
    id: str
    at: datetime
    by: RecordedBy
    item: str | None
    fields: list[str]
    undone_at: datetime | None


@strawberry.type(description="One result; uncertain ones are to be compared with the photo.")
class ReportItem:
    id: str
    name: str
    abbreviation: str | None
    loinc: str | None
    value: float | None
    text: str
    unit: str | None
    low: float | None
    high: float | None
    reference: str | None
    flag: Flag | None
    confidence: float | None
    uncertain: bool
    doubts: list[str]
    repairs: list[ReportRepair]
    removed: bool
    read_as: str | None
    correction: ReportCorrection | None
    evidence: PaperEvidence | None
    entry_id: strawberry.ID | None
    reading_id: strawberry.ID | None


@strawberry.type(description="Running text under its heading; diagnoses can be taken over.")
class ReportText:
    id: str
    section: str
    text: str
    evidence: PaperEvidence
    entry_id: strawberry.ID | None


@strawberry.type(description="A drug as printed; it can be taken over.")
class ReportMedication:
    id: str
    name: str
    strength: str | None
    dose: str | None
    route: str | None
    frequency: str | None
    days: int | None
    text: str
    evidence: PaperEvidence
    entry_id: strawberry.ID | None


def items_of(report: Report, info: Info) -> list[ReportItem]:
    links = _links(report)
    viewer_id = info.context.viewer.account_id
    return [
        _item(each, report, links.get(each.id), viewer_id)
        for each in (report.review.items if report.review else ())
    ]


def texts_of(report: Report) -> list[ReportText]:
    links = _links(report)
    return [
        ReportText(
            id=part.id,
            section=part.said.section,
            text=part.said.text,
            evidence=evidence_of(report, part.id, part.said.page, part.said.box),
            entry_id=_entry_id(report, links.get(part.id)),
        )
        for part in (report.review.narrative if report.review else ())
        if isinstance(part.said, Narrative)
    ]


def medications_of(report: Report) -> list[ReportMedication]:
    links = _links(report)
    return [
        ReportMedication(
            id=part.id,
            name=drug.name,
            strength=drug.strength,
            dose=drug.dose,
            route=drug.route,
            frequency=drug.frequency,
            days=drug.days,
            text=drug.text,
            evidence=evidence_of(report, part.id, drug.page, drug.box),
            entry_id=_entry_id(report, links.get(part.id)),
        )
        for part in (report.review.medications if report.review else ())
        if isinstance(drug := part.said, Medication)
    ]


def correction_of(correction: Correction, viewer_id: ObjectId) -> ReportCorrection:
    header = correction.target == "header"
    return ReportCorrection(
        id=str(correction.id),
        at=correction.at,
        by=recorded_by(correction.by, viewer_id),
        item=None if header else correction.target,
        fields=sorted(correction.changes),
        undone_at=correction.undone_at,
    )


def evidence_of(report: Report, part: str, page: int, box: Box) -> PaperEvidence:
    left, top, right, bottom = box
    return PaperEvidence(
        report_id=global_id("PaperReport", report.resident_id, report.id),
        item=part,
        page=page,
        box=PageBox(left=left, top=top, right=right, bottom=bottom),
        place=(report.resident_id, report.id),
    )


def evidence_for_part(report: Report, part: str) -> PaperEvidence | None:
    """Where a part stands; None for the paper as a whole and for what was added by hand."""
    if report.review is None:
        return None
    item = report.review.item(part)
    if item is not None and item.page is not None and item.box is not None:
        return evidence_of(report, part, item.page, item.box)
    for each in (*report.review.narrative, *report.review.medications):
        if each.id == part:
            return evidence_of(report, part, each.said.page, each.said.box)
    return None


def _item(
    item: domain.ReviewItem, report: Report, link: PartLink | None, viewer_id: ObjectId
) -> ReportItem:
    reference, read = item.reference, item.read
    return ReportItem(
        id=item.id,
        name=item.name,
        abbreviation=item.abbreviation,
        loinc=item.code.code if item.code else None,
        value=item.value,
        text=item.text,
        unit=item.unit,
        low=reference.low if reference else None,
        high=reference.high if reference else None,
        reference=reference.text if reference else None,
        flag=Flag(item.flag) if item.flag else None,
        confidence=item.confidence,
        uncertain=item.uncertain,
        doubts=list(item.doubts),
        repairs=[_repair(each) for each in item.repairs],
        removed=item.removed,
        read_as=read.text if read else None,
        correction=correction_of(item.changed_by, viewer_id) if item.changed_by else None,
        evidence=evidence_for_part(report, item.id),
        entry_id=_entry_id(report, link),
        reading_id=_reading_id(report, link),
    )


def _repair(repair: Any) -> ReportRepair:
    return ReportRepair(
        field=repair.field, read=repair.read, repaired=repair.repaired, reason=repair.reason
    )


def _links(report: Report) -> dict[str, PartLink]:
    return {each.part: each for each in report.links}


def _entry_id(report: Report, link: PartLink | None) -> strawberry.ID | None:
    if link is None or link.entry_id is None:
        return None
    return global_id("Entry", report.resident_id, link.entry_id)


def _reading_id(report: Report, link: PartLink | None) -> strawberry.ID | None:
    if link is None or link.reading_id is None:
        return None
    return global_id("Reading", report.resident_id, link.reading_id)
