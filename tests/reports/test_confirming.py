"""Into the archive and out of it, each in one transaction."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import pytest
from fhir.resources.R4B.bundle import Bundle

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.archive.documents import EntryDocument
from backend.archive.entry import EntrySource
from backend.archive.fhir.home_readings import precision_of
from backend.archive.sections import Precision, Section
from backend.core.clock import FixedClock
from backend.core.history import ChangedMeanwhile
from backend.core.idempotency import IdempotencyKeyReused
from backend.identity.viewer import Viewer
from backend.measurements.documents import ReadingDocument
from backend.measurements.readings import ReadingFilter
from backend.reports.bodies import Choice
from backend.reports.confirming import Confirmation
from backend.reports.documents import ReportState
from backend.reports.errors import (
    NotYourReport,
    ReportItemNotFound,
    ReportNotInState,
    ReportPatientDiffers,
    ReportUncertain,
)
from backend.reports.report import Report
from backend.services import Services
from ocr.model import Patient
from tests.factories import a_caregiver, a_key, a_resident
from tests.reports.papers import a_checkup, a_discharge, a_reading, a_report, an_item
from tests.reports.people import Person, stored


async def _confirm(services: Services, viewer: Viewer, report: Report, **more: object) -> Report:
    key = more.pop("key", None) or a_key()
    return await services.reports.confirming.confirm(
        viewer,
        report.resident_id,
        report.id,
        version=report.version,
        said=Confirmation(**more),  # type: ignore[arg-type]
        idempotency_key=str(key),
    )


async def _counts(services: Services) -> dict[str, int]:
    db = services.core.store.db
    found = {
        "active": {"status": "active"},
        "in error": {"status": "entered_in_error"},
    }
    counts = {name: await db["entries"].count_documents(query) for name, query in found.items()}
    counts["live"] = await db["readings"].count_documents({"state": "live"})
    counts["withdrawn"] = await db["readings"].count_documents({"state": "withdrawn"})
    return counts


async def test_a_checkup_gives_readings_and_results(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    report = await a_report(services, viewer, resident_id, a_checkup())
    done = await _confirm(services, viewer, report)
    assert await _counts(services) == {"active": 3, "in error": 0, "live": 2, "withdrawn": 0}
    pressure = await services.core.store.db["readings"].find_one({"kind": "blood_pressure"})
    assert pressure is not None
    assert pressure["values"] == {"systolic": 146.0, "diastolic": 92.0}
    assert pressure["source"] == {
        "system": "report", "id": f"{report.id}:blood_pressure", "device": None,
    }  # fmt: skip
    page = await services.readings.page(viewer, resident_id, ReadingFilter(), first=5)
    assert [precision_of(each.attributes) for each in page.items] == [Precision.DAY] * 2
    linked = {each.part: each.reading_id for each in done.links if each.reading_id}
    assert report.review is not None
    assert linked[report.review.items[0].id] == linked[report.review.items[1].id]
    text = await services.fhir_export.everything(viewer, resident_id)
    Bundle.model_validate_json(text)
    resources = [each["resource"] for each in json.loads(text)["entry"]]
    vital = next(each for each in resources if each.get("component"))
    assert vital["derivedFrom"][0]["reference"].startswith("DocumentReference/")


async def test_the_events_say_what_happened_and_entries_say_who(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    items = [
        an_item(),
        an_item("肌酐", "88", loinc="14682-9", unit="umol/L", low=57, high=97, row=1),
    ]
    report = await a_report(services, viewer, resident_id, a_reading(items))
    await _confirm(services, viewer, report)
    outbox = services.core.store.db["outbox"]
    confirmed = await outbox.find_one({"name": "report_confirmed"})
    assert confirmed is not None
    assert len(confirmed["body"]["entry_ids"]) == 4
    assert len(confirmed["body"]["abnormal"]) == 1
    assert await outbox.count_documents({"name": "entries_added"}) == 1
    page = await services.entries.page(viewer, resident_id, Section.OBSERVATION, first=10)
    assert {each.provenance.source for each in page.items} == {EntrySource.OCR}
    assert {each.provenance.relation for each in page.items} == {"self"}


async def test_the_same_key_confirms_once(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    report = await a_report(services, viewer, resident_id, a_reading([an_item()]))
    key = a_key()
    first = await _confirm(services, viewer, report, key=key)
    before = await stored(services)
    again = await _confirm(services, viewer, report, key=key)
    assert (again.version, again.links) == (first.version, first.links)
    assert await stored(services) == before
    with pytest.raises(IdempotencyKeyReused):
        await _confirm(services, viewer, report, key=key, patient_confirmed=True)


async def test_what_must_be_looked_at_first_is_asked_for(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    reading = a_reading([an_item(needs_review=True)], patient=Patient("张建军", "male", 62))
    report = await a_report(services, viewer, resident_id, reading)
    assert report.review is not None
    before = await stored(services)
    with pytest.raises(ReportPatientDiffers):
        await _confirm(services, viewer, report)
    with pytest.raises(ReportUncertain) as uncertain:
        await _confirm(services, viewer, report, patient_confirmed=True)
    assert uncertain.value.data == {"count": 1, "items": [report.review.items[0].id]}
    with pytest.raises(ChangedMeanwhile):
        await _confirm(services, viewer, replace(report, version=report.version + 1))
    choice = Choice(medications=frozenset({"m-none"}))
    with pytest.raises(ReportItemNotFound):
        await _confirm(services, viewer, report, choice=choice, patient_confirmed=True)
    assert await stored(services) == before
    done = await _confirm(
        services, viewer, report, patient_confirmed=True, uncertain_confirmed=True
    )
    assert done.state is ReportState.CONFIRMED
    with pytest.raises(ReportNotInState):
        await _confirm(services, viewer, done)


async def test_drugs_and_diagnoses_are_taken_only_where_they_are_chosen(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    report = await a_report(services, viewer, resident_id, a_discharge())
    review = report.review
    assert review is not None
    plain = await _confirm(services, viewer, report)
    assert {each.part for each in plain.links} == {"document", "report"}
    back = await services.reports.retiring.undo(
        viewer, resident_id, report.id, version=plain.version
    )
    choice = Choice(
        medications=frozenset({review.medications[0].id}),
        conditions=frozenset({review.narrative[0].id}),
    )
    await _confirm(services, viewer, back, choice=choice)
    drug = (await services.entries.page(viewer, resident_id, Section.MEDICATION, first=5)).items[0]
    assert drug.body.title("zh").startswith("氨氯地平片 5mg")
    assert drug.body.until is not None
    assert drug.body.until.text == "2026-11-18"
    found = await services.entries.page(viewer, resident_id, Section.CONDITION, first=5)
    assert [each.body.model_dump(mode="json")["verification"] for each in found.items] == [
        "unconfirmed"
    ]
    assert await _counts(services) == {"active": 4, "in error": 0, "live": 0, "withdrawn": 0}


async def test_undone_corrected_and_confirmed_again_keeps_every_entry(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    report = await a_report(services, viewer, resident_id, a_checkup())
    first = await _confirm(services, viewer, report)
    back = await services.reports.retiring.undo(
        viewer, resident_id, report.id, version=first.version
    )
    assert back.state is ReportState.READY
    assert await _counts(services) == {"active": 0, "in error": 3, "live": 0, "withdrawn": 2}
    assert back.review is not None
    glucose, weight = back.review.items[3].id, back.review.items[2].id
    correct = services.reports.reviewing.correct_item
    after = await correct(
        viewer, resident_id, report.id, glucose, {"text": "6.04"}, version=back.version
    )
    after = await correct(
        viewer, resident_id, report.id, weight, {"removed": True}, version=after.version
    )
    second = await _confirm(services, viewer, after)
    assert await _counts(services) == {"active": 3, "in error": 0, "live": 1, "withdrawn": 1}
    kept = {each.part: each.entry_id for each in first.links}
    assert all(kept[each.part] == each.entry_id for each in second.links)
    entry = await services.entries.get(viewer, resident_id, kept[glucose] or resident_id)
    assert entry.version == 3
    assert "6.04" in entry.body.title("zh")


async def test_withdrawn_as_a_whole_and_fetched_back(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    report = await a_report(services, viewer, resident_id, a_checkup())
    done = await _confirm(services, viewer, report)
    retiring = services.reports.retiring
    gone = await retiring.withdraw(viewer, resident_id, report.id, version=done.version)
    assert gone.state is ReportState.WITHDRAWN
    assert await _counts(services) == {"active": 0, "in error": 3, "live": 0, "withdrawn": 2}
    assert await services.core.store.db["outbox"].count_documents({"name": "report_withdrawn"}) == 1
    trend = await services.reports.lab_trends.trend(
        viewer,
        resident_id,
        "14749-6",
        since=services.core.clock.now().replace(year=2020),
        until=services.core.clock.now(),
    )
    assert trend.series == ()
    ready = await retiring.restore(viewer, resident_id, report.id, version=gone.version)
    assert ready.state is ReportState.READY
    with pytest.raises(ReportNotInState):
        await retiring.undo(viewer, resident_id, report.id, version=ready.version)
    with pytest.raises(ReportNotInState):  # what was confirmed once is withdrawn, not put away
        await retiring.discard(viewer, resident_id, report.id, version=ready.version)


async def test_a_page_added_later_joins_the_same_entries(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    first = an_item()
    report = await a_report(services, viewer, resident_id, a_reading([first]), seed=1)
    done = await _confirm(services, viewer, report)
    second = an_item("肌酐", "88", loinc="14682-9", unit="umol/L", low=57, high=97, page=2)
    both = a_reading([first, second], pages=2)
    more = await a_report(services, viewer, resident_id, both, seed=2, into=report.id)
    assert (more.id, more.state, len(more.pages)) == (report.id, ReportState.READY, 2)
    again = await _confirm(services, viewer, more)
    before = {each.part: each.entry_id for each in done.links}
    after = {each.part: each.entry_id for each in again.links}
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1


async def test_a_caregiver_confirms_what_they_may_record(services: Services) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id, categories=frozenset({Category.REPORTS}))
    report = await a_report(services, daughter, resident_id, a_checkup())
    # Without the grant for readings vital signs stay results of the report.
    await _confirm(services, daughter, report)
    assert await _counts(services) == {"active": 6, "in error": 0, "live": 0, "withdrawn": 0}
    discharge = await a_report(services, daughter, resident_id, a_discharge(), seed=5)
    assert discharge.review is not None
    choice = Choice(medications=frozenset({discharge.review.medications[0].id}))
    with pytest.raises(AccessDenied) as denied:
        await _confirm(services, daughter, discharge, choice=choice)
    assert denied.value.data["category"] == "medications"
    son = await a_caregiver(
        services,
        resident_id,
        categories=frozenset({Category.REPORTS}),
        actions=frozenset({Action.VIEW, Action.RECORD}),
    )
    with pytest.raises(NotYourReport):
        await _confirm(services, son, discharge)
    assert (await _counts(services))["active"] == 6


async def test_nothing_printed_lies_plain_in_the_store(
    services: Services, person: Person, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    reading = a_reading([an_item("葡萄糖金丝雀")], facility="金丝雀医院")
    report = await a_report(services, person.viewer, person.resident_id, reading)
    assert report.review is not None
    item = report.review.items[0].id
    corrected = await services.reports.reviewing.correct_item(
        person.viewer, person.resident_id, report.id, item, {"text": "金丝雀"}, version=2
    )
    await _confirm(services, person.viewer, corrected)
    for model in (EntryDocument, ReadingDocument):
        async for raw in model.get_pymongo_collection().find():
            assert "金丝雀" not in str(raw)
    for name in ("reports", "report_jobs", "outbox", "versions", "idempotent_answers"):
        async for raw in services.core.store.db[name].find():
            assert "金丝雀" not in str(raw)
            assert "金丝雀".encode().hex() not in str(raw)
