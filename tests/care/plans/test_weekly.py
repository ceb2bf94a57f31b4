"""Each week is looked at once, whatever clocks and workers do; what it changed says why."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from backend.care.documents import Ticket
from backend.care.plans.documents import Change, PlanDocument, PlanState, WeekDocument
from backend.care.plans.programme import Stage
from backend.core.clock import FixedClock
from backend.core.outbox import OutboxEntry
from backend.notifications.documents import InboxItem
from backend.services import Services
from tests.care.plans.helpers import (
    GOOD_VALUES,
    HIGH,
    HIGH_VALUES,
    a_doctor_of,
    a_week,
    next_monday,
    reload,
    reminders,
    started,
    told,
    with_conditions,
)


async def test_twelve_weeks_of_a_life_with_high_blood_pressure(
    services: Services, clock: FixedClock
) -> None:
    """High for two weeks: the doctor hears of it. Four good ones: fewer measurements. Two
    forgotten: simpler. Two bad ones: back to the start, and the doctor hears again."""
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    doctor = await a_doctor_of(services, resident_id)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    next_monday(clock)
    await services.care_plans.worker.drain()
    seen: list[tuple[str, str]] = []

    async def week(values: tuple[float, float], days: int = 7) -> None:
        await a_week(services, viewer, resident_id, clock, values, days=days)
        now = await reload(services, plan)
        [last, *_] = await services.care_plans.looking.revisions(now)
        seen.append((now.stage.value, last.what.value))

    for _ in range(2):
        await week(HIGH_VALUES)
    for _ in range(4):
        await week(GOOD_VALUES)
    assert [each["rule"] for each in await reminders(resident_id)] == ["FREQ=WEEKLY;BYDAY=TU,SA"]
    for _ in range(2):
        await week(GOOD_VALUES, days=1)
    [reminder] = await reminders(resident_id)
    assert reminder["times"] == ["07:30"]
    for _ in range(4):
        await week(HIGH_VALUES)
    start, controlled, simpler = (each.value for each in Stage)
    assert seen == [
        (start, "started"),
        (start, "worse"),
        (start, "worse"),
        (start, "worse"),
        (start, "worse"),
        (controlled, "less_often"),
        (controlled, "less_often"),
        (simpler, "simpler"),
        (simpler, "simpler"),
        (start, "back_to_start"),
        (start, "back_to_start"),
        (start, "back_to_start"),  # the doctor was told two weeks ago
    ]
    after = await reload(services, plan)
    revisions = await services.care_plans.looking.revisions(after)
    assert [each.number for each in revisions] == [6, 5, 4, 3, 2]
    assert revisions[2].why.zh == "连续 4 周有 80% 以上的测量达标，可以少测几次"
    assert {each.by for each in revisions[:-1]} == {None}
    assert await WeekDocument.find({"plan_id": plan.id}).count() == 13
    worse = await OutboxEntry.find({"name": "care_plan_worse"}).count()
    assert (worse, await Ticket.find({"resident_id": resident_id}).count()) == (2, 2)
    await told(services)
    heard = {each.text async for each in InboxItem.find({"account_id": doctor.account_id})}
    assert "plan_worse" in heard
    mine = [each.text async for each in InboxItem.find({"account_id": viewer.account_id})]
    assert mine.count("plan_changed") == 4


async def test_a_clock_that_jumps_looks_at_no_week_twice_and_is_not_waited_for(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    next_monday(clock)
    await a_week(services, viewer, resident_id, clock, GOOD_VALUES)
    right = clock.now()
    assert await _weeks(services) == ["2026-11-23"]
    clock.set(right + timedelta(days=700))
    assert await services.care_plans.worker.drain() == 1
    future = await reload(services, plan)
    clock.set(right - timedelta(days=3))
    assert await services.care_plans.worker.drain() == 0
    clock.set(right + timedelta(hours=1))
    assert await services.care_plans.worker.drain() == 1
    assert await _weeks(services) == ["2026-11-23", "2028-10-23"]
    raw = await PlanDocument.find_one({"_id": plan.id})
    assert raw is not None
    assert raw.review_at is not None
    assert raw.review_at <= clock.now() + timedelta(days=7)
    await a_week(services, viewer, resident_id, clock, GOOD_VALUES)
    assert await _weeks(services) == ["2026-11-23", "2026-11-30", "2028-10-23"]
    assert (await reload(services, plan)).version == future.version


async def test_two_workers_on_one_plan_look_at_a_week_once(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    next_monday(clock)
    for _ in range(2):
        await a_week(services, viewer, resident_id, clock, HIGH_VALUES, days=0)
    assert (await reload(services, plan)).stage is Stage.SIMPLER
    raw = await PlanDocument.get_pymongo_collection().find_one({"_id": plan.id})
    assert raw is not None
    past = datetime.fromisoformat("2026-12-14T03:00:00+08:00")
    clock.set(past + timedelta(minutes=1))
    await PlanDocument.get_pymongo_collection().update_one(
        {"_id": plan.id}, {"$set": {"review_at": past, "leased_by": None}}
    )
    worker = services.care_plans.worker
    taken = [await worker._claims.take({"state": "active"}, 5) for _ in range(1)]
    (name, [held]) = taken[0]
    # The second worker comes with what it read before the lease of the first ran out.
    await asyncio.gather(worker._look(name, held), worker._look(name, raw), return_exceptions=True)
    assert (await _weeks(services)).count("2026-12-07") == 1
    again = await reload(services, plan)
    assert [each.what for each in await services.care_plans.looking.revisions(again)] == [
        Change.SIMPLER,
        Change.STARTED,
    ]


async def test_a_plan_that_cannot_be_looked_at_holds_up_no_other(
    services: Services, clock: FixedClock
) -> None:
    plans = []
    for _ in range(2):
        viewer, resident_id, _ = await with_conditions(services, HIGH)
        plans += await started(services, viewer, resident_id, "hypertension")
    broken, good = plans
    await PlanDocument.get_pymongo_collection().update_one(
        {"_id": broken.id}, {"$set": {"box": b"not what was sealed"}}
    )
    next_monday(clock)
    next_monday(clock)
    await services.care_plans.worker.step()
    looked = await WeekDocument.find({}).to_list()
    assert {each.plan_id for each in looked} == {good.id}


async def test_without_consent_no_week_is_looked_at_and_nothing_is_lost(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    await services.core.store.db["consents"].delete_many({"resident_id": resident_id})
    next_monday(clock)
    assert await services.care_plans.worker.drain() == 1
    assert await _weeks(services) == []
    assert (await reload(services, plan)).state is PlanState.ACTIVE


async def _weeks(services: Services) -> list[str]:
    rows = services.core.store.db["care_plan_weeks"].find({}).sort("week", 1)
    return [raw["week"] async for raw in rows]
