"""The worker: from waiting items to phones. Any number of them.

Each item is one chain of attempts. Before a channel is called, that it will be is written down;
a worker that dies then leaves a note behind, and who comes after sends again only by a channel
that shows the same tag once. The inbox has had the item from the start.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from pymongo import UpdateOne

from backend.access.consent.purpose import ConsentState, Purpose
from backend.access.consent.states import ConsentStates
from backend.access.relations import Relation, RelationKind
from backend.core.container import Core
from backend.core.database import Raw
from backend.notifications.addresses import Addresses, Reach
from backend.notifications.catalogue import limits, topics
from backend.notifications.channels.base import Answer, Channel, Parcel, Result
from backend.notifications.channels.wechat import TEMPLATE
from backend.notifications.choices import Choices, channels_for
from backend.notifications.claims import Claims
from backend.notifications.documents import InboxItem, NotificationChoices
from backend.notifications.kinds import ChannelKey, PushState, Urgency
from backend.notifications.outcome import after, together
from backend.notifications.planning import Send, Settle, Wait, bundled, cut_off, verdict

log = structlog.get_logger(__name__)

_POLL_SECONDS = 2.0
_WAITING = {"push.state": PushState.WAITING.value}
_By = dict[ObjectId, Any]


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
        self._addresses = addresses
        self._choices = choices
        self._consents = ConsentStates()
        lease = timedelta(seconds=limits()["sending"]["lease_seconds"])
        self._patience = lease.total_seconds() * 0.6
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
        handled = 0
        while done := await self.step():
            handled += done
        return handled

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
        reach = await self._allowed(await self._addresses.reach(accounts))
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
        await self._send(name, sends, reach, choices)

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

    async def _send(
        self,
        name: str,
        sends: list[Send],
        reach: Mapping[ObjectId, list[Reach]],
        choices: Mapping[ObjectId, NotificationChoices],
    ) -> None:
        rows: dict[ChannelKey, list[tuple[Send, Reach]]] = defaultdict(list)
        for send in sends:
            for each in reach.get(send.item.account_id, ()):
                if each.channel in send.channels:
                    rows[each.channel].append((send, each))
        answers: dict[ObjectId, dict[ChannelKey, list[Answer]]] = defaultdict(dict)
        done = await asyncio.gather(
            *(self._by_channel(key, some, choices) for key, some in rows.items())
        )
        for key, given in zip(rows, done, strict=True):
            for (send, _), answer in zip(rows[key], given, strict=True):
                answers[send.item.id].setdefault(key, []).append(answer)
            await self._tend(key, rows[key], given)
        now = self._core.clock.now()
        await _write(
            [
                _update(name, send.item.id, after(send, self._joined(answers[send.item.id]), now))
                for send in sends
            ]
        )

    async def _by_channel(
        self,
        key: ChannelKey,
        rows: list[tuple[Send, Reach]],
        choices: Mapping[ObjectId, NotificationChoices],
    ) -> list[Answer]:
        parcels = [(to.address, _parcel(send, choices)) for send, to in rows]
        try:
            async with asyncio.timeout(self._patience):
                return await self._channels[key].send(parcels)
        except TimeoutError:
            log.warning("push channel too slow", channel=key.value)
            return [Answer(Result.UNKNOWN, code="timeout")] * len(rows)

    def _joined(self, answers: Mapping[ChannelKey, list[Answer]]) -> dict[ChannelKey, Answer]:
        return {
            key: together(some, replaces=self._channels[key].capability.replaces)
            for key, some in answers.items()
        }

    async def _tend(
        self, key: ChannelKey, rows: Iterable[tuple[Send, Reach]], answers: Iterable[Answer]
    ) -> None:
        """Addresses after an answer: dead ones go, counted ones are counted."""
        counted = self._channels[key].capability.counted
        gone = []
        for (_, to), answer in zip(rows, answers, strict=True):
            if answer.result is Result.GONE:
                gone.append(to.id)
            elif answer.result is Result.SPENT:
                await self._addresses.spent(to.id, TEMPLATE)
            elif answer.result is Result.SENT and counted:
                await self._addresses.take(to.id, TEMPLATE)
            elif answer.result is Result.MISCONFIGURED:
                log.error("push channel misconfigured", channel=key.value, code=answer.code)
        if gone:
            await self._addresses.gone(gone)

    async def _allowed(self, reach: Mapping[ObjectId, list[Reach]]) -> dict[ObjectId, list[Reach]]:
        """Without channels that the phone's owner did not consent to, or has no message left of."""
        asking = {
            each.channel: each_consent
            for some in reach.values()
            for each in some
            if (each_consent := self._channels[each.channel].capability.consent)
        }
        refused = await self._refused(reach.keys(), set(asking.values())) if asking else {}
        return {
            account_id: [
                each
                for each in some
                if asking.get(each.channel) not in refused.get(account_id, ())
                and (not self._channels[each.channel].capability.counted or _left(each))
            ]
            for account_id, some in reach.items()
        }

    async def _refused(
        self, account_ids: Collection[ObjectId], purposes: set[Purpose]
    ) -> dict[ObjectId, set[Purpose]]:
        """Consent is the phone's owner's: what leaves the country is the phone's address. Who
        keeps no record here gave it with the address."""
        query = {
            "account_id": {"$in": list(account_ids)},
            "kind": RelationKind.SELF.value,
            "ended_at": None,
        }
        found: dict[ObjectId, set[Purpose]] = {}
        async for each in Relation.find(query):
            states = await self._consents.of(each.resident_id, purposes)
            lacking = {name for name, state in states.items() if state is not ConsentState.GIVEN}
            found[each.account_id] = lacking
        return found

    async def _listen(self) -> None:
        async with self._core.changes.listen("inbox_items") as feed:
            async for _ in feed:
                self._wake.set()

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                while await self.step():
                    pass
            except Exception as error:  # the store is away: the leases bring the items back
                log.warning("sending step failed", error=type(error).__name__)
                await asyncio.sleep(random.uniform(0.5, 1.5))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _POLL_SECONDS)


def _parcel(send: Send, choices: Mapping[ObjectId, NotificationChoices]) -> Parcel:
    item = send.item
    return Parcel(
        tag=str(item.id),
        urgency=item.urgency,
        count=send.count,
        language=choices[item.account_id].language,
        at=item.at,
    )


def _left(reach: Reach) -> bool:
    return reach.quota.get(TEMPLATE, 0) > 0


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
