"""Recomputes everything: each chain, each root, and whether what was anchored is still there.

One pass over the entries in the order of their chains, as the bytes that are stored.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.access.log.anchoring import GENESIS, Root, all_roots, root_hash
from backend.access.log.chain import START, Broken, Fault, Head, owner, scan
from backend.access.log.documents import AccessAnchor, AccessCheckpoint
from backend.access.log.merkle import leaf, merkle_root
from backend.access.log.pages import BY_CHAIN, Part, pages, parts
from backend.access.log.purging import LEAST_KEPT

_NEVER = -1
_PARTS = 3


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
    walks: list[_Walk] = []
    try:
        roots = await _check_roots(kept or {})
        starts = await _starts({each.number: each for each in roots}, now)
        upto = roots[-1].number if roots else 0
        walks += [_Walk(_Anchors(upto, part), starts, part) for part in await parts(_PARTS)]
        # One part is hashed while the store looks for what comes next of the others.
        for fault in await asyncio.gather(*(each.along() for each in walks)):
            if fault is not None:
                raise fault
    except Broken as broken:
        return Verdict(_entries(walks), broken)
    return Verdict(_entries(walks))


def _entries(walks: list[_Walk]) -> int:
    return sum(each.entries for each in walks)


_NONE = (b"", 0)


class _Anchors:
    """The anchored heads in the order of the chains, looked at one ahead."""

    def __init__(self, upto: int, part: Part) -> None:
        self._cursor = AccessAnchor.get_pymongo_collection().find(
            {"root": {"$lte": upto}},
            {"_id": 0, "resident_id": 1, "seq": 1, "hash": 1},
            sort=BY_CHAIN,
            hint=list(BY_CHAIN.items()),
            **part.bounds(),
        )
        self.place = _NONE
        """Resident and number of the next anchor; ``_NONE`` behind the last."""
        self.hash = b""

    async def __aenter__(self) -> _Anchors:
        await self.advance()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._cursor.close()

    async def advance(self) -> None:
        raw = await anext(self._cursor, None)
        if raw is None:
            self.place = _NONE
        else:
            self.place, self.hash = (raw["resident_id"].binary, raw["seq"]), bytes(raw["hash"])

    def until(self, chain: bytes) -> int:
        """At which number of the chain the next anchor is; 0 for none."""
        return self.place[1] if self.place[0] == chain else 0


class _Walk:
    """Along the chains of one part and their anchors at once."""

    def __init__(self, anchors: _Anchors, starts: dict[bytes, Head], part: Part) -> None:
        self.entries = 0
        self._anchors = anchors
        self._starts = starts
        self._part = part
        self._chain = b""
        self._head = START

    async def along(self) -> Broken | None:
        """To the end, or to the first broken entry."""
        try:
            async with self._anchors:
                async for page in pages(self._part):
                    await self._take(page)
                await self._end()
        except Broken as broken:
            return broken
        return None

    async def _take(self, page: list[bytes]) -> None:
        """Raises ``Broken``."""
        at = 0
        while at < len(page):
            if (chain := owner(page[at])) != self._chain:
                await self._begin(chain)
            until = self._anchors.until(chain)
            before = self._head.seq
            at, self._head = scan(page, at, chain, self._head, until or _NEVER)
            self.entries += self._head.seq - before
            if self._head.seq == until:
                await self._anchored()

    async def _end(self) -> None:
        """Raises ``Broken`` where anchored entries are missing at the end."""
        while self._anchors.place != _NONE:
            await self._without_entry()

    async def _begin(self, chain: bytes) -> None:
        self._chain = chain
        self._head = self._starts.get(chain, START)
        # What is anchored up to here has no entry, or none any more.
        while _NONE != self._anchors.place <= (chain, self._head.seq):
            await self._without_entry()

    async def _anchored(self) -> None:
        here = (self._chain, self._head.seq)
        while self._anchors.place == here:
            if self._anchors.hash != self._head.hash:
                raise Broken(Fault.ANCHOR, ObjectId(self._chain), self._head.seq)
            await self._anchors.advance()

    async def _without_entry(self) -> None:
        chain, seq = self._anchors.place
        start = self._starts.get(chain, START)
        if seq > start.seq:
            raise Broken(Fault.CUT, ObjectId(chain), seq)
        if seq == start.seq and self._anchors.hash != start.hash:
            raise Broken(Fault.CHECKPOINT, ObjectId(chain), seq)
        await self._anchors.advance()


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
