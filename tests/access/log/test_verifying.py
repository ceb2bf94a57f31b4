"""``kangban audit verify``: whatever was done to the stored log is found."""

from __future__ import annotations

import asyncio
import hashlib
import random
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId, decode, encode
from bson.int64 import Int64
from bson.raw_bson import RawBSONDocument

from backend.access.log.anchoring import Anchoring
from backend.access.log.chain import FIELDS, Fault
from backend.access.log.pages import BY_CHAIN, pages, parts
from backend.access.log.purging import Purging
from backend.access.log.verify import Verdict, verify
from backend.access.log.writer import ChainWriter, read_heads
from backend.core.clock import FixedClock
from backend.core.database import Store
from tests.access.log.lines import a_chain, a_line, stored

OTHER: dict[str, Any] = {
    "v": 2,
    "prev": bytes(32),
    "account_id": ObjectId(),
    "request": ObjectId(),
    "via": None,
    "words": None,
    "purpose": None,
    "hash": bytes(32),
}


async def verdict(clock: FixedClock) -> Verdict:
    return await verify(clock.now())


async def complaint(clock: FixedClock) -> tuple[ObjectId | None, int, Fault]:
    broken = (await verdict(clock)).broken
    assert broken is not None
    return broken.resident_id, broken.seq, broken.fault


async def test_an_untouched_log_verifies(store: Store, clock: FixedClock) -> None:
    assert (await verdict(clock)).to_json() == {"ok": True, "entries": 0}
    for count in (1, 7, 40):
        await a_chain(count)
    await Anchoring(clock).anchor()
    await a_chain(3)
    assert (await verdict(clock)).to_json() == {"ok": True, "entries": 51}


@pytest.mark.parametrize("size", [1, 2, 3, 100])
async def test_nothing_hides_between_two_pages_or_parts(store: Store, size: int) -> None:
    residents = [await a_chain(count) for count in (5, 1, 4)]
    row = (await stored(store, residents[0]))[1]
    smuggled = {**row, "_id": ObjectId(), "seq": 2.5}
    await store.db["access_log"].insert_one(smuggled)
    found = [
        decode(raw)["_id"]
        for part in await parts(3)
        async for page in pages(part, size)
        for raw in page
    ]
    every = await store.db["access_log"].find().sort(BY_CHAIN).to_list()
    assert found == [each["_id"] for each in every]
    assert smuggled["_id"] in found


async def test_fifty_writers_at_once_make_one_chain(store: Store, clock: FixedClock) -> None:
    resident_id, other = ObjectId(), ObjectId()
    processes = [ChainWriter() for _ in range(10)]
    dice = random.Random(7)

    async def write(process: ChainWriter) -> None:
        for _ in range(4):
            await process.put(resident_id, [a_line() for _ in range(dice.randint(1, 3))])
            await process.put(other, [a_line()])

    await asyncio.gather(*(write(each) for each in processes for _ in range(5)))
    rows = await stored(store, resident_id)
    assert [each["seq"] for each in rows] == list(range(1, len(rows) + 1))
    assert len(await stored(store, other)) == 200
    assert (await verdict(clock)).to_json() == {"ok": True, "entries": len(rows) + 200}
    assert (await read_heads([other]))[other].seq == 200


@pytest.mark.parametrize("field", [each for each in FIELDS if each not in ("_id", "seq")])
async def test_a_change_of_any_field_is_found(store: Store, clock: FixedClock, field: str) -> None:
    await a_chain(3)
    resident_id = await a_chain(5)
    row = (await stored(store, resident_id))[2]
    value = OTHER.get(field, "something else") if field != "at" else clock.now()
    if field == "resident_id":
        value = ObjectId()
    assert row[field] != value
    await store.db["access_log"].update_one({"_id": row["_id"]}, {"$set": {field: value}})
    resident, _, fault = await complaint(clock)
    # An entry that calls itself another resident's is missed where it was.
    assert fault in (Fault.HASH, Fault.LAYOUT) or (field, fault) == ("resident_id", Fault.GAP)
    if field not in ("v", "resident_id", "prev"):
        assert resident == resident_id


async def test_an_entry_taken_out_of_the_middle_is_found(store: Store, clock: FixedClock) -> None:
    resident_id = await a_chain(5)
    await store.db["access_log"].delete_one({"resident_id": resident_id, "seq": 3})
    assert await complaint(clock) == (resident_id, 3, Fault.GAP)


