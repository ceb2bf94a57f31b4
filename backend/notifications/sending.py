"""The worker: from waiting items to phones. Any number of them.

Each item is one chain of attempts. Before a channel is called, that it will be is written down;
a worker that dies then leaves a note behind, and who comes after sends again only by a channel
that shows the same tag once. The inbox has had the item from the start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from backend.core.container import Core
from backend.core.database import Raw
from backend.core.rounds import drained, woken_rounds
from backend.notifications.addresses import Addresses
from backend.notifications.catalogue import limits, topics
from backend.notifications.channels.base import Channel
from backend.notifications.choices import Choices, channels_for
from backend.notifications.claims import Claims
from backend.notifications.documents import InboxItem, NotificationChoices
from backend.notifications.handing import Handing
from backend.notifications.kinds import ChannelKey, PushState, Urgency
from backend.notifications.outcome import after
from backend.notifications.planning import Send, Settle, Wait, bundled, cut_off, verdict
from backend.notifications.reaching import Reaching

_POLL_SECONDS = 2.0
_PATIENCE = 0.6  # of the lease, that a channel may take
_WAITING = {"push.state": PushState.WAITING.value}


class Sending:
    def __init__(
        self,
        core: Core,
        channels: Mapping[ChannelKey, Channel],
        addresses: Addresses,
        choices: Choices,
    ) -> None:
        self._core = core
        self._channels = channels
        self._choices = choices
        lease = timedelta(seconds=limits()["sending"]["lease_seconds"])
        self._reaching = Reaching(channels, addresses)
        self._handing = Handing(channels, addresses, lease.total_seconds() * _PATIENCE)
        self._claims = Claims(
            core.clock, _inbox, due="push.available_at", holder="push.leased_by", lease=lease
        )
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._work())

    async def drain(self) -> int:
        """Everything that is due now; how many items that was."""
        return await drained(self.step)

    async def step(self) -> int:
        """One batch; how many items it was."""
        name, raws = await self._claims.take(_WAITING, limits()["sending"]["batch"])
        if not raws:
            return 0
        now = self._core.clock.now()
        items = [InboxItem.model_validate(each) for each in raws]
        items = [
            cut_off(each, self._channels, now) if each.push.sending else each for each in items
        ]
        await self._handle(name, items, now)
        return len(items)

    async def _handle(self, name: str, items: list[InboxItem], now: datetime) -> None:
        accounts = {each.account_id for each in items}
        choices = await self._choices.of_all(accounts)
        reach = await self._reaching.of(accounts)
        sends: list[Send] = []
        changes: list[UpdateOne] = []
        for item in items:
            usable = {each.channel for each in reach.get(item.account_id, ())}
            found = verdict(item, choices[item.account_id], usable, now)
            if isinstance(found, Send):
                sends.append(found)
            elif isinstance(found, Wait):
                changes.append(_update(name, item.id, {"available_at": found.until}))
            else:
                changes.append(_update(name, item.id, _settled(found, now)))
        sends, into = bundled(sends)
        changes += [_update(name, each, _told_by(leader, now)) for each, leader in into.items()]
        sends = [await self._with_others(each, choices, now) for each in sends]
        changes += [_update(name, each.item.id, _intent(each), free=False) for each in sends]
        await _write(changes)
        answers = await self._handing.over(sends, reach, choices)
        now = self._core.clock.now()
        await _write(
            [_update(name, each.item.id, after(each, answers[each.item.id], now)) for each in sends]
        )

    async def _with_others(
        self, send: Send, choices: Mapping[ObjectId, NotificationChoices], now: datetime
    ) -> Send:
        """The push stands also for what waits for the same account, and for what it stood for
        when somebody began to send it before."""
        item = send.item
        before = 0
        if item.push.attempts or item.push.history:
            told = {"account_id": item.account_id, "push.into": item.id}
            before = await _inbox().count_documents(told)
        if item.urgency is not Urgency.ROUTINE or not topics()[item.topic].bundle_seconds:
            return send.standing_for(before)
        mine = choices[item.account_id]
        open_topics = [
            each for each in topics() if channels_for(mine, each, Urgency.ROUTINE) is not None
        ]
        query = {
            "account_id": item.account_id,
            **_WAITING,
            "urgency": Urgency.ROUTINE.value,
            "push.leased_by": None,
            "topic": {"$in": open_topics},
            "push.available_at": {"$lte": now + topics()[item.topic].bundle},
        }
        change = {f"push.{field}": value for field, value in _told_by(item.id, now).items()}
        done = await _inbox().update_many(query, {"$set": change})
        return send.standing_for(before + int(done.modified_count))

    async def _listen(self) -> None:
        async with self._core.changes.listen("inbox_items") as feed:
            async for _ in feed:
                self._wake.set()

    async def _work(self) -> None:
        await woken_rounds("sending", self.drain, self._wake, _POLL_SECONDS)


def _intent(send: Send) -> Raw:
    """What ``cut_off`` made of the item is written with it."""
    push = send.item.push
    return {
        "sending": list(send.channels),
        "given_up": push.given_up,
        "history": [each.model_dump() for each in push.history],
    }


def _settled(found: Settle, now: datetime) -> Raw:
    return {"state": found.state, "available_at": None, "settled_at": now}


def _told_by(leader: ObjectId, now: datetime) -> Raw:
    return {**_settled(Settle(PushState.BUNDLED), now), "into": leader}


def _update(name: str, item_id: ObjectId, push: Raw, *, free: bool = True) -> UpdateOne:
    fields = {**push, "leased_by": None} if free else push
    change = {"$set": {f"push.{field}": value for field, value in fields.items()}}
    return UpdateOne({"_id": item_id, "push.leased_by": name, **_WAITING}, change)


async def _write(changes: list[UpdateOne]) -> None:
    # Only while the lease is ours: who overslept must not settle another's claim.
    if changes:
        await _inbox().bulk_write(changes, ordered=False)


def _inbox() -> Any:
    return InboxItem.get_pymongo_collection()
