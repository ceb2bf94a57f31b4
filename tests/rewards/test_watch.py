"""Odd signs go to the operators' list, and take nothing from anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.core.clock import FixedClock
from backend.core.outbox import OutboxEntry
from backend.identity.errors import OperatorRequired
from backend.identity.viewer import Role, Viewer
from backend.main import build_dispatcher
from backend.measurements.draft import Source
from backend.services import Services
from rewards.errors import FraudSignalNotFound
from rewards.fraud.documents import Sign
from rewards.fraud.signs import Seen, copied, has_serial, rhythm
from tests.conftest import NOW
from tests.factories import a_resident, a_viewer, at, bp


async def signals(services: Services) -> list[tuple[Sign, str, int]]:
    page = await services.points.watch.page(a_viewer(Role.OPERATOR), first=20)
    return sorted((each.sign, each.subject, each.times) for each in page.items)


async def test_more_readings_than_a_person_takes_are_noted_and_still_earn(
    services: Services,
) -> None:
    viewer, resident = await a_resident(services)
    drafts = [bp(120 + n, 80, at("2026-11-20") + timedelta(minutes=n)) for n in range(8)]
    await services.recording.record_batch(viewer, resident, drafts, idempotency_key=None)
    await build_dispatcher(services).drain()
    assert await signals(services) == [(Sign.RHYTHM, "blood_pressure", 8)]
    assert await services.points.ledger.balance(resident) == 1


async def test_the_same_figures_day_after_day_are_noted(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident = await a_resident(services)
    for day in range(6):
        when = at("2026-11-22") + timedelta(days=day)
        clock.set(when + timedelta(hours=1))
        await services.recording.record_batch(
            viewer, resident, [bp(128, 79, when)], idempotency_key=None
        )
        await build_dispatcher(services).drain()
    assert await signals(services) == [(Sign.COPIED_VALUES, "blood_pressure", 6)]


async def test_one_device_in_many_records_is_noted(services: Services) -> None:
    source = Source(system="ble", id="1", device="HEM-9200T AA:BB:CC:DD:EE:FF")
    for _ in range(9):
        viewer, resident = await a_resident(services)
        await services.recording.record_batch(
            viewer, resident, [bp(source=source)], idempotency_key=None
        )
    await build_dispatcher(services).drain()
    assert await signals(services) == [(Sign.SHARED_DEVICE, "ble", 9)]


async def test_a_reading_taken_back_before_it_was_looked_at_is_no_sign(services: Services) -> None:
    viewer, resident = await a_resident(services)
    (outcome,) = await services.recording.record_batch(
        viewer, resident, [bp()], idempotency_key=None
    )
    assert outcome.reading_id is not None
    await services.correcting.withdraw(viewer, resident, outcome.reading_id, version=1)
    await build_dispatcher(services).drain()
    assert await signals(services) == []
    unheard = {"state": {"$ne": "done"}}
    assert await OutboxEntry.get_pymongo_collection().count_documents(unheard) == 0


async def test_only_operators_see_and_close_signals(services: Services) -> None:
    viewer, resident = await a_resident(services)
    drafts = [bp(120 + n, 80, at("2026-11-20") + timedelta(minutes=n)) for n in range(8)]
    await services.recording.record_batch(viewer, resident, drafts, idempotency_key=None)
    await build_dispatcher(services).drain()
    operator: Viewer = a_viewer(Role.OPERATOR)
    watch = services.points.watch
    (signal,) = (await watch.page(operator, first=5)).items
    with pytest.raises(OperatorRequired):
        await watch.page(viewer, first=5)
    with pytest.raises(OperatorRequired):
        await watch.close(viewer, signal.id)
    assert (await watch.close(operator, signal.id)).open is False
    with pytest.raises(FraudSignalNotFound):
        await watch.close(operator, signal.id)
    assert await signals(services) == []


def test_five_readings_in_ten_minutes_are_what_a_careful_person_takes() -> None:
    seen = [Seen(NOW + timedelta(minutes=2 * n), str(n)) for n in range(5)]
    assert rhythm(seen, 5, timedelta(minutes=10)) == 0


def test_the_same_figures_twice_a_day_are_no_row_of_days() -> None:
    seen = [Seen(NOW + timedelta(minutes=n), "120/80") for n in range(10)]
    assert copied(seen, 6) == 0


@pytest.mark.parametrize(
    ("device", "one"),
    [(None, False), ("HEM-7136", False), ("SN20391182", True), ("aa-bb-cc-dd-ee-ff", True)],
)
def test_a_model_is_no_device(device: str | None, one: bool) -> None:
    assert has_serial(device) is one