async def test_entries_that_changed_places_are_found(store: Store, clock: FixedClock) -> None:
    resident_id = await a_chain(5)
    log = store.db["access_log"]
    two, three = (await stored(store, resident_id))[1:3]
    await log.delete_many({"_id": {"$in": [two["_id"], three["_id"]]}})
    # As somebody would who knows the hash: each right in itself, in the other's place.
    for row, seq in ((two, 3), (three, 2)):
        await log.insert_one(RawBSONDocument(rehashed({**row, "seq": seq})))
    assert await complaint(clock) == (resident_id, 2, Fault.LINK)


async def test_an_entry_put_in_between_is_found(store: Store, clock: FixedClock) -> None:
    resident_id = await a_chain(2)
    row = (await stored(store, resident_id))[1]
    more = {**row, "_id": ObjectId(), "seq": 3}
    await store.db["access_log"].insert_one(RawBSONDocument(rehashed(more)))
    assert await complaint(clock) == (resident_id, 3, Fault.LINK)


async def test_a_chain_that_was_cut_off_does_not_fit_its_anchor(
    store: Store, clock: FixedClock
) -> None:
    resident_id = await a_chain(5)
    await a_chain(2)
    await Anchoring(clock).anchor()
    await store.db["access_log"].delete_many({"resident_id": resident_id, "seq": {"$gte": 4}})
    assert await complaint(clock) == (resident_id, 5, Fault.CUT)


async def test_a_chain_that_is_gone_as_a_whole_is_missed(store: Store, clock: FixedClock) -> None:
    resident_id = await a_chain(5)
    await a_chain(2)
    await Anchoring(clock).anchor()
    await store.db["access_log"].delete_many({"resident_id": resident_id})
    assert await complaint(clock) == (resident_id, 5, Fault.CUT)


async def test_a_chain_that_was_written_anew_does_not_fit_its_anchor(
    store: Store, clock: FixedClock
) -> None:
    resident_id = await a_chain(3)
    await Anchoring(clock).anchor()
    await store.db["access_log"].delete_many({"resident_id": resident_id})
    await a_chain(4, resident_id)
    assert await complaint(clock) == (resident_id, 3, Fault.ANCHOR)


@pytest.mark.parametrize("what", ["hash", "seq", "gone", "more"])
async def test_anchors_that_were_changed_do_not_fit_their_root(
    store: Store, clock: FixedClock, what: str
) -> None:
    resident_id = await a_chain(3)
    await a_chain(3)
    await Anchoring(clock).anchor()
    anchors = store.db["access_anchors"]
    if what == "gone":
        await anchors.delete_one({"resident_id": resident_id})
    elif what == "more":
        row = await anchors.find_one({"resident_id": resident_id})
        assert row is not None
        await anchors.insert_one({**row, "_id": ObjectId(), "resident_id": ObjectId()})
    else:
        value = {"hash": bytes(32), "seq": 2}[what]
        await anchors.update_one({"resident_id": resident_id}, {"$set": {what: value}})
    assert await complaint(clock) == (None, 1, Fault.ROOT)


@pytest.mark.parametrize("field", ["merkle", "prev", "hash", "at", "size", "number"])
async def test_a_root_that_was_changed_is_found(
    store: Store, clock: FixedClock, field: str
) -> None:
    for _ in range(2):
        await a_chain(2)
        await Anchoring(clock).anchor()
        clock.advance(timedelta(hours=1))
    value = {"at": clock.now(), "size": 9, "number": 7}.get(field, bytes([1]) * 32)
    await store.db["access_roots"].update_one({"number": 1}, {"$set": {field: value}})
    assert await complaint(clock) == (None, 1, Fault.ROOT)


async def test_roots_that_were_all_written_anew_do_not_fit_what_was_published(
    store: Store, clock: FixedClock
) -> None:
    resident_id = await a_chain(3)
    root = await Anchoring(clock).anchor()
    assert root is not None
    kept = {root.number: root.hash}
    assert (await verify(clock.now(), dict(kept))).broken is None
    for name in ("access_log", "access_anchors", "access_roots"):
        await store.db[name].delete_many({})
    await a_chain(3, resident_id)
    await Anchoring(clock).anchor()
    assert (await verdict(clock)).broken is None
    broken = (await verify(clock.now(), dict(kept))).broken
    assert broken is not None
    assert (broken.resident_id, broken.seq, broken.fault) == (None, 1, Fault.ROOT)
    assert (await verify(clock.now(), {9: bytes(32)})).broken is not None


