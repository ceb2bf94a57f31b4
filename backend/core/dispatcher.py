"""The worker's side of the outbox: claim, hand on, retry, give up."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from datetime import timedelta
from typing import Any

import structlog
from bson import ObjectId
from pymongo import ReturnDocument

from backend.core.changes import Changes
from backend.core.clock import Clock
from backend.core.outbox import Event, Handler, OutboxEntry, decode, delivery
from backend.core.rounds import drained, woken_rounds

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
_FIRST_BACKOFF = 1.0  # seconds, doubled each time up to:
_LONGEST_BACKOFF = 600.0
_POLL_SECONDS = 2.0  # for what becomes due by time; new events wake the worker at once


class Dispatcher:
    """Hands outbox entries to the subscribers that the composition root registered."""

    def __init__(self, clock: Clock, changes: Changes, *, concurrency: int = 4) -> None:
        self._clock = clock
        self._changes = changes
        self._concurrency = concurrency
        self._subscribers: dict[str, dict[str, Handler]] = defaultdict(dict)
        self._name = str(ObjectId())
        self._wake = asyncio.Event()

    def subscribe(self, event: type[Event], name: str, handler: Handler) -> None:
        """Register ``handler`` under a name that is stable across releases."""
        self._subscribers[event.name][name] = handler

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            for _ in range(self._concurrency):
                tasks.create_task(self._work())

    async def drain(self) -> int:
        """Handle everything that is due now and return how many entries that was."""
        return await drained(self.step)

    async def step(self) -> bool:
        """Claim and handle one entry; False when none is due."""
        raw = await self._claim()
        if raw is None:
            return False
        with delivery():
            await self._handle(raw)
        return True

    async def _listen(self) -> None:
        async with self._changes.listen("outbox") as feed:
            async for _ in feed:
                self._wake.set()

    async def _work(self) -> None:
        await woken_rounds("outbox", self.drain, self._wake, _POLL_SECONDS)

    async def _claim(self) -> dict[str, Any] | None:
        now = self._clock.now()
        # An expired lease reads as available_at in the past: one index serves both states.
        return await OutboxEntry.get_pymongo_collection().find_one_and_update(
            {"state": {"$in": ["pending", "leased"]}, "available_at": {"$lte": now}},
            {
                "$set": {
                    "state": "leased",
                    "leased_by": self._name,
                    "available_at": now + LEASE,
                },
                "$inc": {"attempts": 1},
            },
            sort=[("available_at", 1)],
            return_document=ReturnDocument.AFTER,
        )

    async def _handle(self, raw: dict[str, Any]) -> None:
        failure: str | None = None
        done: str | None = None  # and not written yet
        for name, handler in self._subscribers[raw["name"]].items():
            if name in raw["done_by"]:
                continue
            if done is not None:
                await self._update(raw, {"$addToSet": {"done_by": done}})
                done = None
            try:
                await handler(decode(raw), raw["_id"])
            except Exception as error:
                # The text of an unknown error may quote a record: only its type is kept.
                failure = f"{name}: {type(error).__name__}"
                log.error("subscriber failed", event_name=raw["name"], failure=failure)
            else:
                done = name
        await self._settle(raw, failure, done)

    async def _settle(self, raw: dict[str, Any], failure: str | None, done: str | None) -> None:
        """``done``: the last subscriber, whose success is written by the same command."""
        now = self._clock.now()
        if failure is None:
            change: dict[str, Any] = {"state": "done", "done_at": now, "error": None}
        elif raw["attempts"] >= MAX_ATTEMPTS:
            change = {"state": "dead", "error": failure}
        else:
            change = {
                "state": "pending",
                "available_at": now + backoff(raw["attempts"]),
                "error": failure,
            }
        also = {"$addToSet": {"done_by": done}} if done is not None else {}
        await self._update(raw, {"$set": change, **also})

    async def _update(self, raw: dict[str, Any], change: dict[str, Any]) -> None:
        # Only while the lease is ours: a worker that overslept must not settle another's claim.
        await OutboxEntry.get_pymongo_collection().update_one(
            {"_id": raw["_id"], "leased_by": self._name, "attempts": raw["attempts"]}, change
        )


def backoff(attempts: int) -> timedelta:
    """Full jitter over a doubling ceiling."""
    ceiling = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2 ** (attempts - 1))
    return timedelta(seconds=random.uniform(ceiling / 2, ceiling))
