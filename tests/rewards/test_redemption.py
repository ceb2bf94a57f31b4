"""A voucher's life: reserved, used once, or back with its points; and nobody gets another's."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from backend.access.categories import ALL_ACTIONS, Action, Category
from backend.access.errors import AccessDenied, RoleRequired
from backend.core.clock import FixedClock
from backend.core.idempotency import IdempotencyKeyReused
from backend.identity.errors import OperatorRequired
from backend.identity.viewer import Role
from backend.services import Services
from rewards.errors import (
    MerchantNotFound,
    OfferLimitReached,
    OfferNotRunning,
    OfferSoldOut,
    OfferUnfit,
    PointsInsufficient,
    VoucherNotFound,
    VoucherOver,
    VoucherUsed,
)
from rewards.ledger.verify import verify
from rewards.redemption.codes import read
from rewards.redemption.documents import VoucherState
from rewards.rules.rule import Words
from tests.factories import a_caregiver, a_key, a_viewer
from tests.rewards.shop import a_merchant, a_new_offer, an_offer, balances, with_points


async def left(services: Services) -> list[int]:
    return [raw["stock"] async for raw in services.core.store.db["point_offers"].find({})]


async def test_points_go_to_the_merchant_when_the_voucher_is_scanned(services: Services) -> None:
    merchant = await a_merchant(services)
    offer = await an_offer(services, merchant)
    viewer, resident = await with_points(services)
    points = services.points
    voucher = await points.vouchers.reserve(viewer, resident, offer.id, idempotency_key=a_key())
    assert voucher.code is not None
    assert await balances(services) == {"programme": -50, "resident": 30, "reserved": 20}
    assert await left(services) == [2]
    typed = f" kangban:voucher:{voucher.code.lower().replace('0', 'o')}"
    ticket = await points.merchants.confirm(merchant, typed, idempotency_key=a_key())
    assert (ticket.state, ticket.points) == (VoucherState.REDEEMED, 20)
    assert await balances(services) == {"programme": -50, "resident": 30, "merchant": 20}
    assert (await verify()).to_json() == {"ok": True, "entries": 3}
    now = services.core.clock.now()
    totals = await points.merchants.totals(merchant, now, now + timedelta(days=1))
    assert (totals.vouchers, totals.points) == (1, 20)


async def test_a_voucher_is_used_once_and_the_same_request_answers_again(
    services: Services,
) -> None:
    merchant = await a_merchant(services)
    offer = await an_offer(services, merchant)
    viewer, resident = await with_points(services)
    points = services.points
    voucher = await points.vouchers.reserve(viewer, resident, offer.id, idempotency_key="r")
    again = await points.vouchers.reserve(viewer, resident, offer.id, idempotency_key="r")
    assert again == voucher
    code = str(voucher.code)
    first = await points.merchants.confirm(merchant, code, idempotency_key="c")
    assert await points.merchants.confirm(merchant, code, idempotency_key="c") == first
    with pytest.raises(VoucherUsed):
        await points.merchants.confirm(merchant, code, idempotency_key="other")
    with pytest.raises(VoucherUsed):
        await points.vouchers.cancel(viewer, resident, voucher.id)
    assert await balances(services) == {"programme": -50, "resident": 30, "merchant": 20}
    assert await left(services) == [2]


async def test_a_key_is_for_one_request(services: Services) -> None:
    merchant = await a_merchant(services)
    one, other = await an_offer(services, merchant), await an_offer(services, merchant)
    viewer, resident = await with_points(services)
    reserve = services.points.vouchers.reserve
    await reserve(viewer, resident, one.id, idempotency_key="k")
    with pytest.raises(IdempotencyKeyReused):
        await reserve(viewer, resident, other.id, idempotency_key="k")
    assert sorted(await left(services)) == [2, 3]


async def test_what_nobody_uses_lapses_and_gives_everything_back(
    services: Services, clock: FixedClock
) -> None:
    merchant = await a_merchant(services)
    offer = await an_offer(services, merchant)
    viewer, resident = await with_points(services)
    points = services.points
    voucher = await points.vouchers.reserve(viewer, resident, offer.id, idempotency_key=a_key())
    assert await points.vouchers.lapse() == 0
    clock.advance(timedelta(days=7))
    with pytest.raises(VoucherOver):
        await points.merchants.confirm(merchant, str(voucher.code), idempotency_key=a_key())
    lapsed = await points.vouchers.get(viewer, resident, voucher.id)
    assert (lapsed.state, lapsed.code) == (VoucherState.LAPSED, None)
    assert sum(await asyncio.gather(*(points.vouchers.lapse() for _ in range(4)))) == 1
    assert await balances(services) == {"programme": -50, "resident": 50}
    assert await left(services) == [3]
    assert (await verify()).to_json() == {"ok": True, "entries": 3}


async def test_cancelling_gives_back_once(services: Services) -> None:
    merchant = await a_merchant(services)
    offer = await an_offer(services, merchant)
    viewer, resident = await with_points(services)
    vouchers = services.points.vouchers
    voucher = await vouchers.reserve(viewer, resident, offer.id, idempotency_key=a_key())
    for _ in range(2):
        cancelled = await vouchers.cancel(viewer, resident, voucher.id)
        assert cancelled.state is VoucherState.CANCELLED
    assert await balances(services) == {"programme": -50, "resident": 50}
    with pytest.raises(VoucherOver):
        await services.points.merchants.confirm(merchant, str(voucher.code), idempotency_key="c")


async def test_scanning_and_cancelling_at_once_end_with_one_of_them(services: Services) -> None:
    merchant = await a_merchant(services)
    offer = await an_offer(services, merchant)
    viewer, resident = await with_points(services)
    points = services.points
    voucher = await points.vouchers.reserve(viewer, resident, offer.id, idempotency_key=a_key())
    await asyncio.gather(
        points.merchants.confirm(merchant, str(voucher.code), idempotency_key=a_key()),
        points.vouchers.cancel(viewer, resident, voucher.id),
        return_exceptions=True,
    )
    sums = await balances(services)
    assert sums in (
        {"programme": -50, "resident": 30, "merchant": 20},
        {"programme": -50, "resident": 50},
    )
    assert (await verify()).to_json() == {"ok": True, "entries": 3}


async def test_two_hundred_at_the_last_voucher_one_gets_it(services: Services) -> None:
    merchant = await a_merchant(services)
    offer = await an_offer(services, merchant, stock=1)
    people = [await with_points(services, 20) for _ in range(200)]
    answers = await asyncio.gather(
        *(
            services.points.vouchers.reserve(viewer, resident, offer.id, idempotency_key=a_key())
            for viewer, resident in people
        ),
        return_exceptions=True,
    )
    kinds = Counter(type(each).__name__ for each in answers)
    assert kinds == {"Voucher": 1, "OfferSoldOut": 199}
    assert await left(services) == [0]
    assert await balances(services) == {"programme": -4000, "resident": 3980, "reserved": 20}
    assert (await verify()).to_json() == {"ok": True, "entries": 201}


async def test_one_person_does_not_get_past_the_limit_by_being_quick(services: Services) -> None:
    merchant = await a_merchant(services)
    offer = await an_offer(services, merchant, stock=9, limit=2, points=1)
    viewer, resident = await with_points(services)
    answers = await asyncio.gather(
        *(
            services.points.vouchers.reserve(viewer, resident, offer.id, idempotency_key=a_key())
            for _ in range(6)
        ),
        return_exceptions=True,
    )
    kinds = Counter(type(each).__name__ for each in answers)
    assert kinds == {"Voucher": 2, "OfferLimitReached": 4}
    assert await left(services) == [7]


@pytest.mark.parametrize(
    ("changes", "points", "refused"),
    [
        ({"stock": 0}, 50, OfferSoldOut),
        ({"points": 51}, 50, PointsInsufficient),
        ({"limit": 1}, 50, OfferLimitReached),
        ({"begins": 1}, 50, OfferNotRunning),
        ({"ended": True}, 50, OfferNotRunning),
    ],
)
async def test_a_refusal_changes_nothing(
    services: Services, changes: dict[str, Any], points: int, refused: type[Exception]
) -> None:
    merchant = await a_merchant(services)
    begins, ended = changes.pop("begins", 0), changes.pop("ended", False)
    start = services.core.clock.now() + timedelta(days=begins)
    offer = await an_offer(services, merchant, valid_from=start, **changes)
    viewer, resident = await with_points(services, points)
    reserve = services.points.vouchers.reserve
    if refused is OfferLimitReached:
        await reserve(viewer, resident, offer.id, idempotency_key=a_key())
    if ended:
        await services.points.offers.end(a_viewer(Role.OPERATOR), offer.id)
    before = await balances(services), await left(services)
    with pytest.raises(refused):
        await reserve(viewer, resident, offer.id, idempotency_key=a_key())
    assert (await balances(services), await left(services)) == before


async def test_another_merchant_and_an_invented_code_get_the_same_answer(
    services: Services,
) -> None:
    merchant, other = await a_merchant(services), await a_merchant(services, "药店")
    offer = await an_offer(services, merchant)
    viewer, resident = await with_points(services)
    points = services.points
    voucher = await points.vouchers.reserve(viewer, resident, offer.id, idempotency_key=a_key())
    for code in (str(voucher.code), "0000-0000-0000", "", "\ud800", "x" * 10_000):
        with pytest.raises(VoucherNotFound):
            await points.merchants.confirm(other, code, idempotency_key=a_key())
    assert (await points.merchants.page(other, first=10)).items == []
    with pytest.raises(RoleRequired):
        await points.merchants.confirm(viewer, str(voucher.code), idempotency_key=a_key())
    assert await balances(services) == {"programme": -50, "resident": 30, "reserved": 20}


async def test_a_caregiver_redeems_when_it_is_granted(services: Services) -> None:
    merchant = await a_merchant(services)
    offer = await an_offer(services, merchant)
    _, resident = await with_points(services)
    vouchers = services.points.vouchers
    granted = frozenset({Category.POINTS})
    daughter = await a_caregiver(services, resident, categories=granted)
    onlooker = await a_caregiver(
        services, resident, categories=granted, actions=frozenset({Action.VIEW})
    )
    others = await a_caregiver(
        services, resident, categories=frozenset({Category.READINGS}), actions=ALL_ACTIONS
    )
    voucher = await vouchers.reserve(daughter, resident, offer.id, idempotency_key=a_key())
    assert await vouchers.code(daughter, voucher) == voucher.code
    for viewer in (onlooker, others, a_viewer()):
        with pytest.raises(AccessDenied):
            await vouchers.reserve(viewer, resident, offer.id, idempotency_key=a_key())
        with pytest.raises(AccessDenied):
            await vouchers.code(viewer, voucher)
    assert [each.id for each in (await vouchers.page(onlooker, resident, first=5)).items] == [
        voucher.id
    ]
    with pytest.raises(AccessDenied):
        await vouchers.page(others, resident, first=5)


async def test_operators_keep_the_catalogue(services: Services) -> None:
    merchant = await a_merchant(services)
    operator = a_viewer(Role.OPERATOR)
    offers = services.points.offers
    offer = await an_offer(services, merchant, stock=1)
    assert (await offers.restock(operator, offer.id, 4, key="k")).stock == 5
    assert (await offers.restock(operator, offer.id, 4, key="k")).stock == 5
    with pytest.raises(OfferUnfit):
        await offers.restock(operator, offer.id, -6, key="l")
    with pytest.raises(OperatorRequired):
        await offers.restock(merchant, offer.id, 1, key="m")
    with pytest.raises(OperatorRequired):
        await offers.create(merchant, a_new_offer(services, merchant), idempotency_key="n")
    somebody = a_new_offer(services, a_viewer())
    with pytest.raises(MerchantNotFound):
        await offers.create(operator, somebody, idempotency_key="o")
    assert await left(services) == [5]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"points": 0}, "points"),
        ({"stock": -1}, "stock"),
        ({"limit": 0}, "limit"),
        ({"hold_days": 91}, "holdDays"),
        ({"title": Words(" ", "x")}, "title"),
        ({"about": Words("好", "x" * 401)}, "about"),
    ],
)
async def test_an_unfit_offer_is_refused_by_field(
    services: Services, changes: dict[str, Any], field: str
) -> None:
    merchant = await a_merchant(services)
    with pytest.raises(OfferUnfit) as refused:
        await an_offer(services, merchant, **changes)
    assert refused.value.data == {"field": field}
    assert await left(services) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("kangban:voucher:AB12CD34EF56", "AB12CD34EF56"),
        ("ab12-cd34-ef56", "AB12CD34EF56"),
        ("ＡＢ１２　CD34EF56", "AB12CD34EF56"),
        ("OIL", "011"),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, code: str) -> None:
    assert read(typed) == code
