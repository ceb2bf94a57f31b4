"""Roots: at times the heads of all chains that moved go into one Merkle root, itself chained.

Who rewrites a chain as a whole, or cuts its end off, no longer fits the root; who rewrites
the roots as well no longer fits what was published of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from backend.access.log.documents import AccessAnchor, AccessEntry, AccessRoot
from backend.access.log.merkle import leaf, merkle_root
from backend.core.clock import Clock
from backend.core.database import Raw

GENESIS = bytes(32)
_SKEW = timedelta(minutes=15)  # how far apart the clocks of two processes may be
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Root:
    """What is published: ``hash`` covers everything else, the root before included."""

    number: int
    at: datetime
    size: int
    merkle: bytes
    prev: bytes
    hash: bytes

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "size": self.size,
            "merkle": self.merkle.hex(),
            "prev": self.prev.hex(),
            "hash": self.hash.hex(),
        }


def root_hash(number: int, at: datetime, size: int, merkle: bytes, prev: bytes) -> bytes:
    """SHA-256 over ``kangban-access-root/1``, number, milliseconds since 1970 and size in 8
    bytes each (big end first), the Merkle root and the hash of the root before."""
    millis = (at - _EPOCH) // timedelta(milliseconds=1)
    numbers = b"".join(each.to_bytes(8, "big") for each in (number, millis, size))
    return hashlib.sha256(b"kangban-access-root/1" + numbers + merkle + prev).digest()


def root_from_raw(raw: Raw) -> Root:
    return Root(
        number=raw["number"],
        at=raw["at"],
        size=raw["size"],
        merkle=bytes(raw["merkle"]),
        prev=bytes(raw["prev"]),
        hash=bytes(raw["hash"]),
    )


async def all_roots() -> list[Root]:
    """Oldest first."""
    found = AccessRoot.get_pymongo_collection().find().sort("number", 1)
    return [root_from_raw(raw) async for raw in found]


async def last_root() -> Root | None:
    found = await AccessRoot.get_pymongo_collection().find_one(sort=[("number", -1)])
    return root_from_raw(found) if found else None


class Anchoring:
    """Makes roots; one process at a time, which its caller sees to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def anchor(self) -> Root | None:
        """A root over all heads that moved since the last one; None where none did."""
        last = await last_root()
        number = last.number + 1 if last else 1
        anchors = AccessAnchor.get_pymongo_collection()
        # What a process left that stopped before its root was written.
        await anchors.delete_many({"root": {"$gte": number}})
        moved = await _moved(last)
        if not moved:
            return None
        for some in (moved[n : n + _AT_ONCE] for n in range(0, len(moved), _AT_ONCE)):
            await anchors.insert_many(
                [
                    {"_id": ObjectId(), "resident_id": rid, "root": number, "seq": s, "hash": h}
                    for rid, s, h in some
                ]
            )
        return await self._write(number, moved, last)

    async def _write(
        self, number: int, moved: list[tuple[ObjectId, int, bytes]], last: Root | None
    ) -> Root:
        merkle = merkle_root([leaf(*each) for each in moved])
        at, prev = self._clock.now(), last.hash if last else GENESIS
        digest = root_hash(number, at, len(moved), merkle, prev)
        root = Root(number, at, len(moved), merkle, prev, digest)
        document = AccessRoot(
            number=number, at=at, size=len(moved), merkle=merkle, prev=prev, hash=digest
        )
        await AccessRoot.get_pymongo_collection().insert_one(document.to_raw())
        return root


async def _moved(last: Root | None) -> list[tuple[ObjectId, int, bytes]]:
    """(resident, seq, hash) of the heads that the last root does not hold, by resident."""
    found = []
    async for resident_id, seq, digest in _heads(last.at - _SKEW if last else None):
        before = await AccessAnchor.get_pymongo_collection().find_one(
            {"resident_id": resident_id}, {"seq": 1}, sort=[("seq", -1)]
        )
        if before is None or before["seq"] < seq:
            found.append((resident_id, seq, digest))
    return sorted(found)


async def _heads(since: datetime | None) -> AsyncIterator[tuple[ObjectId, int, bytes]]:
    entries = AccessEntry.get_pymongo_collection()
    recent: Raw = {"at": {"$gte": since}} if since else {}
    moved = await entries.aggregate(
        [{"$match": recent}, {"$group": {"_id": "$resident_id"}}], allowDiskUse=True
    )
    async for each in moved:
        raw = await entries.find_one(
            {"resident_id": each["_id"]}, {"seq": 1, "hash": 1}, sort=[("seq", -1)]
        )
        if raw is not None:
            yield each["_id"], int(raw["seq"]), bytes(raw["hash"])