async def test_a_root_holds_the_chains_that_moved_and_no_others(
    store: Store, clock: FixedClock
) -> None:
    one = await a_chain(2, at=clock.now())
    two = await a_chain(2, at=clock.now())
    first = await Anchoring(clock).anchor()
    assert await Anchoring(clock).anchor() is None
    await ChainWriter().put(two, [a_line(at=clock.now())])
    second = await Anchoring(clock).anchor()
    assert first is not None
    assert second is not None
    assert (first.size, second.size, second.prev) == (2, 1, first.hash)
    found = await store.db["access_anchors"].find().sort([("root", 1), ("seq", 1)]).to_list()
    assert {(each["resident_id"], each["root"], each["seq"]) for each in found} == {
        (one, 1, 2),
        (two, 1, 2),
        (two, 2, 3),
    }


async def test_what_was_purged_leaves_a_chain_that_verifies(
    store: Store, clock: FixedClock
) -> None:
    resident_id = await a_chain(5, at=clock.now())
    await Anchoring(clock).anchor()
    clock.advance(timedelta(days=100))
    await ChainWriter().put(resident_id, [a_line(at=clock.now()) for _ in range(3)])
    await Anchoring(clock).anchor()
    clock.advance(timedelta(days=90))
    assert await Purging(clock, 6).purge() == 5
    assert await Purging(clock, 6).purge() == 0
    assert [each["seq"] for each in await stored(store, resident_id)] == [6, 7, 8]
    assert (await verdict(clock)).to_json() == {"ok": True, "entries": 3}
    await ChainWriter().put(resident_id, [a_line(at=clock.now())])
    assert (await verdict(clock)).to_json() == {"ok": True, "entries": 4}


async def test_a_chain_that_was_purged_whole_goes_on_where_it_was(
    store: Store, clock: FixedClock
) -> None:
    resident_id = await a_chain(5, at=clock.now())
    await Anchoring(clock).anchor()
    clock.advance(timedelta(days=200))
    assert await Purging(clock, 6).purge() == 5
    assert (await verdict(clock)).to_json() == {"ok": True, "entries": 0}
    await ChainWriter().put(resident_id, [a_line(at=clock.now())])
    assert [each["seq"] for each in await stored(store, resident_id)] == [6]
    assert (await verdict(clock)).to_json() == {"ok": True, "entries": 1}


async def test_nothing_younger_than_the_setting_or_not_anchored_is_purged(
    store: Store, clock: FixedClock
) -> None:
    await a_chain(5, at=clock.now())
    clock.advance(timedelta(days=400))
    assert await Purging(clock, 6).purge() == 0
    await Anchoring(clock).anchor()
    clock.advance(timedelta(days=179))
    assert await Purging(clock, 1).purge() == 0
    clock.advance(timedelta(days=4))
    assert await Purging(clock, 24).purge() == 0
    assert await Purging(clock, 6).purge() == 5


async def test_a_purge_that_nobody_was_allowed_is_found(store: Store, clock: FixedClock) -> None:
    resident_id = await a_chain(5, at=clock.now())
    await Anchoring(clock).anchor()
    anchor = await store.db["access_anchors"].find_one({"resident_id": resident_id})
    assert anchor is not None
    # Somebody deletes what is a week old, and leaves a checkpoint as the purge would.
    clock.advance(timedelta(days=7))
    await store.db["access_log"].delete_many({"resident_id": resident_id})
    point = {name: anchor[name] for name in ("resident_id", "seq", "hash", "root")}
    await store.db["access_checkpoints"].insert_one({**point, "purged_at": clock.now()})
    assert await complaint(clock) == (resident_id, 5, Fault.CHECKPOINT)


async def test_a_checkpoint_at_another_entry_is_found(store: Store, clock: FixedClock) -> None:
    resident_id = await a_chain(5, at=clock.now())
    await Anchoring(clock).anchor()
    clock.advance(timedelta(days=200))
    await Purging(clock, 6).purge()
    checkpoints = store.db["access_checkpoints"]
    for change in ({"hash": bytes(32)}, {"seq": 4}, {"root": 2}):
        before = await checkpoints.find_one_and_update({}, {"$set": change})
        _, _, fault = await complaint(clock)
        assert fault is Fault.CHECKPOINT
        assert before is not None
        await checkpoints.replace_one({"_id": before["_id"]}, before)
    assert (await verdict(clock)).broken is None
    assert resident_id is not None


def rehashed(row: dict[str, Any]) -> bytes:
    """The entry with the hash that fits it."""
    fields = {name: row[name] for name in FIELDS if name != "hash"}
    fields["seq"] = Int64(row["seq"])
    elements = encode(fields)[4:-1]
    return encode({**fields, "hash": hashlib.sha256(elements).digest()})
