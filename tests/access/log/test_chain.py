"""Every stored byte of an entry is covered by its hash, and its place by the one before."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from bson import ObjectId, decode, encode
from bson.int64 import Int64
from bson.raw_bson import RawBSONDocument
from hypothesis import given
from hypothesis import strategies as st

from backend.access.log.chain import (
    FIELDS,
    GENESIS,
    START,
    Broken,
    Fault,
    Head,
    linked,
    owner,
    scan,
)
from backend.access.log.pages import documents
from tests.access.log.lines import SEALED, a_line

RESIDENT = ObjectId("65f000000000000000000001")


def an_entry(before: Head = START) -> tuple[bytes, Head]:
    return linked(a_line(purpose="visit", words=SEALED).fields(), RESIDENT, before)


def check(raw: bytes, before: Head = START) -> Head:
    return scan([raw], 0, RESIDENT.binary, before, -1)[1]


def test_an_entry_has_its_fields_in_the_documented_order_and_follows_the_one_before() -> None:
    first, head = an_entry()
    second, _ = an_entry(head)
    assert tuple(decode(first)) == FIELDS
    assert (decode(first)["seq"], decode(first)["prev"]) == (1, GENESIS)
    assert (decode(second)["seq"], decode(second)["prev"]) == (2, decode(first)["hash"])
    assert check(second, check(first)) == Head(2, decode(second)["hash"])
    assert owner(second) == RESIDENT.binary


def test_a_scan_stops_where_it_is_told_and_at_the_next_chain() -> None:
    first, head = an_entry()
    second, _ = an_entry(head)
    other = linked(a_line().fields(), ObjectId(), START)[0]
    page = [first, second, other]
    assert scan(page, 0, RESIDENT.binary, START, 1) == (1, head)
    assert scan(page, 0, RESIDENT.binary, START, -1)[0] == 2
    assert scan(page, 1, RESIDENT.binary, head, 5)[0] == 2


def test_a_reply_is_cut_into_its_entries_wherever_the_array_stands() -> None:
    made = [an_entry()[0] for _ in range(120)]
    array = [RawBSONDocument(each) for each in made]
    for reply in ({"firstBatch": array, "id": Int64()}, {"ok": True, "firstBatch": array}):
        assert documents(encode(reply), "firstBatch") == made
    assert documents(encode({"firstBatch": []}), "firstBatch") == []
    with pytest.raises(KeyError):
        documents(encode({"ns": "x"}), "firstBatch")


def test_the_hash_is_sha_256_of_everything_between_length_and_hash() -> None:
    raw, head = an_entry()
    without = {name: value for name, value in decode(raw).items() if name != "hash"}
    # Without its length in front and its end behind, a BSON document is its elements.
    assert hashlib.sha256(encode(without)[4:-1]).digest() == head.hash


@given(st.data())
def test_no_byte_can_be_changed(data: st.DataObject) -> None:
    raw, _ = an_entry()
    at = data.draw(st.integers(0, len(raw) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda each: each != raw[at]))
    changed = raw[:at] + bytes([other]) + raw[at + 1 :]
    # In the resident's id it becomes another chain's entry, and is no good there either.
    with pytest.raises(Broken) as broken:
        scan([changed], 0, owner(changed), START, -1)
    assert broken.value.fault in (Fault.LAYOUT, Fault.HASH)


@given(st.binary(min_size=1, max_size=200))
def test_what_is_no_entry_is_refused(raw: bytes) -> None:
    with pytest.raises(Broken) as broken:
        check(raw)
    assert broken.value.fault is Fault.LAYOUT


@pytest.mark.parametrize("name", [each for each in FIELDS if each != "hash"])
def test_a_field_that_was_left_out_is_found(name: str) -> None:
    raw, _ = an_entry()
    without = {key: value for key, value in decode(raw).items() if key != name}
    with pytest.raises(Broken):
        check(encode(without))


def test_a_field_that_was_added_is_found_wherever_it_stands() -> None:
    fields: dict[str, Any] = decode(an_entry()[0])
    items = list(fields.items())
    for place in range(1, len(items) + 1):
        more = dict([*items[:place], ("extra", 1), *items[place:]])
        with pytest.raises(Broken):
            check(encode(more))


def test_an_entry_that_does_not_follow_is_told_from_one_that_is_missing() -> None:
    _, head = an_entry()
    second = an_entry(head)[0]
    with pytest.raises(Broken) as broken:
        check(second)
    assert (broken.value.fault, broken.value.seq) == (Fault.GAP, 1)
    with pytest.raises(Broken) as broken:
        check(second, Head(1, bytes(32)))
    assert (broken.value.fault, broken.value.seq) == (Fault.LINK, 2)
