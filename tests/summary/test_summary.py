"""The summary for the doctor: what it says, where it has it from, and to whom."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from bson import ObjectId

from backend.access.categories import Category
from backend.access.errors import AccessDenied
from backend.core.clock import FixedClock
from backend.identity.viewer import Language, Viewer
from backend.main import build_dispatcher
from backend.measurements.readings import ReadingFilter
from backend.services import Services
from backend.summary.errors import SummarySinceInvalid
from backend.summary.model import Indicator, Line, Some, Summary
from backend.summary.page import html
from tests.api import sign_in
from tests.factories import a_caregiver, a_condition, a_key, a_resident, a_viewer, at, bp
from tests.summary.records import a_record, drug, visit


async def the_summary(services: Services) -> tuple[Viewer, ObjectId, Summary]:
    viewer, resident_id = await a_record(services)
    return viewer, resident_id, await services.summaries.summary(viewer, resident_id)


def texts(some: Some[Line] | None) -> list[str]:
    assert some is not None
    return [each.text for each in some.shown]


def indicator(summary: Summary, key: str) -> Indicator:
    assert summary.indicators is not None
    return next(each for each in summary.indicators.shown if each.id == key)


async def test_it_begins_with_the_last_visit_and_compares_with_as_long_before(
    services: Services,
) -> None:
    _, _, summary = await the_summary(services)
    assert summary.window.since == at("2026-10-22", "09:00")
    assert summary.window.until - summary.window.since == summary.window.since - (
        summary.window.before
    )
    assert summary.window.visit is not None
    assert "幸福里社区卫生服务中心" in summary.window.words
    assert (summary.who.name, summary.who.sex, summary.who.age) == ("张建国", "男", "74 岁")


async def test_means_shares_and_changes_are_those_of_the_stored_readings(
    services: Services,
) -> None:
    viewer, resident_id, summary = await the_summary(services)
    pressure = indicator(summary, "blood_pressure")
    assert pressure.now is not None
    assert pressure.before is not None
    assert (pressure.now.mean, pressure.now.count) == ("130/80", 10)
    assert (pressure.before.mean, pressure.before.count) == ("150/90", 10)
    assert pressure.change == "−20/−10"
    assert (pressure.now.in_target, pressure.before.in_target) == (1.0, 0.0)
    sugar = indicator(summary, "glucose_fasting")
    assert sugar.now is not None
    assert (sugar.now.mean, sugar.change) == ("6.0", "−2.0")
    page = await services.readings.page(viewer, resident_id, ReadingFilter(), first=100)
    stored = {each.id: each for each in page.items}
    for source in (*pressure.now.sources, *pressure.before.sources, pressure.latest.source):
        assert "systolic" in stored[source].values
    assert {stored[each].values["systolic"] for each in pressure.now.sources} == {130}


async def test_the_lowest_and_highest_are_single_readings_with_their_source(
    services: Services,
) -> None:
    viewer, resident_id = await a_record(services)
    high = await services.recording.record(
        viewer, resident_id, bp(172, 96, at("2026-11-15")), idempotency_key=a_key()
    )
    summary = await services.summaries.summary(viewer, resident_id)
    row = indicator(summary, "blood_pressure")
    assert row.highest is not None
    assert row.lowest is not None
    assert (row.highest.text, row.highest.source) == ("172/96", high.reading_id)
    assert row.lowest.text == "130/80"
    assert row.spark is not None
    assert len(row.spark.lines) == 2
    assert row.spark.split == pytest.approx(0.5, abs=0.01)


async def test_a_withdrawn_reading_is_in_no_figure(services: Services) -> None:
    viewer, resident_id = await a_record(services)
    wrong = await services.recording.record(
        viewer, resident_id, bp(172, 96, at("2026-11-15")), idempotency_key=a_key()
    )
    assert wrong.reading_id is not None
    await services.correcting.withdraw(viewer, resident_id, wrong.reading_id, version=1)
    summary = await services.summaries.summary(viewer, resident_id)
    row = indicator(summary, "blood_pressure")
    assert row.highest is not None
    assert row.highest.text == "130/80"
    assert row.now is not None
    assert row.now.count == 10


async def test_what_must_not_be_overlooked_comes_first(services: Services) -> None:
    _, _, summary = await the_summary(services)
    assert texts(summary.problems) == ["高血压"]  # what is resolved is not a problem
    assert texts(summary.allergies) == ["青霉素", "花粉"]
    assert summary.allergies is not None
    assert summary.allergies.shown[0].detail == "高危，呼吸困难"
    assert texts(summary.medications) == ["缬沙坦胶囊 5 mg/片", "苯磺酸氨氯地平片 5 mg/片"]
    assert summary.medications is not None
    assert summary.medications.shown[0].marked
    assert summary.medications.shown[0].detail.startswith("新加，每日早晨 1 片（5 mg）")
    assert texts(summary.medication_changes) == ["已停：吲达帕胺片（2026-11-01）"]
    assert texts(summary.symptoms) == ["头晕半小时"]
    assert texts(summary.reports) == ["生化检查，2026-10-20，市第一医院"]


async def test_laboratory_items_out_of_range_come_first_with_their_course(
    services: Services,
) -> None:
    _, _, summary = await the_summary(services)
    assert summary.labs is not None
    high, normal = summary.labs.shown
    assert (high.name, high.latest.text, high.flag, high.range) == (
        "糖化血红蛋白",
        "7.0 %",
        "↑",
        "4–6",
    )
    assert high.before is not None
    assert high.before.text == "7.4 %"
    assert high.spark is not None
    assert (normal.name, normal.flag, normal.before) == ("钾", "", None)


async def test_open_alerts_are_shown_the_gravest_first(services: Services) -> None:
    viewer, resident_id = await a_record(services)
    await services.recording.record(
        viewer, resident_id, bp(190, 115, at("2026-11-20")), idempotency_key=a_key()
    )
    await build_dispatcher(services).drain()
    summary = await services.summaries.summary(viewer, resident_id)
    assert "190/115" in texts(summary.alerts)[0]


async def test_what_is_not_granted_is_said_and_shown_nowhere(services: Services) -> None:
    _, resident_id = await a_record(services)
    daughter = await a_caregiver(
        services,
        resident_id,
        categories=frozenset({Category.READINGS, Category.MEDICATIONS, Category.CHAT}),
    )
    summary = await services.summaries.summary(daughter, resident_id)
    assert summary.withheld == (
        Category.PROFILE,
        Category.CONDITIONS,
        Category.REPORTS,
        Category.MENTAL_HEALTH,
        Category.REPRODUCTIVE_HEALTH,
    )
    assert (summary.problems, summary.allergies, summary.labs, summary.reports) == (None,) * 4
    # The visit belongs to what is not granted: the page must not begin with it.
    assert summary.window.visit is None
    assert summary.window.since == services.core.clock.now() - timedelta(days=90)
    page = html(summary)
    assert "未授权查看：个人信息、诊断、过敏和就诊、检验和报告、心理健康、生殖健康" in page
    for word in ("张建国", "高血压", "青霉素", "糖化血红蛋白", "幸福里"):
        assert word not in page


async def test_mental_health_is_on_the_page_only_where_it_is_granted(services: Services) -> None:
    viewer, resident_id = await a_record(services)
    await services.entries.add(
        viewer, resident_id, a_condition("抑郁症", "F32.9", "2019"), idempotency_key=a_key()
    )
    own = await services.summaries.summary(viewer, resident_id)
    assert "抑郁症" in texts(own.problems)
    rest = frozenset(Category) - {Category.MENTAL_HEALTH}
    daughter = await a_caregiver(services, resident_id, categories=rest)
    hers = await services.summaries.summary(daughter, resident_id)
    assert "抑郁症" not in html(hers)
    assert (own.who.name, hers.who.name) == ("张建国", "张*国")
    assert "张建国" not in html(hers)


async def test_strangers_and_those_with_chat_only_get_nothing(services: Services) -> None:
    _, resident_id = await a_record(services)
    chat = await a_caregiver(services, resident_id, categories=frozenset({Category.CHAT}))
    for nobody in (a_viewer(), chat):
        with pytest.raises(AccessDenied):
            await services.summaries.summary(nobody, resident_id)


async def test_an_empty_record_makes_an_empty_page(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    summary = await services.summaries.summary(viewer, resident_id)
    assert texts(summary.problems) == []
    assert summary.indicators is not None
    assert summary.indicators.shown == ()
    page = html(summary)
    assert "档案中没有记录" in page
    assert "这段时间没有记录" in page
    assert "近 90 天" in page


async def test_a_visit_of_this_week_is_the_one_the_page_is_for(services: Services) -> None:
    viewer, resident_id = await a_record(services)
    await services.entries.add(viewer, resident_id, visit("2026-11-19"), idempotency_key=a_key())
    summary = await services.summaries.summary(viewer, resident_id)
    assert summary.window.since == at("2026-10-22", "09:00")


async def test_a_since_that_is_asked_for_holds_and_an_impossible_one_is_refused(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_record(services)
    summary = await services.summaries.summary(viewer, resident_id, at("2026-11-01"))
    assert summary.window.since == at("2026-11-01")
    assert summary.window.visit is None
    for wrong in (clock.now(), clock.now() + timedelta(days=1), clock.now() - timedelta(days=366)):
        with pytest.raises(SummarySinceInvalid):
            await services.summaries.summary(viewer, resident_id, wrong)


async def test_more_than_fits_is_counted_and_said(services: Services) -> None:
    viewer, resident_id = await a_record(services)
    for number in range(12):
        await services.entries.add(
            viewer, resident_id, drug(f"药品{number}", "2020-01"), idempotency_key=a_key()
        )
    summary = await services.summaries.summary(viewer, resident_id)
    assert summary.medications is not None
    assert (len(summary.medications.shown), summary.medications.left_out) == (8, 6)
    assert "另有 6 项" in html(summary)


async def test_the_same_record_makes_the_same_page(services: Services) -> None:
    viewer, resident_id, summary = await the_summary(services)
    again = await services.summaries.summary(viewer, resident_id)
    assert again == summary
    assert html(again) == html(summary)


async def test_words_of_the_record_cannot_become_markup(services: Services) -> None:
    viewer, resident_id = await a_record(services)
    evil = "<script>alert(1)</script>"
    await services.entries.add(
        viewer, resident_id, a_condition(evil, "I11", "2016"), idempotency_key=a_key()
    )
    page = html(await services.summaries.summary(viewer, resident_id))
    assert evil not in page
    assert "&lt;script&gt;" in page


async def test_english_speaks_english(services: Services, client: httpx.AsyncClient) -> None:
    _, viewer = await sign_in(services, client)
    await a_record(services, viewer)
    viewer.language = Language.EN
    [relation] = await services.access.relations(viewer)
    summary = await services.summaries.summary(viewer, relation.resident_id)
    assert "Key indicators" in html(summary)
    assert summary.who.age == "74 years"
    assert summary.window.words.startswith(
        "Since the last visit (2026-10-22 幸福里社区卫生服务中心)"
    )
