"""Results outside a report's own ranges: told once, followed through corrections and undoing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.core.clock import FixedClock
from backend.main import build_dispatcher
from backend.measurements.thresholds import Level
from backend.measurements.thresholds.person import UNKNOWN_PERSON
from backend.reports.alerts.judging import Subject, outside
from backend.reports.confirming import Confirmation
from backend.reports.documents import ReportState
from backend.reports.errors import ResultAlertNotFound
from backend.reports.events import ReportConfirmed, ResultsOutside
from backend.reports.report import Report
from backend.reports.review import review_of
from backend.services import Services
from ocr.model import Flag, ParsedReport
from tests.factories import a_caregiver, a_key, a_resident
from tests.reports.graphql import operation
from tests.reports.papers import a_checkup, a_reading, a_report, an_item
from tests.reports.people import Person

_DAY = "2026-11-20T08:12:00+08:00"
_AT = datetime.fromisoformat(_DAY)
_POTASSIUM: dict[str, Any] = {"loinc": "2823-3", "low": 3.5, "high": 5.3, "row": 1}


async def _confirmed(
    services: Services, person: Person, reading: ParsedReport, *, seed: int = 0
) -> Report:
    report = await a_report(services, person.viewer, person.resident_id, reading, seed=seed)
    return await _again(services, person, report)


async def _again(services: Services, person: Person, report: Report) -> Report:
    done = await services.reports.confirming.confirm(
        person.viewer,
        person.resident_id,
        report.id,
        version=report.version,
        said=Confirmation(uncertain_confirmed=True),
        idempotency_key=a_key(),
    )
    await build_dispatcher(services).drain()
    return done


async def _open(services: Services, person: Person) -> list[Any]:
    page = await services.reports.alerts.page(person.viewer, person.resident_id, first=10)
    return list(page.items)


async def _told(services: Services) -> list[str]:
    """The levels of the events that were published, in order."""
    found = services.core.store.db["outbox"].find({"name": ResultsOutside.name})
    return [raw["body"]["level"] async for raw in found.sort([("_id", 1)])]


def _paper(*items: Any, **fields: Any) -> ParsedReport:
    return a_reading(items, collected_at=_DAY, **fields)


async def test_results_outside_are_told_once_with_the_evidence(
    services: Services, person: Person
) -> None:
    items = (
        an_item("葡萄糖", "7.83"),
        an_item("钾", "4.1", **_POTASSIUM),
        an_item("尿蛋白", "阳性(++)", loinc=None, unit=None, low=None, high=None, row=2,
                flag="abnormal"),
    )  # fmt: skip
    report = await _confirmed(services, person, _paper(*items))
    [alert] = await _open(services, person)
    assert (alert.id, alert.level) == (report.id, Level.NOTICE)
    assert alert.reason.zh == (
        "2026-11-20 市第一人民医院检验报告有 2 项不在报告自己的参考范围内："
        "葡萄糖 7.83 mmol/L 偏高、尿蛋白 阳性(++) 异常"
    )
    assert [each.name for each in alert.results] == ["葡萄糖", "尿蛋白"]
    event = ReportConfirmed(resident_id=report.resident_id, report_id=report.id)
    await services.reports.alerting.on_report(event, report.id)
    assert await _told(services) == ["1"]
    data = await person.api.ask(operation("result_alerts"), residentId=person.id)
    [edge] = data["resident"]["resultAlerts"]["edges"]
    shown = edge["node"]
    assert (shown["level"], shown["reason"], shown["open"]) == ("NOTICE", alert.reason.zh, True)
    assert shown["report"]["state"] == "CONFIRMED"
    crop = shown["results"][0]["evidence"]["cropUrl"]
    picture = await person.api.client.get(crop)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    seen = await person.api.ask(operation("acknowledge_result_alert"), input={"id": shown["id"]})
    assert seen["acknowledgeResultAlert"]["alert"]["open"] is False
    assert await _open(services, person) == []
    assert await _told(services) == ["1"]


@pytest.mark.parametrize(
    ("text", "unit", "flag", "level"),
    [
        ("16.7", "mmol/L", "high", Level.URGENT),
        (">33.3", "mmol/L", None, Level.URGENT),
        ("301", "mg/dL", "high", Level.URGENT),
        ("2.9", "mmol/L", "low", Level.URGENT),
        ("3.9", "mmol/L", "normal", Level.HIGH),
        ("16.6", "mmol/L", "high", Level.HIGH),
        ("11.0", "mmol/L", "high", Level.NOTICE),
        ("16.6", "个/HP", "high", Level.NOTICE),
        ("5.1", "mmol/L", "normal", None),
    ],
)
def test_how_urgent_a_result_is(
    text: str, unit: str, flag: Flag | None, level: Level | None
) -> None:
    review = review_of(_paper(an_item(text=text, unit=unit, flag=flag)), ())
    subject = Subject(person=UNKNOWN_PERSON, overrides=(), at=_AT, now=_AT + timedelta(days=2))
    assert [each.level for each in outside(review.kept, subject)] == ([level] if level else [])
    old = replace(subject, now=_AT + timedelta(days=15))
    told = [each.level for each in outside(review.kept, old)]
    assert told == ([Level.NOTICE] if flag in ("high", "low") else [])


async def test_a_dangerous_result_says_what_to_do_today(services: Services, person: Person) -> None:
    items = (an_item("钾", "3.0", **_POTASSIUM, flag="low"), an_item("葡萄糖", "17.2"))
    await _confirmed(services, person, _paper(*items))
    [alert] = await _open(services, person)
    assert (alert.level, await _told(services)) == (Level.URGENT, ["3"])
    assert [each.name for each in alert.results] == ["葡萄糖", "钾"]
    assert alert.reason.zh == (
        "2026-11-20 市第一人民医院检验报告：血糖 17.2 mmol/L，达到或超过 16.7，需要当天就医"
    )
    assert "120" in alert.what_to_do.zh
    assert alert.source.zh.startswith("国家基层")


async def test_nothing_is_told_where_all_is_inside_or_was_measured_on_the_body(
    services: Services, person: Person
) -> None:
    await _confirmed(services, person, _paper(an_item("葡萄糖", "5.10")))
    checkup = a_checkup()
    checkup.items = [each for each in checkup.items if each.name != "葡萄糖"]
    await _confirmed(services, person, checkup, seed=1)
    assert await services.core.store.db["report_alerts"].count_documents({}) == 0
    alerts = services.core.store.db["alerts"].find({})
    assert {raw["kind"] async for raw in alerts} <= {"blood_pressure", "bmi"}


async def test_it_follows_the_report_through_undoing_and_correcting(
    services: Services, person: Person, clock: FixedClock
) -> None:
    items = (an_item("葡萄糖", "7.83"), an_item("钾", "4.1", **_POTASSIUM))
    report = await _confirmed(services, person, _paper(*items))
    await services.reports.alerts.acknowledge(person.viewer, person.resident_id, report.id)
    retiring, reviewing = services.reports.retiring, services.reports.reviewing
    place = (person.viewer, person.resident_id, report.id)
    undone = await retiring.undo(*place, version=report.version)
    await build_dispatcher(services).drain()
    assert (await services.reports.alerts.get(*place)).open is False
    same = await _again(services, person, undone)
    assert await _open(services, person) == [], "what was seen is not told again"
    assert await _told(services) == ["1"]
    undone = await retiring.undo(*place, version=same.version)
    assert undone.review is not None
    potassium = undone.review.items[1].id
    clock.advance(timedelta(minutes=5))
    worse = await reviewing.correct_item(*place, potassium, {"text": "6.1"}, version=undone.version)
    again = await _again(services, person, worse)
    [alert] = await _open(services, person)
    assert [each.text for each in alert.results] == ["7.83", "6.1"]
    assert (alert.acknowledged_at, await _told(services)) == (None, ["1", "1"])
    withdrawn = await retiring.withdraw(*place, version=again.version)
    await build_dispatcher(services).drain()
    assert withdrawn.state is ReportState.WITHDRAWN
    assert await _open(services, person) == []
    assert await _told(services) == ["1", "1"]


async def test_caregivers_see_and_acknowledge_by_their_rights(
    services: Services, person: Person
) -> None:
    report = await _confirmed(services, person, _paper(an_item("葡萄糖", "7.83")))
    resident_id, alerts = person.resident_id, services.reports.alerts
    only_view = await a_caregiver(
        services,
        resident_id,
        categories=frozenset({Category.REPORTS}),
        actions=frozenset({Action.VIEW}),
    )
    assert (await alerts.get(only_view, resident_id, report.id)).open
    with pytest.raises(AccessDenied):
        await alerts.acknowledge(only_view, resident_id, report.id)
    only_readings = await a_caregiver(
        services, resident_id, categories=frozenset({Category.READINGS})
    )
    with pytest.raises(AccessDenied):
        await alerts.page(only_readings, resident_id, first=5)
    stranger, other = await a_resident(services)
    with pytest.raises(ResultAlertNotFound):
        await alerts.acknowledge(stranger, other, report.id)
    [alert] = await _open(services, person)
    assert alert.acknowledged_at is None


async def test_its_words_lie_sealed_and_are_in_the_download(
    services: Services, person: Person
) -> None:
    await _confirmed(services, person, _paper(an_item("葡萄糖", "7.83")))
    raw = await services.core.store.db["report_alerts"].find_one({})
    assert raw is not None
    assert b"7.83" not in bytes(raw["said"])
    assert "葡萄糖" not in json.dumps({**raw, "said": None}, default=str, ensure_ascii=False)
    [row] = await services.reports.alerts.plain(person.viewer, person.resident_id)
    assert (row["results"][0]["name"], row["level"], row["open"]) == ("葡萄糖", "notice", True)
