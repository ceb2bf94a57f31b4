"""A slip that is taken back or put right leaves no row and no mean that stood on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from backend.core.clock import SHANGHAI, FixedClock
from backend.identity.viewer import Viewer
from backend.measurements.alert import Alert
from backend.measurements.documents import AlertDocument
from backend.measurements.draft import Draft
from backend.measurements.judge import Rule
from backend.services import Services
from backend.subscribers import build_dispatcher
from tests.factories import a_resident, bp, glucose
from tests.measurements.test_alerting import alerts, record


def days_ago(clock: FixedClock, days: float, systolic: float, diastolic: float = 76) -> Draft:
    return bp(systolic, diastolic, clock.now().astimezone(SHANGHAI) - timedelta(days=days))


async def a_week(services: Services, clock: FixedClock, usual: float) -> tuple[Viewer, ObjectId]:
    """Two a day, three days: enough for a mean, and none of them in a row out of target."""
    viewer, resident_id = await a_resident(services)
    for days in (3.5, 3.1, 2.5, 2.1, 1.5, 1.1):
        await record(services, viewer, resident_id, days_ago(clock, days, usual))
    return viewer, resident_id


async def of_rule(services: Services, who: tuple[Viewer, ObjectId], rule: Rule) -> list[Alert]:
    return [each for each in await alerts(services, *who) if each.rule is rule]


async def test_a_mean_that_a_slip_had_raised_is_no_alert_any_more(
    services: Services, clock: FixedClock
) -> None:
    who = await a_week(services, clock, 130)
    assert await of_rule(services, who, Rule.WEEKLY_MEAN) == []
    slip = await record(services, *who, days_ago(clock, 0.1, 178))
    [raised] = await of_rule(services, who, Rule.WEEKLY_MEAN)
    assert "137/76" in raised.reason.zh

    await services.correcting.withdraw(*who, slip, version=1)
    await build_dispatcher(services).drain()

    assert await of_rule(services, who, Rule.WEEKLY_MEAN) == []
    stored = await AlertDocument.get(raised.id)
    assert stored is not None
    assert (stored.open, stored.closed_reason) == (False, "reading_withdrawn")


async def test_a_mean_is_told_without_the_slip_where_it_is_raised_all_the_same(
    services: Services, clock: FixedClock
) -> None:
    who = await a_week(services, clock, 140)
    [before] = await of_rule(services, who, Rule.WEEKLY_MEAN)
    slip = await record(services, *who, days_ago(clock, 0.1, 178))
    [raised] = await of_rule(services, who, Rule.WEEKLY_MEAN)
    assert "145/76" in raised.reason.zh

    await services.correcting.withdraw(*who, slip, version=1)
    await build_dispatcher(services).drain()

    [after] = await of_rule(services, who, Rule.WEEKLY_MEAN)
    assert (after.id, after.reason, after.at) == (before.id, before.reason, before.at)
    assert set(after.readings) == set(before.readings)


async def test_a_mean_follows_what_was_put_right(services: Services, clock: FixedClock) -> None:
    who = await a_week(services, clock, 130)
    slip = await record(services, *who, days_ago(clock, 0.1, 178))
    assert await of_rule(services, who, Rule.WEEKLY_MEAN) != []
    await services.correcting.correct(*who, slip, days_ago(clock, 0.1, 128), version=1)
    await build_dispatcher(services).drain()
    assert await of_rule(services, who, Rule.WEEKLY_MEAN) == []


@pytest.mark.parametrize("which", [0, 1, 2])
async def test_a_row_that_lost_one_is_no_row(
    services: Services, clock: FixedClock, which: int
) -> None:
    who = await a_resident(services)
    row = [await record(services, *who, days_ago(clock, days, 150)) for days in (2.5, 1.5, 0.5)]
    assert len(await of_rule(services, who, Rule.IN_A_ROW)) == 1
    await services.correcting.withdraw(*who, row[which], version=1)
    await build_dispatcher(services).drain()
    assert await of_rule(services, who, Rule.IN_A_ROW) == []


async def test_a_reading_of_another_kind_leaves_it_as_it_is(
    services: Services, clock: FixedClock
) -> None:
    who = await a_week(services, clock, 140)
    [before] = await of_rule(services, who, Rule.WEEKLY_MEAN)
    other = await record(services, *who, glucose(6.0, clock.now().astimezone(SHANGHAI)))
    await services.correcting.withdraw(*who, other, version=1)
    await build_dispatcher(services).drain()
    assert await of_rule(services, who, Rule.WEEKLY_MEAN) == [before]
