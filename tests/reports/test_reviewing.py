"""Corrections: kept with who made them, each to be undone; what they change follows."""

from __future__ import annotations

import httpx
import pytest

from backend.access.categories import Category
from backend.core.history import ChangedMeanwhile
from backend.core.text_errors import TextTooLong
from backend.reports.confirming import Confirmation
from backend.reports.errors import (
    CorrectionNotFound,
    ReportItemNotFound,
    ReportNotInState,
    ValueUnreadable,
)
from backend.reports.lab_items import lab_item
from backend.services import Services
from graphql_api.common import ids
from tests.factories import a_caregiver, a_key, a_resident
from tests.graphql_api.household import granted
from tests.reports.graphql import changed, refused, report_of
from tests.reports.papers import a_reading, a_report, an_item
from tests.reports.people import Person


async def test_a_correction_is_one_tap_and_can_be_undone(
    services: Services, person: Person
) -> None:
    doubtful = an_item(needs_review=True, doubts=["misread"])
    items = [doubtful, an_item("钾", "3.2", loinc="2823-3", row=1)]
    report = await a_report(services, person.viewer, person.resident_id, a_reading(items))
    key = ids.encode("PaperReport", person.resident_id, report.id)
    shown = await report_of(person.api, key)
    glucose, potassium = shown["items"]
    assert (glucose["uncertain"], glucose["doubts"]) == (True, ["misread"])
    looked = await changed(
        person.api, "correct_report_item", id=key, version=shown["version"], item=glucose["id"]
    )
    assert not looked["items"][0]["uncertain"]
    assert looked["items"][0]["text"] == "7.83"
    fixed = await changed(
        person.api,
        "correct_report_item",
        id=key,
        version=looked["version"],
        item=potassium["id"],
        text="5.9",
        reference="3.5-5.3",
    )
    assert (fixed["items"][1]["value"], fixed["items"][1]["flag"]) == (5.9, "HIGH")
    assert fixed["items"][1]["correction"]["by"]["relation"] == "self"
    assert [each["fields"] for each in fixed["corrections"]] == [
        ["checked"], ["reference", "text"],
    ]  # fmt: skip
    back = await changed(
        person.api,
        "undo_report_correction",
        id=key,
        version=fixed["version"],
        correction=fixed["corrections"][1]["id"],
    )
    assert (back["items"][1]["text"], back["items"][1]["correction"]) == ("3.2", None)
    assert back["corrections"][1]["undoneAt"] is not None


async def test_what_was_missed_is_added_and_what_is_wrong_removed(
    services: Services, person: Person
) -> None:
    report = await a_report(services, person.viewer, person.resident_id, a_reading([an_item()]))
    key = ids.encode("PaperReport", person.resident_id, report.id)
    more = await changed(
        person.api,
        "add_report_item",
        id=key,
        version=report.version,
        name="肌酐",
        text="120",
        unit="umol/L",
        reference="57-97",
    )
    added = more["items"][1]
    assert (added["loinc"], added["flag"], added["evidence"]) == ("14682-9", "HIGH", None)
    less = await changed(
        person.api,
        "correct_report_item",
        id=key,
        version=more["version"],
        item=more["items"][0]["id"],
        removed=True,
    )
    assert less["items"][0]["removed"]
    header = await changed(
        person.api,
        "correct_report_header",
        id=key,
        version=less["version"],
        facility="人民医院",
        collectedAt="2026-11-01",
    )
    assert (header["facility"], header["collectedAt"]) == ("人民医院", "2026-11-01")


