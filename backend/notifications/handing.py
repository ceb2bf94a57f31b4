"""Calling the channels with a batch, and tending the addresses by what they answer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import structlog
from bson import ObjectId

from backend.notifications.addresses import Addresses, Reach
from backend.notifications.channels.base import Answer, Channel, Parcel, Result
from backend.notifications.channels.wechat import TEMPLATE
from backend.notifications.documents import NotificationChoices
from backend.notifications.kinds import ChannelKey
from backend.notifications.outcome import together
from backend.notifications.planning import Send

log = structlog.get_logger(__name__)


class Handing:
    """``patience``: seconds that a channel may take for a batch, well within the lease."""

    def __init__(
        self, channels: Mapping[ChannelKey, Channel], addresses: Addresses, patience: float
    ) -> None:
        self._channels = channels
        self._addresses = addresses
        self._patience = patience

    async def over(
        self,
        sends: Sequence[Send],
        reach: Mapping[ObjectId, list[Reach]],
        choices: Mapping[ObjectId, NotificationChoices],
    ) -> dict[ObjectId, dict[ChannelKey, Answer]]:
        """The channels' answers by item: of several devices one answer."""
        rows: dict[ChannelKey, list[tuple[Send, Reach]]] = defaultdict(list)
        for send in sends:
            for each in reach.get(send.item.account_id, ()):
                if each.channel in send.channels:
                    rows[each.channel].append((send, each))
        done = await asyncio.gather(
            *(self._by_channel(key, some, choices) for key, some in rows.items())
        )
        answers: dict[ObjectId, dict[ChannelKey, list[Answer]]] = defaultdict(dict)
        for key, given in zip(rows, done, strict=True):
            for (send, _), answer in zip(rows[key], given, strict=True):
                answers[send.item.id].setdefault(key, []).append(answer)
            await self._tend(key, rows[key], given)
        return {item_id: self._joined(each) for item_id, each in answers.items()}

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


def _parcel(send: Send, choices: Mapping[ObjectId, NotificationChoices]) -> Parcel:
    item = send.item
    return Parcel(
        tag=str(item.id),
        urgency=item.urgency,
        count=send.count,
        language=choices[item.account_id].language,
        at=item.at,
    )
