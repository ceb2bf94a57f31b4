"""Trends computed by MongoDB against the same computed by hand."""

from __future__ import annotations

from datetime import timedelta
from statistics import mean

import pytest

from backend.access.errors import AccessDenied
from backend.core.clock import FixedClock
from backend.measurements.draft import Kind, Meal
from backend.measurements.trends import Period, Slot
from backend.measurements.write_errors import TrendSpanInvalid
from backend.services import Services
from tests.factories import a_key, a_resident, a_viewer, at, bp, glucose


async def test_days_mornings_and_evenings_are_apart(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    readings = [
        (at("2026-11-17", "07:00"), 150, 90),
        (at("2026-11-17", "07:10"), 140, 88),
        (at("2026-11-17", "21:00"), 120, 78),
        (at("2026-11-18", "23:59"), 130, 80),
        (at("2026-11-19", "00:01"), 118, 76),
    ]
    drafts = [bp(high, low, when) for when, high, low in readings]
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=a_key())
    trend = await services.trends.trend(
        viewer,
        resident_id,
        Kind.BLOOD_PRESSURE,
        period=Period.DAY,
        since=at("2026-11-17", "00:00"),
        until=at("2026-11-20", "00:00"),
    )
    assert [f"{bucket.start:%m-%d}" for bucket in trend.buckets] == ["11-17", "11-18", "11-19"]
    first = trend.buckets[0]
    assert first.all.stats["systolic"].mean == pytest.approx(mean([150, 140, 120]))
    assert (first.all.stats["systolic"].min, first.all.stats["systolic"].max) == (120, 150)
    assert first.slots[Slot.MORNING].stats["diastolic"].mean == 89
    assert first.slots[Slot.EVENING].count == 1
    # As the day goes, whatever order the store answered in.
    assert list(first.slots) == sorted(first.slots, key=list(Slot).index)
    assert trend.buckets[2].slots.keys() == {Slot.DAY}
    assert trend.whole.count == 5
    assert trend.whole.in_target_share == pytest.approx(3 / 5)


async def test_glucose_is_split_by_meal(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    drafts = [
        glucose(6.0, at("2026-11-17", "06:30"), meal=Meal.FASTING),
        glucose(7.0, at("2026-11-18", "06:30"), meal=Meal.FASTING),
        glucose(9.0, at("2026-11-18", "10:00"), meal=Meal.AFTER_MEAL),
    ]
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=a_key())
    trend = await services.trends.trend(
        viewer,
        resident_id,
        Kind.GLUCOSE,
        period=Period.WEEK,
        since=at("2026-11-01"),
        until=at("2026-11-21"),
    )
    [week] = trend.buckets
    assert f"{week.start:%Y-%m-%d}" == "2026-11-16"
    assert week.slots[Slot.FASTING].stats["glucose"].mean == 6.5
    assert week.slots[Slot.AFTER_MEAL].stats["glucose"].mean == 9.0
    only = await services.trends.trend(
        viewer,
        resident_id,
        Kind.GLUCOSE,
        period=Period.MONTH,
        since=at("2026-11-01"),
        until=at("2026-11-21"),
        meals=frozenset({Meal.FASTING}),
    )
    assert only.whole.count == 2


async def test_withdrawn_and_twin_readings_do_not_count(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    outcome = await services.recording.record(
        viewer, resident_id, bp(190, 100, at("2026-11-17")), idempotency_key=a_key(), confirmed=True
    )
    assert outcome.reading_id is not None
    await services.correcting.withdraw(viewer, resident_id, outcome.reading_id, version=1)
    trend = await services.trends.trend(
        viewer,
        resident_id,
        Kind.BLOOD_PRESSURE,
        period=Period.DAY,
        since=at("2026-11-01"),
        until=at("2026-11-21"),
    )
    assert (trend.buckets, trend.whole.count, trend.whole.in_target_share) == ([], 0, None)


async def test_a_span_backwards_or_without_end_is_refused(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    now = clock.now()
    for since, until in ((now, now), (now - timedelta(days=500), now)):
        with pytest.raises(TrendSpanInvalid):
            await services.trends.trend(
                viewer,
                resident_id,
                Kind.WEIGHT,
                period=Period.DAY,
                since=since,
                until=until,
            )


async def test_a_stranger_gets_no_trend(services: Services, clock: FixedClock) -> None:
    _, resident_id = await a_resident(services)
    with pytest.raises(AccessDenied):
        await services.trends.trend(
            a_viewer(),
            resident_id,
            Kind.WEIGHT,
            period=Period.DAY,
            since=clock.now() - timedelta(days=1),
            until=clock.now(),
        )
