"""Posting: once a key, never below zero but by a reversal, and nothing half done."""

from __future__ import annotations

import asyncio

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.core.keys import KeyDestroyed
from backend.services import Services
from rewards.errors import (
    PointsInsufficient,
    PointsOwed,
    TransferKeyReused,
    TransferReversedAlready,
)
from rewards.ledger.folio import Folio
from rewards.ledger.ledger import Ledger
from rewards.ledger.transfer import AccountKind, Draft, TransferKind
from rewards.ledger.verify import verify
from tests.rewards.books import a_book, earned, reserved, stored


async def test_points_come_from_the_programme_and_the_balance_says_so(services: Services) -> None:
    ledger, resident_id, (first,) = await a_book(services, 10)
    raw = await services.core.store.db["point_transfers"].find_one({"_id": first})
    assert raw is not None
    assert (raw["source"], raw["target"], raw["points"]) == ("programme", "resident", 10)
    assert await ledger.balance(resident_id) == 10
    assert await ledger.balance(ObjectId()) == 0


async def test_the_same_key_posts_once(services: Services) -> None:
    ledger, resident_id, (first,) = await a_book(services, 10)
    again = await asyncio.gather(
        *(ledger.post(resident_id, earned(10, "earn:0", "reading:0")) for _ in range(5))
    )
    assert set(again) == {first}
    assert await ledger.balance(resident_id) == 10
    assert await stored(services) == 1


async def test_what_was_spent_is_told_again_when_nothing_is_left(services: Services) -> None:
    ledger, resident_id, _ = await a_book(services, 10)
    first = await ledger.post(resident_id, reserved(10))
    assert await ledger.post(resident_id, reserved(10)) == first
    assert await stored(services) == 2


async def test_the_same_key_with_another_transfer_is_refused(services: Services) -> None:
    ledger, resident_id, _ = await a_book(services, 10)
    with pytest.raises(TransferKeyReused):
        await ledger.post(resident_id, earned(11, "earn:0", "reading:0"))
    assert await ledger.balance(resident_id) == 10


async def test_nobody_spends_what_they_do_not_have(services: Services) -> None:
    ledger, resident_id, _ = await a_book(services, 10)
    with pytest.raises(PointsInsufficient) as refused:
        await ledger.post(resident_id, reserved(11))
    assert refused.value.data == {"needed": 11}
    assert await ledger.balance(resident_id) == 10
    assert await stored(services) == 1


async def test_of_two_who_spend_the_same_points_at_once_one_is_refused(services: Services) -> None:
    _, resident_id, _ = await a_book(services, 10)
    # Two ledgers: two processes know nothing of each other's locks.
    answers = await asyncio.gather(
        *(
            Ledger(services.core).post(resident_id, reserved(10, f"reserve:{number}"))
            for number in range(2)
        ),
        return_exceptions=True,
    )
    assert sorted(type(each) for each in answers if isinstance(each, Exception)) == [
        PointsInsufficient
    ]
    assert await Ledger(services.core).balance(resident_id) == 0
    assert (await verify()).to_json() == {"ok": True, "entries": 2}


async def test_a_reversal_may_leave_debts_and_then_nothing_is_redeemed(services: Services) -> None:
    ledger, resident_id, (first,) = await a_book(services, 10)
    await ledger.post(resident_id, reserved(8))
    await ledger.reverse(resident_id, first, key="reverse:0", evidence="reading:0")
    assert await ledger.balance(resident_id) == -8
    with pytest.raises(PointsOwed):
        await ledger.post(resident_id, reserved(1, "reserve:2"))
    assert await ledger.balance(resident_id) == -8
    assert (await verify()).broken is None


async def test_a_transfer_is_reversed_once(services: Services) -> None:
    ledger, resident_id, (first,) = await a_book(services, 10)
    undone = await ledger.reverse(resident_id, first, key="reverse:0", evidence="e")
    assert await ledger.reverse(resident_id, first, key="reverse:0", evidence="e") == undone
    with pytest.raises(TransferReversedAlready):
        await ledger.reverse(resident_id, first, key="reverse:1", evidence="e")
    assert await ledger.balance(resident_id) == 0
    assert await stored(services) == 2


async def test_what_fails_half_way_leaves_nothing(services: Services) -> None:
    ledger, resident_id, _ = await a_book(services, 10)

    async def work(folio: Folio) -> None:
        folio.post(earned(5, "earn:x", "x"))
        folio.post(earned(5, "earn:0", "reading:0"))  # the key of the one before

    with pytest.raises(DuplicateKeyError):
        await ledger.transact(resident_id, work)
    assert await ledger.balance(resident_id) == 10
    assert await stored(services) == 1


@pytest.mark.parametrize("points", [0, -3])
async def test_a_transfer_moves_something(services: Services, points: int) -> None:
    ledger, resident_id, _ = await a_book(services, 10)
    with pytest.raises(ValueError, match="at least one point"):
        await ledger.post(resident_id, earned(points, "earn:x"))
    assert await stored(services) == 1


async def test_a_merchant_is_paid_out_of_what_was_reserved(services: Services) -> None:
    ledger, resident_id, _ = await a_book(services, 10)
    await ledger.post(resident_id, reserved(6))
    paid = Draft(
        kind=TransferKind.REDEEM, points=6, key="redeem:1", evidence="v", merchant_id=ObjectId()
    )
    await ledger.post(resident_id, paid)
    assert paid.sides == (AccountKind.RESERVED, AccountKind.MERCHANT)
    assert await ledger.balance(resident_id) == 4
    assert (await verify()).to_json() == {"ok": True, "entries": 3}


async def test_nobody_who_is_erased_gets_an_account_again(services: Services) -> None:
    resident_id = ObjectId()
    await services.core.keyring.create(resident_id)
    await services.core.keyring.destroy(resident_id)
    with pytest.raises(KeyDestroyed):
        await Ledger(services.core).post(resident_id, earned())
    assert await stored(services) == 0
