"""Points go by year, oldest first, and only after a notice that ran its time."""

from __future__ import annotations

from datetime import date, timedelta

from backend.core.clock import FixedClock
from backend.services import Services
from rewards.expiry import Expiring
from rewards.ledger.transfer import Draft, TransferKind
from rewards.ledger.verify import verify
from tests.factories import at
from tests.rewards.shop import balances, give, with_points


async def notices(services: Services) -> list[tuple[int, str]]:
    found = services.core.store.db["outbox"].find({"name": "points_expiring"})
    return [(raw["body"]["year"], raw["body"]["on"]) async for raw in found]


async def test_what_is_left_of_a_year_goes_a_year_later_after_a_notice(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident = await with_points(services, 50)
    points = services.points
    clock.set(at("2027-06-01"))
    await give(services, resident, 7, year=2027)
    spent = Draft(kind=TransferKind.RESERVE, points=20, key="reserve:1", evidence="voucher:1")
    await points.ledger.post(resident, spent)
    clock.set(at("2027-12-01"))
    await points.worker.step()
    assert await notices(services) == []
    clock.set(at("2027-12-02"))
    await points.worker.step()
    await points.worker.step()
    assert await notices(services) == [(2026, "2028-01-01")]
    balance = await points.statement.balance(viewer, resident)
    assert (balance.points, balance.expiring) == (37, Expiring(30, date(2028, 1, 1)))
    clock.set(at("2027-12-31", "23:59"))
    await points.worker.step()
    assert await points.ledger.balance(resident) == 37
    clock.set(at("2028-01-01", "08:00"))
    for _ in range(2):
        await points.worker.step()
    assert await balances(services) == {
        "programme": -57, "resident": 7, "reserved": 20, "expiry": 30,
    }  # fmt: skip
    assert (await points.statement.balance(viewer, resident)).expiring is None
    assert (await verify()).broken is None


async def test_a_clock_that_jumps_ahead_and_back_takes_nothing(
    services: Services, clock: FixedClock
) -> None:
    _, resident = await with_points(services, 50)
    now = clock.now()
    clock.set(at("2031-01-05"))
    await services.points.worker.step()
    assert await services.points.ledger.balance(resident) == 50
    clock.set(now + timedelta(minutes=1))
    await services.points.worker.step()
    assert await services.points.ledger.balance(resident) == 50


async def test_who_spent_it_all_hears_nothing_and_loses_nothing(
    services: Services, clock: FixedClock
) -> None:
    _, resident = await with_points(services, 20)
    spent = Draft(kind=TransferKind.RESERVE, points=20, key="reserve:1", evidence="voucher:1")
    await services.points.ledger.post(resident, spent)
    for day in ("2027-12-05", "2028-01-05"):
        clock.set(at(day))
        await services.points.worker.step()
    assert await notices(services) == []
    assert await balances(services) == {"programme": -20, "reserved": 20}


async def test_what_a_voucher_brings_back_after_the_notice_day_goes_after_a_notice_of_its_own(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident = await with_points(services, 20)
    points = services.points
    spent = Draft(kind=TransferKind.RESERVE, points=20, key="reserve:1", evidence="voucher:1")
    reserved = await points.ledger.post(resident, spent)
    clock.set(at("2027-12-05"))
    await points.worker.step()
    assert await notices(services) == []
    await points.ledger.reverse(resident, reserved, key="return:1", evidence="voucher:1")
    clock.set(at("2028-01-02"))
    for _ in range(2):
        await points.worker.step()
    assert await notices(services) == [(2026, "2028-02-01")]
    balance = await points.statement.balance(viewer, resident)
    assert (balance.points, balance.expiring) == (20, Expiring(20, date(2028, 2, 1)))
    clock.set(at("2028-01-31"))
    await points.worker.step()
    assert await points.ledger.balance(resident) == 20
    clock.set(at("2028-02-02"))
    await points.worker.step()
    assert (await points.statement.balance(viewer, resident)).expiring is None
    assert await balances(services) == {"programme": -20, "expiry": 20}
    assert (await verify()).broken is None


async def test_a_voucher_that_comes_back_after_its_points_expired_brings_them(
    services: Services, clock: FixedClock
) -> None:
    _, resident = await with_points(services, 20)
    points = services.points
    spent = Draft(kind=TransferKind.RESERVE, points=20, key="reserve:1", evidence="voucher:1")
    reserved = await points.ledger.post(resident, spent)
    clock.set(at("2028-01-05"))
    await points.worker.step()
    await points.ledger.reverse(resident, reserved, key="return:1", evidence="voucher:1")
    assert await points.ledger.balance(resident) == 20
    assert (await verify()).broken is None
