"""Appends to the chains: whoever is first at a number has it, the others read on and try again."""

from __future__ import annotations

import asyncio
import contextvars
import random
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

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
_DUPLICATE_KEY = 11000
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
        self._busy: dict[ObjectId, asyncio.Task[None]] = {}

    def put(self, resident_id: ObjectId, lines: Sequence[Line]) -> asyncio.Future[None]:
        """Done when the lines are in the chain. Fails with ``LogUnavailable``.

        What comes in one turn of the event loop, or while the chain is being written, is
        written together.
        """
        batch = self._waiting.setdefault(resident_id, _Batch())
        batch.lines.extend(lines)
        if resident_id not in self._busy:
            # Not in the context of who came first: the task serves others as well.
            task = asyncio.get_running_loop().create_task(
                self._drain(resident_id), context=contextvars.Context()
            )
            self._busy[resident_id] = task
        return batch.written

    async def _drain(self, resident_id: ObjectId) -> None:
        try:
            while (batch := self._waiting.pop(resident_id, None)) is not None:
                await self._write(resident_id, batch)
        finally:
            del self._busy[resident_id]

    async def _write(self, resident_id: ObjectId, batch: _Batch) -> None:
        try:
            await self._append(resident_id, batch.lines)
        except Exception as error:
            self._heads.pop(resident_id, None)
            log.error("access log not written", error=type(error).__name__)
            batch.written.set_exception(LogUnavailable())
        except BaseException:
            batch.written.cancel()
            raise
        else:
            batch.written.set_result(None)

    async def _append(self, resident_id: ObjectId, lines: list[Line]) -> None:
        entries = AccessEntry.get_pymongo_collection().with_options(write_concern=_MAJORITY)
        for attempt in range(_ATTEMPTS):
            before = self._heads.get(resident_id) or await read_head(resident_id)
            written = await _insert(entries, resident_id, lines, before)
            if len(written) == len(lines):
                self._remember(resident_id, written[-1])
                return
            lines = lines[len(written) :]
            self._heads.pop(resident_id, None)
            await asyncio.sleep(random.uniform(0, 0.001 * min(attempt, 20)))
        raise LogUnavailable

    def _remember(self, resident_id: ObjectId, head: Head) -> None:
        self._heads[resident_id] = head
        self._heads.move_to_end(resident_id)
        if len(self._heads) > _KNOWN_HEADS:
            self._heads.popitem(last=False)


async def _insert(
    entries: AsyncCollection[Raw], resident_id: ObjectId, lines: Sequence[Line], before: Head
) -> list[Head]:
    """The heads after each line that got in; fewer than lines where others were first."""
    made: list[Any] = []
    heads: list[Head] = []
    for line in lines:
        raw, before = linked(line.fields(), resident_id, before)
        made.append(RawBSONDocument(raw))
        heads.append(before)
    try:
        await entries.insert_many(made, ordered=True)
    except BulkWriteError as error:
        faults = error.details["writeErrors"]
        concerns = error.details["writeConcernErrors"]
        if concerns or [each["code"] for each in faults] != [_DUPLICATE_KEY]:
            raise
        return heads[: faults[0]["index"]]
    return heads


async def read_head(resident_id: ObjectId) -> Head:
    """Where the stored chain ends: at its last entry, or where it was purged to."""
    for model in (AccessEntry, AccessCheckpoint):
        raw = await model.get_pymongo_collection().find_one(
            {"resident_id": resident_id}, {"seq": 1, "hash": 1}, sort=[("seq", -1)]
        )
        if raw is not None:
            return Head(int(raw["seq"]), bytes(raw["hash"]))
    return START
