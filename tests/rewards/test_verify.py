"""The ledger recomputed: every change to what is stored is found, and the first one named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bson import ObjectId
from bson.raw_bson import RawBSONDocument

from backend.services import Services
from rewards.ledger.chain import sealed
from rewards.ledger.verify import Verdict, verify
from tests.rewards.books import a_book, reserved


def fault(verdict: Verdict) -> tuple[str, int]:
    assert verdict.broken is not None
    return verdict.broken.fault.value, verdict.broken.seq


async def test_an_untouched_ledger_is_whole(services: Services) -> None:
    await a_book(services, 10, 20)
    await a_book(services, 5)
    assert (await verify()).to_json() == {"ok": True, "entries": 3}


async def test_an_empty_ledger_is_whole(services: Services) -> None:
    assert (await verify()).to_json() == {"ok": True, "entries": 0}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"points": 999}, "hash"),
        ({"evidence": "reading:other"}, "hash"),
        ({"v": 2}, "layout"),
        ({"added": "field"}, "layout"),
    ],
)
async def test_a_changed_transfer_is_found(
    services: Services, change: dict[str, Any], found: str
) -> None:
    _, resident_id, made = await a_book(services, 10, 20, 30)
    await services.core.store.db["point_transfers"].update_one({"_id": made[1]}, {"$set": change})
    verdict = await verify()
    assert fault(verdict) == (found, 2)
    broken = json.loads(json.dumps(verdict.to_json()))
    assert broken["ok"] is False
    assert broken["broken"] == {"fault": found, "resident": str(resident_id), "seq": 2}


async def test_a_missing_transfer_is_found(services: Services) -> None:
    _, _, made = await a_book(services, 10, 20, 30)
    await services.core.store.db["point_transfers"].delete_one({"_id": made[1]})
    assert fault(await verify()) == ("gap", 2)


async def test_transfers_missing_at_the_end_are_found(services: Services) -> None:
    _, _, made = await a_book(services, 10, 20, 30)
    await services.core.store.db["point_transfers"].delete_one({"_id": made[2]})
    assert fault(await verify()) == ("cut", 3)


async def test_an_account_without_its_transfers_is_found(services: Services) -> None:
    await a_book(services, 10)
    await services.core.store.db["point_transfers"].delete_many({})
    assert fault(await verify()) == ("cut", 1)


async def test_transfers_without_their_account_are_found(services: Services) -> None:
    await a_book(services, 10)
    await services.core.store.db["point_accounts"].delete_many({})
    assert fault(await verify()) == ("cut", 1)


async def test_a_raised_balance_is_found(services: Services) -> None:
    await a_book(services, 10)
    await services.core.store.db["point_accounts"].update_many({}, {"$inc": {"balance": 100}})
    assert fault(await verify()) == ("balance", 1)


async def test_a_transfer_that_was_forged_with_its_hash_does_not_follow(
    services: Services,
) -> None:
    _, resident_id, made = await a_book(services, 10, 20)
    await forge(services, made[0], points=1_000, balance=1_000)
    assert fault(await verify()) == ("link", 2)
    assert resident_id is not None


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"balance": 11}, "balance"),
        ({"source": "merchant"}, "sides"),
        ({"points": -10}, "sides"),
        pytest.param({"key": "earn:0"}, "key", marks=pytest.mark.spoils_database),
        ({"merchant_id": ObjectId()}, "sides"),
        ({"kind": "reversal", "reverses": ObjectId()}, "reversal"),
    ],
)
async def test_what_could_not_have_been_posted_is_found_at_the_end_of_a_chain_too(
    services: Services, change: dict[str, Any], found: str
) -> None:
    _, _, made = await a_book(services, 10, 20)
    if "key" in change:
        await services.core.store.db["point_transfers"].drop_index(
            "one_transfer_per_idempotency_key"
        )
    digest = await forge(services, made[1], **change)
    await services.core.store.db["point_accounts"].update_many({}, {"$set": {"head": digest}})
    assert fault(await verify()) == (found, 2)


async def test_spending_below_zero_is_found(services: Services) -> None:
    ledger, resident_id, _ = await a_book(services, 10)
    made = await ledger.post(resident_id, reserved(5))
    digest = await forge(services, made, points=15, balance=-5)
    await services.core.store.db["point_accounts"].update_many(
        {}, {"$set": {"head": digest, "balance": -5}}
    )
    assert fault(await verify()) == ("negative", 2)


async def test_who_is_being_erased_is_no_fault(services: Services) -> None:
    _, resident_id, made = await a_book(services, 10, 20)
    await services.core.keyring.create(resident_id)
    await services.core.keyring.destroy(resident_id)
    await services.core.store.db["point_transfers"].delete_one({"_id": made[0]})
    assert (await verify()).broken is None


async def forge(services: Services, transfer_id: ObjectId, **changes: Any) -> bytes:
    """Put another transfer in its place, with the hash that it should have."""
    collection = services.core.store.db["point_transfers"]
    raw = await collection.find_one({"_id": transfer_id})
    assert raw is not None
    fields = {name: value for name, value in {**raw, **changes}.items() if name != "hash"}
    made, digest = sealed(fields)
    await collection.delete_one({"_id": transfer_id})
    await collection.insert_one(RawBSONDocument(made))  # type: ignore[arg-type]
    return digest
