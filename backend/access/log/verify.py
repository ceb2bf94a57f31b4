"""Recomputes everything: each chain, each root, and whether what was anchored is still there.

One pass over the entries in the order of their chains, as the bytes that are stored; the next
batch is asked for while one is hashed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.access.log.anchoring import GENESIS, Root, all_roots, root_hash
from backend.access.log.chain import START, Broken, Fault, Head, checked, documents, follow
from backend.access.log.documents import AccessAnchor, AccessCheckpoint, AccessEntry
from backend.access.log.merkle import leaf, merkle_root
from backend.access.log.purging import LEAST_KEPT
from backend.core.database import Raw

_BATCH = 5_000
_BY_CHAIN = [("resident_id", 1), ("seq", 1)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ``kangban audit verify`` prints."""

    entries: int
    broken: Broken | None = None

    def to_json(self) -> dict[str, Any]:
        if self.broken is None:
            return {"ok": True, "entries": self.entries}
        resident_id = self.broken.resident_id
        return {
            "ok": False,
            "resident": str(resident_id) if resident_id else None,
            "seq": self.broken.seq,
            "reason": self.broken.fault.value,
            "entries": self.entries,
        }


async def verify(now: datetime, kept: dict[int, bytes] | None = None) -> Verdict:
    """The first broken entry, or how many there are.

    ``kept`` holds hashes of roots by number that were published before and are kept elsewhere:
    they must still be the roots'.
    """
    walk = _Walk(now)
    try:
        roots = await _check_roots(kept or {})
        async with _anchors(roots[-1].number if roots else 0) as anchors:
            await walk.run(anchors, {each.number: each for each in roots})
    except Broken as broken:
        return Verdict(walk.entries, broken)
    return Verdict(walk.entries)


class _Anchors:
    """The anchored heads in the order of the chains, looked at one ahead."""

    def __init__(self, upto: int) -> None:
        self._cursor = AccessAnchor.get_pymongo_collection().find(
            {"root": {"$lte": upto}}, {"_id": 0, "resident_id": 1, "seq": 1, "hash": 1}
        )
        self._cursor.sort(_BY_CHAIN)
        self.next: Raw | None = None

    async def __aenter__(self) -> _Anchors:
        await self.advance()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._cursor.close()

    async def advance(self) -> None:
        self.next = await anext(self._cursor, None)


def _anchors(upto: int) -> _Anchors:
    return _Anchors(upto)


class _Walk:
    def __init__(self, now: datetime) -> None:
        self._now = now
        self.entries = 0
        self._resident: bytes | None = None
        self._head = START

    async def run(self, anchors: _Anchors, roots: dict[int, Root]) -> None:
        """Raises ``Broken``."""
        starts = await _starts(roots, self._now)
        # The chain's purged part was anchored, too: those anchors are behind its start.
        place = (b"", 0)
        if anchors.next is not None:
            place = (anchors.next["resident_id"].binary, anchors.next["seq"])
        async for batch in _batches():
            for raw in documents(batch):
                entry = checked(raw)
                if entry.resident_id != self._resident:
                    self._resident = entry.resident_id
                    self._head = starts.get(entry.resident_id, START)
                    while place <= (entry.resident_id, self._head.seq) and anchors.next:
                        place = await self._passed(anchors, starts)
                self._head = follow(self._head, entry)
                self.entries += 1
                if (entry.resident_id, entry.seq) == place:
                    while anchors.next and (entry.resident_id, entry.seq) == place:
                        if bytes(anchors.next["hash"]) != entry.hash:
                            raise Broken(Fault.ANCHOR, ObjectId(entry.resident_id), entry.seq)
                        place = await _step(anchors)
        while anchors.next is not None:
            await self._passed(anchors, starts)

    async def _passed(self, anchors: _Anchors, starts: dict[bytes, Head]) -> tuple[bytes, int]:
        """An anchor for which there is no entry: purged, or cut off."""
        assert anchors.next is not None
        resident_id, seq = anchors.next["resident_id"], anchors.next["seq"]
        start = starts.get(resident_id.binary, START)
        if seq > start.seq:
            raise Broken(Fault.CUT, resident_id, seq)
        if seq == start.seq and bytes(anchors.next["hash"]) != start.hash:
            raise Broken(Fault.CHECKPOINT, resident_id, seq)
        return await _step(anchors)


async def _step(anchors: _Anchors) -> tuple[bytes, int]:
    await anchors.advance()
    if anchors.next is None:
        return (b"", 0)
    return (anchors.next["resident_id"].binary, anchors.next["seq"])


async def _batches() -> AsyncIterator[bytes]:
    entries = AccessEntry.get_pymongo_collection()
    cursor = entries.find_raw_batches({}, batch_size=_BATCH).sort(_BY_CHAIN)
    async with cursor:
        coming = asyncio.ensure_future(anext(cursor, None))
        while (batch := await coming) is not None:
            coming = asyncio.ensure_future(anext(cursor, None))
            await asyncio.sleep(0)  # the request for the next batch goes out now
            yield batch


async def _starts(roots: dict[int, Root], now: datetime) -> dict[bytes, Head]:
    """Where purged chains begin: at anchored entries. Raises ``Broken`` (CHECKPOINT)."""
    starts: dict[bytes, Head] = {}
    async for raw in AccessCheckpoint.get_pymongo_collection().find():
        resident_id, seq = raw["resident_id"], raw["seq"]
        anchor = await AccessAnchor.get_pymongo_collection().find_one(
            {"resident_id": resident_id, "seq": seq, "root": raw["root"]}
        )
        root = roots.get(raw["root"])
        if anchor is None or root is None or now - root.at < LEAST_KEPT:
            raise Broken(Fault.CHECKPOINT, resident_id, seq)
        starts[resident_id.binary] = Head(seq, bytes(raw["hash"]))
    return starts


async def _check_roots(kept: dict[int, bytes]) -> list[Root]:
    """Each root from its anchors, the chain of roots, and what was published of them."""
    roots = await all_roots()
    prev = GENESIS
    for expected, root in enumerate(roots, 1):
        digest = root_hash(root.number, root.at, root.size, root.merkle, prev)
        right = root.number == expected and root.prev == prev and root.hash == digest
        if not right or kept.pop(root.number, digest) != digest:
            raise Broken(Fault.ROOT, None, expected)
        await _check_leaves(root)
        prev = root.hash
    if kept:
        raise Broken(Fault.ROOT, None, min(kept))
    return roots


async def _check_leaves(root: Root) -> None:
    found = AccessAnchor.get_pymongo_collection().find({"root": root.number})
    leaves = [
        leaf(raw["resident_id"], raw["seq"], bytes(raw["hash"]))
        async for raw in found.sort("resident_id", 1)
    ]
    if len(leaves) != root.size or merkle_root(leaves) != root.merkle:
        raise Broken(Fault.ROOT, None, root.number)
