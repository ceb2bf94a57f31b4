"""The Merkle tree of heads."""

from __future__ import annotations

import hashlib

from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from backend.access.log.merkle import inclusion, leaf, merkle_root, root_by

hashes = st.binary(min_size=32, max_size=32)
trees = st.lists(hashes, min_size=1, max_size=70, unique=True)


@given(trees, st.data())
def test_every_leaf_has_a_proof_that_leads_to_the_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion(leaves, index)
    assert root_by(leaves[index], index, len(leaves), proof) == merkle_root(leaves)


@given(trees, st.data())
def test_a_proof_of_another_leaf_place_or_neighbour_leads_elsewhere(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(hashes.filter(lambda each: each != leaves[index]))
    proof, root = inclusion(leaves, index), merkle_root(leaves)
    assert root_by(other, index, len(leaves), proof) != root
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof[:at], hashlib.sha256(proof[at]).digest(), *proof[at + 1 :]]
        assert root_by(leaves[index], index, len(leaves), changed) != root
        assert root_by(leaves[index], index, len(leaves), proof[:-1]) != root
    assert root_by(leaves[index], index, len(leaves), [*proof, other]) != root


@given(trees, st.data())
def test_a_root_changes_with_every_leaf_and_their_order(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:index], hashlib.sha256(leaves[index]).digest(), *leaves[index + 1 :]]
    assert merkle_root(changed) != merkle_root(leaves)
    if len(leaves) > 1:
        assert merkle_root(leaves[::-1]) != merkle_root(leaves)


def test_a_leaf_covers_resident_number_and_hash() -> None:
    one, two = ObjectId(), ObjectId()
    found = {
        leaf(one, 1, bytes(32)),
        leaf(two, 1, bytes(32)),
        leaf(one, 2, bytes(32)),
        leaf(one, 1, bytes([1]) * 32),
    }
    assert len(found) == 4


def test_of_three_leaves_as_rfc_9162_says() -> None:
    a, b, c = (hashlib.sha256(each).digest() for each in (b"a", b"b", b"c"))
    ab = hashlib.sha256(b"\1" + a + b).digest()
    assert merkle_root([a, b, c]) == hashlib.sha256(b"\1" + ab + c).digest()
    assert inclusion([a, b, c], 2) == [ab]
    assert inclusion([a, b, c], 0) == [b, c]
