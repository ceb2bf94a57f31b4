"""The chain itself: how an entry becomes bytes, and how bytes are checked. No database.

An entry is stored as one BSON document whose fields stand in the order of ``FIELDS``; its
last field ``hash`` is the SHA-256 of all bytes between the document's length and the field
``hash``. So every stored byte is covered, an added field as well, and a check hashes what
the store sent without decoding it. ``prev`` is the hash of the resident's entry before, 32
zero bytes for the first; ``seq`` counts from 1 without gaps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
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

_HEAD = Struct("<i5s12s3si13s12s5sq11s32s")  # length and the first five fields, each with its name
_TAIL = Struct("<11s32sB")  # ``hash`` and the document's end
_NAMES = (b"\x07_id\0", b"\x10v\0", b"\x07resident_id\0", b"\x12seq\0", b"\x05prev\0 \0\0\0\0")
_HASH = b"\x05hash\0 \0\0\0\0"


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


@dataclass(frozen=True, slots=True)
class Checked:
    """An entry whose own hash is right."""

    resident_id: bytes
    seq: int
    prev: bytes
    hash: bytes


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
    digest = hashlib.sha256(raw[4 : -_TAIL.size]).digest()
    raw[-33:-1] = digest
    return bytes(raw), Head(before.seq + 1, digest)


def checked(raw: bytes) -> Checked:
    """The entry's place in its chain. Raises ``Broken`` (LAYOUT or HASH)."""
    try:
        length, *head = _HEAD.unpack_from(raw)
        name, stored, end = _TAIL.unpack_from(raw, length - _TAIL.size)
    except error as fault:
        raise Broken(Fault.LAYOUT, None, 0) from fault
    resident_id, seq = head[5], head[7]
    fits = tuple(head[0:9:2]) == _NAMES and name == _HASH and not end
    if not fits or head[3] != VERSION or length != len(raw):
        raise _misshapen(head)
    if hashlib.sha256(raw[4 : -_TAIL.size]).digest() != stored:
        raise Broken(Fault.HASH, ObjectId(resident_id), seq)
    return Checked(resident_id, seq, head[9], stored)


def _misshapen(head: list[Any]) -> Broken:
    """Says whose entry it is as far as that can still be read."""
    names = tuple(head[0:9:2])
    resident_id = ObjectId(head[5]) if names[:3] == _NAMES[:3] else None
    return Broken(Fault.LAYOUT, resident_id, head[7] if names[:4] == _NAMES[:4] else 0)


def follow(before: Head, entry: Checked) -> Head:
    """The head after ``entry``. Raises ``Broken`` (GAP or LINK)."""
    if entry.seq != before.seq + 1:
        raise Broken(Fault.GAP, ObjectId(entry.resident_id), before.seq + 1)
    if entry.prev != before.hash:
        raise Broken(Fault.LINK, ObjectId(entry.resident_id), entry.seq)
    return Head(entry.seq, entry.hash)


def documents(batch: bytes) -> Iterator[bytes]:
    """The documents of a raw batch, which stand one after the other."""
    start, end = 0, len(batch)
    while start < end:
        after = start + int.from_bytes(batch[start : start + 4], "little")
        yield batch[start:after]
        start = after
