"""The log to take along: every entry as it was hashed, and the proof that it was anchored.

JSON Lines, for ``docs/verify_access_log.py`` or anybody's own program: entries with all hashed
fields in their order, anchors with their way up to a root, the roots with the chain between
them. Binary values are hexadecimal; ``at`` is in milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from bson import ObjectId

from backend.access.log.anchoring import Root, all_roots
from backend.access.log.chain import FIELDS
from backend.access.log.documents import AccessAnchor, AccessCheckpoint, AccessEntry
from backend.access.log.looks import Look
from backend.access.log.merkle import inclusion, leaf
from backend.access.log.reading import LogReading
from backend.core.database import Raw
from backend.identity.viewer import Viewer

FORMAT = "kangban-access-log/1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOW = {
    "zh": "用 docs/verify_access_log.py 核对：每条记录的 hash 由其余字段计算得出，"
    "prev 是上一条的 hash；anchor 证明某条记录当时已被固定在公开的 root 中。",
    "en": "Check with docs/verify_access_log.py: each entry's hash is computed from its other "
    "fields, prev is the hash before it; an anchor proves that an entry was in a root.",
}


class LogProof:
    """``lines`` after ``admit``: the first is sent only when the reader may read."""

    def __init__(self, reading: LogReading) -> None:
        self._reading = reading

    async def lines(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[bytes]:
        """Raises ``AccessDenied`` before anything is read."""
        await self._reading.admit(viewer, resident_id)
        return self._lines(viewer, resident_id)

    async def _lines(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[bytes]:
        yield _line(type="about", format=FORMAT, resident=str(resident_id), fields=FIELDS, how=_HOW)
        async for raw in AccessCheckpoint.get_pymongo_collection().find(
            {"resident_id": resident_id}
        ):
            yield _line(type="checkpoint", seq=raw["seq"], hash=raw["hash"].hex())
        some: list[Raw] = []
        found = AccessEntry.get_pymongo_collection().find({"resident_id": resident_id})
        async for raw in found.sort("seq", 1).batch_size(500):
            some.append(raw)
            if len(some) == 500:
                yield await self._entries(viewer, some)
                some = []
        yield await self._entries(viewer, some)
        async for line in _anchors(resident_id):
            yield line

    async def _entries(self, viewer: Viewer, rows: list[Raw]) -> bytes:
        told = await self._reading.told(viewer, [Look.of(raw) for raw in rows])
        return b"".join(
            _line(type="entry", **{name: _plain(raw[name]) for name in FIELDS}, who=each.who)
            for raw, each in zip(rows, told, strict=True)
        )


async def _anchors(resident_id: ObjectId) -> AsyncIterator[bytes]:
    roots = await all_roots()
    by_number = {each.number: each for each in roots}
    anchors = AccessAnchor.get_pymongo_collection()
    async for raw in anchors.find({"resident_id": resident_id}).sort("root", 1):
        root = by_number.get(raw["root"])
        if root is not None:
            yield await _anchor(raw, root)
    for root in roots:
        yield _line(type="root", **root.to_json())


async def _anchor(raw: Raw, root: Root) -> bytes:
    found = AccessAnchor.get_pymongo_collection().find({"root": root.number})
    others = await found.sort("resident_id", 1).to_list()
    index = next(n for n, each in enumerate(others) if each["resident_id"] == raw["resident_id"])
    leaves = [leaf(each["resident_id"], each["seq"], bytes(each["hash"])) for each in others]
    return _line(
        type="anchor",
        seq=raw["seq"],
        hash=bytes(raw["hash"]).hex(),
        root=root.number,
        index=index,
        size=root.size,
        proof=[each.hex() for each in inclusion(leaves, index)],
    )


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1)
    return value


def _line(**fields: Any) -> bytes:
    return orjson.dumps(fields) + b"\n"
