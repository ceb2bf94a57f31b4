"""Appends to the chains: whoever is first at a number has it, the others read on and try again."""

from __future__ import annotations

import asyncio
import contextvars
import random
from collections import OrderedDict
from collections.abc import Iterable, Sequence

import structlog
from bson import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo import WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from backend.access.log.chain import START, Head, linked
from backend.access.log.documents import AccessCheckpoint, AccessEntry
from backend.access.log.errors import LogUnavailable
from backend.access.log.line import Line
from backend.core.database import Raw

log = structlog.get_logger(__name__)

_KNOWN_HEADS = 20_000
_ATTEMPTS = 200  # each means that somebody else wrote: there is progress
_PATIENCE_MS = 5_000
_STAGES = 100  # chains whose ends are read by one command
_DUPLICATE_KEY = 11000
_GATHERING = 0.004  # seconds in which an answer asks for most of what it asks for
_MAJORITY = WriteConcern(w="majority", wtimeout=_PATIENCE_MS)


class _Batch:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Nobody may be waiting any more when it fails.
        self.written.add_done_callback(lambda done: done.cancelled() or done.exception())


class ChainWriter:
    """One a process; several processes may write one chain."""

    def __init__(self) -> None:
        self._heads: OrderedDict[ObjectId, Head] = OrderedDict()
        self._waiting: dict[ObjectId, _Batch] = {}
        self._busy: set[ObjectId] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._called: asyncio.Handle | None = None

    def put(
        self, resident_id: ObjectId, lines: Sequence[Line], *, gather: bool = False
    ) -> asyncio.Future[None]:
        """Done when the lines are in the chain. Fails with ``LogUnavailable``.

        What comes in one turn of the event loop, for one resident or many, is written
        together; so is what comes for a chain while it is being written. With ``gather`` it
        may wait a moment for more, until ``hurry``.
        """
        batch = self._waiting.setdefault(resident_id, _Batch())
        batch.lines.extend(lines)
        if not gather:
            self.hurry()
        elif self._called is None:
            self._called = asyncio.get_running_loop().call_later(_GATHERING, self._start)
        return batch.written

    def hurry(self) -> None:
        """Somebody waits for what was put."""
        if isinstance(self._called, asyncio.TimerHandle):
            self._called.cancel()
            self._called = None
        if self._called is None:
            self._called = asyncio.get_running_loop().call_soon(self._start)

    def _start(self) -> None:
        self._called = None
        free = [each for each in self._waiting if each not in self._busy]
        if not free:
            return
        taken = {each: self._waiting.pop(each) for each in free}
        self._busy |= taken.keys()
        # Not in the context of who came first: the task serves others as well.
        task = asyncio.get_running_loop().create_task(
            self._write(taken), context=contextvars.Context()
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write(self, taken: dict[ObjectId, _Batch]) -> None:
        try:
            await self._append({rid: batch.lines for rid, batch in taken.items()})
        except Exception as error:
            log.error("access log not written", error=type(error).__name__)
            for rid, batch in taken.items():
                self._heads.pop(rid, None)
                batch.written.set_exception(LogUnavailable())
        except BaseException:
            for batch in taken.values():
                batch.written.cancel()
            raise
        else:
            for batch in taken.values():
                batch.written.set_result(None)
        finally:
            self._busy -= taken.keys()
            if self._waiting:
                self.hurry()

    async def _append(self, wanted: dict[ObjectId, list[Line]]) -> None:
        entries = AccessEntry.get_pymongo_collection().with_options(write_concern=_MAJORITY)
        left = [(rid, line) for rid, lines in wanted.items() for line in lines]
        for attempt in range(_ATTEMPTS):
            made = _linked(left, await self._known(dict.fromkeys(rid for rid, _ in left)))
            count = await _insert(entries, [raw for raw, _ in made])
            for (rid, _), (_, head) in zip(left[:count], made[:count], strict=True):
                self._remember(rid, head)
            if count == len(left):
                return
            # Somebody else was first at this number: the chain goes on behind them.
            self._heads.pop(left[count][0], None)
            left = left[count:]
            await asyncio.sleep(random.uniform(0, 0.001 * min(attempt, 20)))
        raise LogUnavailable

    async def _known(self, residents: Iterable[ObjectId]) -> dict[ObjectId, Head]:
        known = {each: self._heads.get(each) for each in residents}
        missing = [each for each, head in known.items() if head is None]
        found = await read_heads(missing) if missing else {}
        return {each: head or found[each] for each, head in known.items()}

    def _remember(self, resident_id: ObjectId, head: Head) -> None:
        self._heads[resident_id] = head
        self._heads.move_to_end(resident_id)
        if len(self._heads) > _KNOWN_HEADS:
            self._heads.popitem(last=False)


def _linked(
    lines: Sequence[tuple[ObjectId, Line]], heads: dict[ObjectId, Head]
) -> list[tuple[bytes, Head]]:
    made = []
    for resident_id, line in lines:
        raw, heads[resident_id] = linked(line.fields(), resident_id, heads[resident_id])
        made.append((raw, heads[resident_id]))
    return made


async def _insert(entries: AsyncCollection[Raw], made: Sequence[bytes]) -> int:
    """How many got in before one whose number is taken. In order: none may pass over another."""
    try:
        await entries.insert_many([RawBSONDocument(raw) for raw in made], ordered=True)
    except BulkWriteError as error:
        faults = error.details["writeErrors"]
        concerns = error.details["writeConcernErrors"]
        if concerns or [each["code"] for each in faults] != [_DUPLICATE_KEY]:
            raise
        index: int = faults[0]["index"]
        return index
    return len(made)


async def read_heads(residents: Sequence[ObjectId]) -> dict[ObjectId, Head]:
    """Where the stored chains end: at their last entry, or where they were purged to."""
    found = dict.fromkeys(residents, START)
    entries = AccessEntry.get_pymongo_collection()
    for start in range(0, len(residents), _STAGES):
        first, *rest = [_last_entry(each) for each in residents[start : start + _STAGES]]
        union = [{"$unionWith": {"coll": entries.name, "pipeline": each}} for each in rest]
        async for raw in await entries.aggregate(first + union):
            found[raw["resident_id"]] = Head(int(raw["seq"]), bytes(raw["hash"]))
    bare = [each for each, head in found.items() if head is START]
    if bare:
        purged = AccessCheckpoint.get_pymongo_collection().find({"resident_id": {"$in": bare}})
        async for raw in purged:
            found[raw["resident_id"]] = Head(int(raw["seq"]), bytes(raw["hash"]))
    return found


def _last_entry(resident_id: ObjectId) -> list[Raw]:
    return [
        {"$match": {"resident_id": resident_id}},
        {"$sort": {"seq": -1}},
        {"$limit": 1},
        {"$project": {"resident_id": 1, "seq": 1, "hash": 1}},
    ]