async def test_what_cannot_be_is_refused_and_nothing_changes(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    report = await a_report(services, viewer, resident_id, a_reading([an_item()]))
    assert report.review is not None
    item, place = report.review.items[0].id, (viewer, resident_id, report.id)
    reviewing = services.reports.reviewing
    with pytest.raises(ReportItemNotFound):
        await reviewing.correct_item(*place, "p9-0-0-1-1", {"text": "1"}, version=report.version)
    with pytest.raises(ChangedMeanwhile):
        await reviewing.correct_item(*place, item, {"text": "1"}, version=report.version + 1)
    with pytest.raises(ValueUnreadable):
        await reviewing.correct_item(*place, item, {"text": " "}, version=report.version)
    with pytest.raises(ValueUnreadable):
        await reviewing.add_item(*place, {"name": "钾"}, version=report.version)
    with pytest.raises(TextTooLong):
        await reviewing.correct_item(*place, item, {"name": "长" * 100_001}, version=report.version)
    with pytest.raises(CorrectionNotFound):
        await reviewing.undo(*place, report.id, version=report.version)
    assert await services.reports.reports.load(resident_id, report.id) == report
    again = services.reports.retiring.read_again
    await again(viewer, resident_id, report.id, version=report.version)
    with pytest.raises(ReportNotInState):
        await reviewing.correct_item(*place, item, {"text": "1"}, version=report.version + 1)


async def test_a_wrong_date_is_refused(services: Services, person: Person) -> None:
    report = await a_report(services, person.viewer, person.resident_id, a_reading([an_item()]))
    key = ids.encode("PaperReport", person.resident_id, report.id)
    code = await refused(
        person.api, "correct_report_header", id=key, version=report.version, reportedAt="昨天"
    )
    assert code == "DATE_MALFORMED"
    assert await services.reports.reports.load(person.resident_id, report.id) == report


async def test_corrections_hold_when_the_report_is_read_again(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id, categories=frozenset({Category.REPORTS}))
    first = an_item()
    report = await a_report(services, viewer, resident_id, a_reading([first]), seed=1)
    assert report.review is not None
    item = report.review.items[0].id
    await services.reports.reviewing.correct_item(
        daughter, resident_id, report.id, item, {"text": "8.73"}, version=report.version
    )
    both = a_reading([first, an_item("钾", "4.1", loinc="2823-3", page=2)], pages=2)
    more = await a_report(services, viewer, resident_id, both, seed=2, into=report.id)
    assert more.review is not None
    assert [each.text for each in more.review.items] == ["8.73", "4.1"]
    changed_by = more.review.items[0].changed_by
    assert changed_by is not None
    assert (changed_by.by.account_id, changed_by.by.kinship) == (daughter.account_id, "daughter")


async def test_units_are_converted_and_specimens_kept_apart(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    readings = [
        a_reading([an_item(text="6.0")], collected_at="2024-05-01T08:00:00+08:00"),
        a_reading(
            [an_item(text="126", loinc="2345-7", unit="mg/dL", low=70, high=110)],
            collected_at="2025-05-01T08:00:00+08:00",
        ),
        a_reading([an_item("空腹血糖", "7.1", loinc="14771-0")]),
    ]
    for seed, reading in enumerate(readings):
        report = await a_report(services, viewer, resident_id, reading, seed=seed)
        await services.reports.confirming.confirm(
            viewer,
            resident_id,
            report.id,
            version=report.version,
            said=Confirmation(),
            idempotency_key=a_key(),
        )
    now = services.core.clock.now()
    trend = await services.reports.lab_trends.trend(
        viewer, resident_id, "2345-7", since=now.replace(year=2020), until=now
    )
    assert (trend.name, trend.unit) == (lab_item("14749-6").name, "mmol/L")
    found = {each.code: [point.value for point in each.points] for each in trend.series}
    assert found == {"14749-6": [6.0], "2345-7": [6.993], "14771-0": [7.1]}
    assert {each.code: each.meal for each in trend.series}["14771-0"] == "fasting"


async def test_links_open_for_who_may_see_and_no_longer(
    services: Services, person: Person, client: httpx.AsyncClient
) -> None:
    report = await a_report(services, person.viewer, person.resident_id, a_reading([an_item()]))
    key = ids.encode("PaperReport", person.resident_id, report.id)
    shown = await report_of(person.api, key)
    link = shown["items"][0]["evidence"]["pageUrl"]
    assert (await client.get(link)).status_code == 200
    for wrong in (
        link.replace("/pages/1", "/pages/2"),
        link.replace("item=p1", "item=p2"),
        link.split("?")[0],
    ):
        assert (await client.get(wrong)).status_code == 401
    headers = person.api.headers()
    missing = await client.get(f"/reports/{key}/pages/9", headers=headers)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "REPORT_PAGE_NOT_FOUND")
    unknown = await client.get(f"/reports/{key}/pages/1/crop?item=p1-x", headers=headers)
    assert unknown.json()["error"]["code"] == "REPORT_ITEM_NOT_FOUND"
    _, token = await granted(services, person.resident_id, Category.READINGS)
    denied = await client.get(
        f"/reports/{key}/pages/1", headers={"authorization": f"Bearer {token}"}
    )
    assert (denied.status_code, denied.json()["error"]["code"]) == (403, "ACCESS_DENIED")
