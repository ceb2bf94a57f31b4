"""What confirming a reviewed report will put into the archive. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from backend.archive.sections import ObservationBody
from backend.reports.bodies import (
    DOCUMENT,
    REPORT,
    Choice,
    Planned,
    conditions_of,
    document_of,
    medications_of,
    observation_of,
    reference_to,
    report_of,
)
from backend.reports.evidence import observation_raw, reading_raw
from backend.reports.report import Report
from backend.reports.review import Review
from backend.reports.settling import EntryWish, ReadingWish
from backend.reports.vitals import Vital, items_in


@dataclass(frozen=True, slots=True)
class Plan:
    """``abnormal``: entries whose result lies outside the report's own range."""

    entries: list[EntryWish]
    readings: list[ReadingWish]
    abnormal: list[ObjectId]


def plan_of(report: Report, review: Review, choice: Choice, vitals: list[Vital]) -> Plan:
    """Every part under the id that it has had, or has from now on."""
    known = {each.part: each.entry_id for each in report.links if each.entry_id}
    measured = items_in(vitals)
    results = [observation_of(item, review) for item in review.kept if item.id not in measured]
    document = document_of(report, review)
    chosen = [*medications_of(review, choice), *conditions_of(review, choice)]
    ids = {
        part: known.get(part) or ObjectId()
        for part in (DOCUMENT, REPORT, *(each.part for each in (*results, *chosen)))
    }
    papers = [document]
    if review.kind != "other":
        papers.append(report_of(review, [reference_to(ids[each.part]) for each in results]))
    planned = [*papers, *results, *chosen]
    return Plan(
        entries=[_wish(each, ids, report) for each in planned],
        readings=[_reading(each, report, ids[DOCUMENT]) for each in vitals],
        abnormal=[
            ids[item.id]
            for item in review.kept
            if item.id in ids and item.flag not in (None, "normal")
        ],
    )


def _reading(vital: Vital, report: Report, document_id: ObjectId) -> ReadingWish:
    parts = tuple(each.id for each in vital.items)
    known = next(
        (each.reading_id for each in report.links if each.part in parts and each.reading_id),
        None,
    )
    first = vital.items[0]
    name = f"{report.id}-{vital.kind.value.replace('_', '-')}"
    fhir = reading_raw(name, vital.draft, report.resident_id, document_id, first.page, first.box)
    return ReadingWish(parts=parts, known=known, normal=vital.normal, fhir=fhir)


def _wish(each: Planned, ids: dict[str, ObjectId], report: Report) -> EntryWish:
    entry_id = ids[each.part]
    fhir = None
    if isinstance(each.body, ObservationBody):
        fhir = observation_raw(
            entry_id, each.body, report.resident_id, ids[DOCUMENT], each.page, each.box
        )
    return EntryWish(part=each.part, id=entry_id, body=each.body, fhir=fhir)
