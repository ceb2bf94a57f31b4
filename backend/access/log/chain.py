"""The chain itself: how an entry becomes bytes, and how bytes are checked. No database.

An entry is stored as one BSON document whose fields stand in the order of ``FIELDS``; its
last field ``hash`` is the SHA-256 of all bytes between the document's length and the field
``hash``. So every stored byte is covered, an added field as well, and a check hashes what
the store sent without decoding it. ``prev`` is the hash of the resident's entry before, 32
zero bytes for the first; ``seq`` counts from 1 without gaps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from struct import Struct, error
from typing import Any

from bson import ObjectId, encode
from bson.int64 import Int64

VERSION = 1
GENESIS = bytes(32)
FIELDS = (
    "_id", "v", "resident_id", "seq", "prev",
    "at", "request", "account_id", "relation", "kinship", "role", "channel",
    "category", "action", "why", "via", "purpose", "words", "hash",
)  # fmt: skip

# Length, and the first five fields: names and what always stands between the values.
_HEAD = Struct("<i5s12s20s12s5sq11s32s")
_START, _NUMBER = Struct("<i5s"), Struct("<q")
_OWNED = _START.size + 12  # where the owner stands: behind length and id
_ID, _OWNER = b"\x07_id\0", b"\x10v\0" + VERSION.to_bytes(4, "little") + b"\x07resident_id\0"
_SEQ, _PREV, _HASH = b"\x12seq\0", b"\x05prev\0 \0\0\0\0", b"\x05hash\0 \0\0\0\0"
_END = b"\0"
_TAIL = len(_HASH) + 32 + len(_END)


class Fault(StrEnum):
    """What is wrong with the first broken entry."""

    LAYOUT = "layout"  # not the bytes of an entry
    HASH = "hash"  # the entry was changed
    LINK = "link"  # it does not follow the entry before
    GAP = "gap"  # an entry before it is missing
    CUT = "cut"  # an anchored entry is missing at the end
    ANCHOR = "anchor"  # not the entry that was anchored
    ROOT = "root"  # the anchors of a root, or the chain of roots, were changed
    CHECKPOINT = "checkpoint"  # what was purged was not anchored, or too young


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: the last entry's number and hash."""

    seq: int = 0
    hash: bytes = GENESIS


START = Head()


class Broken(Exception):
    """The first broken entry of a chain; ``resident_id`` None for what concerns a root."""

    def __init__(self, fault: Fault, resident_id: ObjectId | None, seq: int) -> None:
        self.fault = fault
        self.resident_id = resident_id
        self.seq = seq
        super().__init__(f"{fault.value} at {resident_id}/{seq}")


def linked(fields: dict[str, Any], resident_id: ObjectId, before: Head) -> tuple[bytes, Head]:
    """The stored bytes of the entry after ``before``, and the chain's new head.

    ``fields`` holds everything between ``prev`` and ``hash``, in the order of ``FIELDS``.
    """
    entry = {
        "_id": ObjectId(),
        "v": VERSION,
        "resident_id": resident_id,
        "seq": Int64(before.seq + 1),
        "prev": before.hash,
        **fields,
        "hash": GENESIS,
    }
    raw = bytearray(encode(entry))
    digest = hashlib.sha256(raw[4:-_TAIL]).digest()
    raw[-33:-1] = digest
    return bytes(raw), Head(before.seq + 1, digest)


def owner(entry: bytes) -> bytes:
    """Whose entry it is. Raises ``Broken`` (LAYOUT)."""
    return bytes(_head(entry)[4])


def scan(
    entries: Sequence[bytes], at: int, chain: bytes, before: Head, until: int
) -> tuple[int, Head]:
    """Check the entries of ``chain`` from index ``at`` on, up to number ``until`` at most.

    Answers where it stopped (at another resident's entry, or behind the last one) and the
    chain's head there. Raises ``Broken``.
    """
    stop = len(entries) if until < 0 else at + until - before.seq
    seq, prev, sha256, number = before.seq, before.hash, hashlib.sha256, _NUMBER.pack
    owned, start = _OWNER + chain + _SEQ, _START.pack
    for entry in islice(entries, at, stop):
        digest = sha256(entry[4:-_TAIL]).digest()
        if not (
            entry.startswith(owned + number(seq + 1) + _PREV + prev, _OWNED)
            and entry.endswith(_HASH + digest + _END)
            and entry.startswith(start(len(entry), _ID))
        ):
            if _is_of_another(entry, chain):
                break
            raise _fault(entry, digest, chain, Head(seq, prev))
        seq, prev = seq + 1, digest
    return at + seq - before.seq, Head(seq, prev)


def _head(entry: bytes) -> tuple[Any, ...]:
    try:
        return _HEAD.unpack_from(entry)
    except error as fault:
        raise Broken(Fault.LAYOUT, None, 0) from fault


def _is_of_another(entry: bytes, chain: bytes) -> bool:
    head = _head(entry)
    return bool(head[4] != chain and head[3] == _OWNER)


def _fault(entry: bytes, digest: bytes, chain: bytes, before: Head) -> Broken:
    """What is wrong with an entry that is not the one after ``before``."""
    length, id_, _, owner_, resident_id, seq_, number, prev_, _ = _head(entry)
    named = id_ == _ID and owner_ == _OWNER
    whole = named and seq_ == _SEQ and prev_ == _PREV and length == len(entry)
    if not whole or not entry.endswith(_HASH + digest + _END):
        ends = entry[-_TAIL:-33] == _HASH and entry[-1:] == _END
        fault = Fault.HASH if whole and ends else Fault.LAYOUT
        seq = number if named and seq_ == _SEQ else 0
        return Broken(fault, ObjectId(resident_id) if named else None, seq)
    if number != before.seq + 1:
        return Broken(Fault.GAP, ObjectId(chain), before.seq + 1)
    return Broken(Fault.LINK, ObjectId(chain), number)
