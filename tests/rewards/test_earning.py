"""From readings and entries to points, through the real outbox; whatever happens to them after."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from bson import ObjectId

from backend.core.clock import FixedClock
from backend.identity.viewer import Viewer
from backend.main import build_dispatcher
from backend.measurements.draft import Draft, Kind, Quantity, Source
from backend.measurements.events import ReadingsRecorded
from backend.services import Services
from rewards.ledger.transfer import Draft as Transfer
from rewards.ledger.transfer import TransferKind
from rewards.ledger.verify import verify
from tests.factories import a_condition, a_key, a_resident, at, bp, many_bp


def exercise(minutes: float, when: datetime, system: str = "watch") -> Draft:
    return Draft(
        kind=Kind.EXERCISE,
        at=when,
        end=when + timedelta(minutes=minutes),
        values={"duration": Quantity(minutes, "min")},
        source=Source(system=system, id=f"{system}-{when.isoformat()}"),
    )


async def record(
    services: Services, viewer: Viewer, resident: ObjectId, *drafts: Draft
) -> list[ObjectId]:
    outcomes = await services.recording.record_batch(
        viewer, resident, drafts, idempotency_key=None, confirmed=True
    )
    await build_dispatcher(services).drain()
    return [each.reading_id for each in outcomes if each.reading_id is not None]


async def by_rule(services: Services, resident: ObjectId) -> dict[str, int]:
    sums: dict[str, int] = {}
    async for raw in services.core.store.db["point_transfers"].find({"resident_id": resident}):
        signed = raw["points"] if raw["target"] == "resident" else -raw["points"]
        sums[raw["rule"]] = sums.get(raw["rule"], 0) + signed
    return {rule: points for rule, points in sums.items() if points}


async def test_a_measuring_day_earns_once(services: Services) -> None:
    viewer, resident = await a_resident(services)
    await record(services, viewer, resident, bp(when=at("2026-11-20", "07:00")))
    await record(services, viewer, resident, bp(141, 80, at("2026-11-20", "19:00")))
    await record(services, viewer, resident, bp(142, 80, at("2026-11-19", "19:00")))
    assert await by_rule(services, resident) == {"measuring_day": 2}


async def test_the_same_event_again_earns_nothing_more(services: Services) -> None:
    viewer, resident = await a_resident(services)
    ids = await record(services, viewer, resident, bp())
    event = ReadingsRecorded(resident_id=resident, reading_ids=tuple(ids))
    await asyncio.gather(
        *(services.points.earning.on_recorded(event, ObjectId()) for _ in range(5))
    )
    assert await by_rule(services, resident) == {"measuring_day": 1}
    assert (await verify()).to_json() == {"ok": True, "entries": 1}


async def test_one_exercise_day_whatever_the_number_of_devices(services: Services) -> None:
    viewer, resident = await a_resident(services)
    drafts = [exercise(30, at("2026-11-20", f"{hour:02}:00"), f"d{hour}") for hour in range(6, 12)]
    await record(services, viewer, resident, *drafts)
    assert await by_rule(services, resident) == {"exercise_day": 1}


async def test_a_short_walk_is_no_exercise_day(services: Services) -> None:
    viewer, resident = await a_resident(services)
    await record(services, viewer, resident, exercise(19, at("2026-11-20", "07:00")))
    assert await by_rule(services, resident) == {}
    assert await services.core.store.db["point_accounts"].count_documents({}) == 0


async def test_a_year_of_history_at_once_earns_a_week_of_it(services: Services) -> None:
    viewer, resident = await a_resident(services)
    year = [
        bp(120, 70, at("2026-11-20") - timedelta(days=day), source=Source(system="p", id=f"r{day}"))
        for day in range(365)
    ]
    await record(services, viewer, resident, *year)
    assert await by_rule(services, resident) == {"measuring_day": 7}
    assert await services.core.store.db["point_evidence"].count_documents({}) == 7


async def test_a_thousand_readings_of_a_day_are_one_day(services: Services) -> None:
    viewer, resident = await a_resident(services)
    await record(services, viewer, resident, *many_bp(900, start=at("2026-11-20", "00:00")))
    assert await by_rule(services, resident) == {"measuring_day": 1}


async def test_a_withdrawn_reading_takes_its_points_along_and_a_restored_one_brings_them(
    services: Services,
) -> None:
    viewer, resident = await a_resident(services)
    (reading,) = await record(services, viewer, resident, bp())
    await services.correcting.withdraw(viewer, resident, reading, version=1)
    await build_dispatcher(services).drain()
    assert await by_rule(services, resident) == {}
    await services.correcting.restore(viewer, resident, reading, to_version=1, version=2)
    await build_dispatcher(services).drain()
    assert await by_rule(services, resident) == {"measuring_day": 1}
    assert (await verify()).to_json() == {"ok": True, "entries": 3}


async def test_of_two_readings_one_withdrawn_leaves_the_day_its_points(services: Services) -> None:
    viewer, resident = await a_resident(services)
    first, _ = await record(
        services, viewer, resident, bp(), bp(150, 90, at("2026-11-20", "20:00"))
    )
    await services.correcting.withdraw(viewer, resident, first, version=1)
    await build_dispatcher(services).drain()
    assert await by_rule(services, resident) == {"measuring_day": 1}


async def test_a_reading_corrected_to_another_day_earns_for_that_one(services: Services) -> None:
    viewer, resident = await a_resident(services)
    (reading,) = await record(services, viewer, resident, bp(when=at("2026-11-20")))
    moved = bp(when=at("2026-11-18"))
    await services.correcting.correct(viewer, resident, reading, moved, version=1)
    await build_dispatcher(services).drain()
    days = await services.core.store.db["point_transfers"].distinct("day", {"kind": "earn"})
    assert days == ["2026-11-18", "2026-11-20"]
    assert await by_rule(services, resident) == {"measuring_day": 1}
    await services.correcting.correct(
        viewer, resident, reading, bp(when=at("2026-09-01")), version=2
    )
    await build_dispatcher(services).drain()
    assert await by_rule(services, resident) == {}


async def test_points_of_withdrawn_evidence_are_owed_when_they_were_spent(
    services: Services,
) -> None:
    viewer, resident = await a_resident(services)
    (reading,) = await record(services, viewer, resident, bp())
    spent = Transfer(kind=TransferKind.RESERVE, points=1, key="reserve:1", evidence="voucher")
    await services.points.ledger.post(resident, spent)
    await services.correcting.withdraw(viewer, resident, reading, version=1)
    await build_dispatcher(services).drain()
    assert await services.points.ledger.balance(resident) == -1
    assert (await verify()).broken is None


async def test_thirty_days_in_a_row_earn_a_streak_and_lose_it_with_a_day_in_the_middle(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident = await a_resident(services)
    middle = ObjectId()
    for day in range(30):
        clock.set(at("2026-11-22", "20:00") + timedelta(days=day))
        when = at("2026-11-22", "07:00") + timedelta(days=day)
        (made,) = await record(services, viewer, resident, exercise(30, when))
        middle = made if day == 15 else middle
    assert await by_rule(services, resident) == {"exercise_day": 30, "exercise_streak": 10}
    await services.correcting.withdraw(viewer, resident, middle, version=1)
    await build_dispatcher(services).drain()
    # The freeze of December holds the run together, but it has 29 days now.
    assert await by_rule(services, resident) == {"exercise_day": 29}
    clock.set(at("2026-12-22", "20:00"))
    await record(services, viewer, resident, exercise(30, at("2026-12-22", "07:00")))
    assert await by_rule(services, resident) == {"exercise_day": 30, "exercise_streak": 10}
    assert (await verify()).broken is None


async def test_a_section_of_the_archive_earns_once_and_an_error_takes_it_back(
    services: Services,
) -> None:
    viewer, resident = await a_resident(services)
    entry = await services.entries.add(viewer, resident, a_condition(), idempotency_key=a_key())
    await services.entries.add(
        viewer, resident, a_condition("糖尿病", "E11.9"), idempotency_key=a_key()
    )
    await build_dispatcher(services).drain()
    assert await by_rule(services, resident) == {"archive_section": 5}
    await services.entries.mark_entered_in_error(viewer, resident, entry.id, version=1)
    await build_dispatcher(services).drain()
    assert await by_rule(services, resident) == {"archive_section": 5}


async def test_a_clock_that_went_back_neither_stops_nor_breaks_the_ledger(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident = await a_resident(services)
    clock.advance(timedelta(days=3))
    await record(services, viewer, resident, bp(when=at("2026-11-23")))
    clock.advance(-timedelta(days=2))
    await record(services, viewer, resident, bp(150, 90, at("2026-11-21")))
    assert await by_rule(services, resident) == {"measuring_day": 2}
    assert (await verify()).to_json() == {"ok": True, "entries": 2}


async def test_handlers_that_cross_each_other_end_with_what_is_stored(services: Services) -> None:
    viewer, resident = await a_resident(services)
    ids = await record(services, viewer, resident, *many_bp(6, start=at("2026-11-20")))
    for each in ids[:-1]:
        await services.correcting.withdraw(viewer, resident, each, version=1)
    dispatchers = [build_dispatcher(services) for _ in range(4)]
    await asyncio.gather(*(each.drain() for each in dispatchers))
    assert await by_rule(services, resident) == {"measuring_day": 1}
    await services.correcting.withdraw(viewer, resident, ids[-1], version=1)
    await build_dispatcher(services).drain()
    assert await by_rule(services, resident) == {}


@pytest.mark.parametrize("kind", [Kind.STEPS])
async def test_counted_steps_are_no_measuring(services: Services, kind: Kind) -> None:
    viewer, resident = await a_resident(services)
    when = at("2026-11-20", "00:00")
    steps = Draft(
        kind=kind, at=when, end=when + timedelta(hours=20), values={"steps": Quantity(8000, "1")}
    )
    await record(services, viewer, resident, steps)
    assert await by_rule(services, resident) == {}
