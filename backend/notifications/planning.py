"""What is to happen to a waiting item now. Pure: the store is asked elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from bson import ObjectId

from backend.notifications.catalogue import topics
from backend.notifications.channels.base import Channel
from backend.notifications.choices import channels_for, zone
from backend.notifications.documents import InboxItem, NotificationChoices
from backend.notifications.kinds import ChannelKey, PushState, Urgency
from backend.notifications.quiet import quiet_until


class Wait(NamedTuple):
    until: datetime


class Settle(NamedTuple):
    state: PushState


@dataclass(frozen=True, slots=True)
class Send:
    """By these channels now: all of an emergency's, the first of others'."""

    item: InboxItem
    channels: tuple[ChannelKey, ...]
    count: int = 1

    def standing_for(self, more: int) -> Send:
        return replace(self, count=self.count + more)


Verdict = Wait | Settle | Send


def verdict(
    item: InboxItem,
    choices: NotificationChoices,
    usable: Collection[ChannelKey],
    now: datetime,
) -> Verdict:
    """``usable``: channels with an address, consent and, where they count, a message left."""
    emergency = item.urgency is Urgency.EMERGENCY
    if item.read_at is not None and not emergency:
        return Settle(PushState.READ)
    if now - item.at > topics()[item.topic].late:
        return Settle(PushState.LATE)
    quiet = _quiet(item, choices, now)
    if quiet is not None:
        return Wait(quiet)
    order = channels_for(choices, item.topic, item.urgency)
    if order is None:
        return Settle(PushState.MUTED)
    done = {*item.push.sent, *item.push.given_up}
    left = tuple(each for each in order if each in usable and each not in done)
    if not left:
        return Settle(ended(item))
    return Send(item, left if emergency else left[:1])


def ended(item: InboxItem) -> PushState:
    """The state of an item that no channel is left for."""
    if item.push.sent:
        return PushState.SENT
    if any(each.result == "unknown" for each in item.push.history):
        return PushState.UNKNOWN
    return PushState.FAILED if item.push.given_up else PushState.NO_CHANNEL


def cut_off(item: InboxItem, channels: Mapping[ChannelKey, Channel], now: datetime) -> InboxItem:
    """The item after a worker died while sending it: a channel that would say it twice is not
    asked again, as nobody knows whether it said it once."""
    lost = [
        each
        for each in item.push.sending
        if each not in channels or not channels[each].capability.replaces
    ]
    history = [{"channel": each, "at": now, "result": "unknown"} for each in lost]
    push = item.push.model_dump()
    push["given_up"] += lost
    push["history"] += history
    push["sending"] = []
    after: InboxItem = InboxItem.model_validate({**item.model_dump(), "push": push})
    return after


def bundled(sends: Iterable[Send]) -> tuple[list[Send], dict[ObjectId, ObjectId]]:
    """Routine items of one account as one push; whose push tells of which."""
    leaders: dict[ObjectId, Send] = {}
    others: list[Send] = []
    into: dict[ObjectId, ObjectId] = {}
    for each in sorted(sends, key=lambda send: (send.item.at, send.item.id)):
        account_id = each.item.account_id
        if each.item.urgency is not Urgency.ROUTINE:
            others.append(each)
        elif account_id in leaders:
            leaders[account_id] = leaders[account_id].standing_for(1)
            into[each.item.id] = leaders[account_id].item.id
        else:
            leaders[account_id] = each
    return [*leaders.values(), *others], into


def _quiet(item: InboxItem, choices: NotificationChoices, now: datetime) -> datetime | None:
    if item.urgency is Urgency.EMERGENCY or item.wakes or not choices.quiet:
        return None
    place = zone(choices.time_zone)
    return quiet_until(now, place, choices.quiet_from, choices.quiet_until)
