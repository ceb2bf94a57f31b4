"""The Merkle tree over chains' heads: RFC 9162, section 2.1, with SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bson import ObjectId


def leaf(resident_id: ObjectId, seq: int, head: bytes) -> bytes:
    """A leaf's hash: over 0x00, the resident's id, ``seq`` in 8 bytes, and the entry's hash."""
    return hashlib.sha256(b"\0" + resident_id.binary + seq.to_bytes(8, "big") + head).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Of leaves' hashes in their order; of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return _node(merkle_root(leaves[:split]), merkle_root(leaves[split:]))


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The proof that ``leaves[index]`` is in the tree: its neighbours from the leaf upwards."""
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion(leaves[:split], index), merkle_root(leaves[split:])]
    return [*inclusion(leaves[split:], index - split), merkle_root(leaves[:split])]


def root_by(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root to which a proof leads; None where it has not the length of one."""
    position, last, found = index, size - 1, leaf_hash
    for neighbour in proof:
        if last == 0:
            return None
        if position % 2 or position == last:
            found = _node(neighbour, found)
            while not position % 2 and position:
                position, last = position >> 1, last >> 1
        else:
            found = _node(found, neighbour)
        position, last = position >> 1, last >> 1
    return found if last == 0 else None


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1
