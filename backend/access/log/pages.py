"""The log in the order of its chains, as the bytes that are stored.

Each page is a command of its own that begins at an index key: there is no cursor that could
run out or be on another router. The driver's raw batches make an object of every document,
which costs more than hashing it; here a reply stays bytes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from struct import Struct
from typing import Any

from bson import MinKey
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from backend.access.log.documents import AccessEntry
from backend.core.database import Raw

_SIZE = 4_000
_SAMPLE = 60
_RAW: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)
BY_CHAIN = {"resident_id": 1, "seq": 1}
_LENGTH = Struct("<i")
_DOCUMENT, _ARRAY = 3, 4
# Bytes of a value by its BSON type.
_FIXED = {0x01: 8, 0x07: 12, 0x08: 1, 0x09: 8, 0x10: 4, 0x11: 8, 0x12: 8}


@dataclass(frozen=True, slots=True)
class Part:
    """Whole chains: keys of the index by chain, ``since`` inclusive, ``until`` exclusive."""

    since: Raw | None = None
    until: Raw | None = None

    def bounds(self) -> Raw:
        """For a ``find`` with the hint ``BY_CHAIN``."""
        named = {"min": self.since, "max": self.until}
        return {name: key for name, key in named.items() if key is not None}


async def parts(count: int) -> list[Part]:
    """All there is, in so many parts of about the same size, or fewer."""
    sample = [{"$sample": {"size": _SAMPLE}}, {"$sort": BY_CHAIN}, {"$project": {"resident_id": 1}}]
    cursor = await AccessEntry.get_pymongo_collection().aggregate(sample)
    found = [raw.get("resident_id") async for raw in cursor]
    cuts = [found[len(found) * each // count] for each in range(1, count)] if found else []
    cuts = [cut for cut, _ in groupby(cuts)]
    keys = [None, *({"resident_id": cut, "seq": MinKey()} for cut in cuts), None]
    return [Part(since, until) for since, until in pairwise(keys)]


async def pages(part: Part, size: int = _SIZE) -> AsyncIterator[list[bytes]]:
    """Its entries by resident and number, each as its bytes."""
    page = await _page(part, size)
    while page:
        yield page
        # The next begins with the last one again, so that nothing hides between two pages.
        last = RawBSONDocument(page[-1])
        here = {name: last[name] for name in BY_CHAIN}
        following = await _page(Part(here, part.until), size + 1)
        page = following[1:] if following[:1] == page[-1:] else following


async def _page(part: Part, size: int) -> list[bytes]:
    entries = AccessEntry.get_pymongo_collection()
    command: Raw = {
        "find": entries.name,
        **part.bounds(),
        "sort": BY_CHAIN,
        "hint": BY_CHAIN,
        "limit": size,
        "batchSize": size,
        "singleBatch": True,
    }
    reply = await entries.database.command(command, codec_options=_RAW)
    return documents(bytes(reply["cursor"].raw), "firstBatch")


def documents(raw: bytes, name: str) -> list[bytes]:
    """The documents in the array of that name at the top of a BSON document."""
    at = _value(raw, name.encode())
    end, length_at, find = at + _LENGTH.unpack_from(raw, at)[0] - 1, _LENGTH.unpack_from, raw.index
    at += _LENGTH.size
    found = []
    while at < end:
        at = find(0, at) + 1
        after = at + length_at(raw, at)[0]
        found.append(raw[at:after])
        at = after
    return found


def _value(raw: bytes, name: bytes) -> int:
    """Where the value of that element begins. Raises ``KeyError``."""
    at = 4
    while kind := raw[at]:
        key_end = raw.index(0, at)
        if raw[at + 1 : key_end] == name:
            return key_end + 1
        at = key_end + 1
        if kind in (_DOCUMENT, _ARRAY):
            at += _LENGTH.unpack_from(raw, at)[0]
        elif kind in _FIXED:
            at += _FIXED[kind]
        else:  # text
            at += 4 + _LENGTH.unpack_from(raw, at)[0]
    raise KeyError(name.decode())
