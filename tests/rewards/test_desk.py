"""Operators' rules and campaigns: from tomorrow on, and nothing that was earned changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backend.core.clock import FixedClock
from backend.identity.errors import OperatorRequired
from backend.identity.viewer import Role
from backend.main import build_dispatcher
from backend.services import Services
from rewards.errors import PointRuleNotFound, PointRuleStartsTooSoon, PointRuleUnfit
from rewards.rules.rule import Campaign, Words
from tests.factories import a_resident, a_viewer, at, bp

TODAY, TOMORROW = date(2026, 11, 21), date(2026, 11, 22)


def a_raw(**changes: Any) -> dict[str, Any]:
    return {
        "key": "measuring_day", "evidence": "measuring", "each": "day", "points": 3,
        "start": TOMORROW, "most_a_day": 3, "most_a_month": 93, "back_days": 7,
        "zh": "今日测量", "en": "Measure", "how_zh": "每天三分", "how_en": "3 a day",
    } | changes  # fmt: skip


def a_campaign(**changes: Any) -> Campaign:
    fields: dict[str, Any] = {
        "key": "double11", "rule": "measuring_day", "factor": 2,
        "start": TOMORROW, "end": TOMORROW, "title": Words("双倍", "Double"),
    } | changes  # fmt: skip
    return Campaign(**fields)


async def test_a_new_version_earns_from_its_day_on(services: Services, clock: FixedClock) -> None:
    await services.points.rules.set(a_viewer(Role.OPERATOR), a_raw())
    viewer, resident = await a_resident(services)
    clock.set(at("2026-11-22", "20:00"))
    drafts = [bp(when=at("2026-11-21")), bp(when=at("2026-11-22"))]
    await services.recording.record_batch(viewer, resident, drafts, idempotency_key=None)
    await build_dispatcher(services).drain()
    assert await services.points.ledger.balance(resident) == 4


async def test_a_campaign_doubles_its_days_and_an_end_stops_the_rule(
    services: Services, clock: FixedClock
) -> None:
    operator, desk = a_viewer(Role.OPERATOR), services.points.rules
    await desk.start_campaign(operator, a_campaign())
    await desk.end(operator, "measuring_day", TOMORROW + timedelta(days=1))
    viewer, resident = await a_resident(services)
    clock.set(at("2026-11-23", "20:00"))
    drafts = [bp(when=at(f"2026-11-{day}")) for day in (21, 22, 23)]
    await services.recording.record_batch(viewer, resident, drafts, idempotency_key=None)
    await build_dispatcher(services).drain()
    assert await services.points.ledger.balance(resident) == 1 + 2


async def test_nothing_starts_today_and_nobody_else_sets_anything(services: Services) -> None:
    operator, desk = a_viewer(Role.OPERATOR), services.points.rules
    with pytest.raises(PointRuleStartsTooSoon):
        await desk.set(operator, a_raw(start=TODAY))
    with pytest.raises(PointRuleStartsTooSoon):
        await desk.end(operator, "measuring_day", TODAY)
    with pytest.raises(PointRuleStartsTooSoon):
        await desk.start_campaign(operator, a_campaign(start=TODAY))
    with pytest.raises(PointRuleStartsTooSoon):
        await desk.end_campaign(operator, "double11", TODAY - timedelta(days=1))
    with pytest.raises(PointRuleNotFound):
        await desk.end(operator, "nothing", TOMORROW)
    with pytest.raises(PointRuleNotFound):
        await desk.start_campaign(operator, a_campaign(rule="nothing"))
    with pytest.raises(OperatorRequired):
        await desk.set(a_viewer(), a_raw())
    db = services.core.store.db
    assert await db["point_rules"].count_documents({}) == 0
    assert await db["point_campaigns"].count_documents({}) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"points": 0}, "points"), ({"each": "hour"}, "each"), ({"most_a_day": 2}, "most_a_day")],
)
async def test_an_unfit_rule_is_refused_by_field(
    services: Services, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(PointRuleUnfit) as refused:
        await services.points.rules.set(a_viewer(Role.OPERATOR), a_raw(**changes))
    assert refused.value.data["field"] == field
    assert await services.core.store.db["point_rules"].count_documents({}) == 0


@pytest.mark.parametrize(
    "changes", [{"factor": 1}, {"factor": 6}, {"end": TODAY}, {"title": Words("", "x")}]
)
async def test_an_unfit_campaign_is_refused(services: Services, changes: dict[str, Any]) -> None:
    with pytest.raises(PointRuleUnfit):
        await services.points.rules.start_campaign(a_viewer(Role.OPERATOR), a_campaign(**changes))
    assert await services.core.store.db["point_campaigns"].count_documents({}) == 0
