"""How a transfer becomes bytes, and how bytes are checked. No database.

A transfer is stored as one BSON document whose last field ``hash`` is the SHA-256 of all bytes
between the document's length and that field, so that every stored byte is covered. ``prev`` is
the hash of the resident's transfer before, 32 zero bytes for the first; ``seq`` counts from 1.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any

from bson import ObjectId, decode, encode
from bson.codec_options import CodecOptions
from bson.errors import InvalidBSON

VERSION = 1
GENESIS = bytes(32)
_TAIL = len(b"\x05hash\0 \0\0\0\0") + 32 + 1  # type, name, length, subtype, digest, end
_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


class Fault(StrEnum):
    """What is wrong with the first broken transfer."""

    LAYOUT = "layout"  # not the bytes of a transfer
    HASH = "hash"  # the transfer was changed
    LINK = "link"  # it does not follow the one before
    GAP = "gap"  # one before it is missing
    CUT = "cut"  # transfers at the end are missing
    SIDES = "sides"  # points that come or go where they cannot
    BALANCE = "balance"  # the sums are not right
    NEGATIVE = "negative"  # below zero by something else than a reversal
    REVERSAL = "reversal"  # of nothing, of something else, or once more
    KEY = "key"  # an idempotency key twice
    TICKET = "ticket"  # a merchant's receipt and the ledger differ


class Broken(Exception):
    """The first broken transfer of a resident's chain."""

    def __init__(self, fault: Fault, resident_id: ObjectId | None, seq: int) -> None:
        self.fault = fault
        self.resident_id = resident_id
        self.seq = seq
        super().__init__(f"{fault.value} at {resident_id}/{seq}")


def sealed(fields: dict[str, Any]) -> tuple[bytes, bytes]:
    """The stored bytes of a transfer with these fields in this order, and its hash."""
    raw = bytearray(encode({**fields, "hash": GENESIS}))
    digest = hashlib.sha256(raw[4:-_TAIL]).digest()
    raw[-33:-1] = digest
    return bytes(raw), digest


def opened(raw: bytes) -> dict[str, Any]:
    """The fields of stored bytes whose own hash is right. Raises ``Broken`` (LAYOUT, HASH)."""
    try:
        fields = decode(raw, _OPTIONS)
        resident_id, seq, stored = fields["resident_id"], fields["seq"], bytes(fields["hash"])
    except (InvalidBSON, KeyError, TypeError) as error:
        raise Broken(Fault.LAYOUT, None, 0) from error
    if fields.get("v") != VERSION or list(fields)[-1] != "hash" or len(stored) != len(GENESIS):
        raise Broken(Fault.LAYOUT, resident_id, seq)
    if hashlib.sha256(raw[4:-_TAIL]).digest() != stored:
        raise Broken(Fault.HASH, resident_id, seq)
    return fields


def documents(batch: bytes) -> list[bytes]:
    """The documents of a raw batch, which stand one after the other."""
    found, start, end = [], 0, len(batch)
    while start < end:
        after = start + int.from_bytes(batch[start : start + 4], "little")
        found.append(batch[start:after])
        start = after
    return found
