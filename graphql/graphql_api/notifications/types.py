"""Inbox items and what is chosen about them."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.identity.viewer import Language
from backend.notifications.catalogue import inbox_texts, topics
from backend.notifications.documents import InboxItem as Stored
from backend.notifications.documents import NotificationChoices as Chosen
from backend.notifications.documents import PushAddress as Address
from backend.notifications.kinds import ChannelKey, PushState, Urgency
from graphql_api.common.context import Info
from graphql_api.common.scalars import global_id

strawberry.enum(Urgency, name="Urgency")
strawberry.enum(PushState, name="PushState")
strawberry.enum(ChannelKey, name="PushChannel")


@strawberry.type(description="Something told to this account. What it is about is behind `about`.")
class InboxItem:
    id: strawberry.ID
    title: str
    topic: str
    urgency: Urgency
    at: datetime
    read_at: datetime | None
    resident_id: strawberry.ID
    about: strawberry.ID | None = strawberry.field(
        description="The id of the thing, for `node(id:)`: asked of the policy when it is opened."
    )
    push_state: PushState


@strawberry.type(description="Unread items of one topic.")
class UnreadTopic:
    topic: str
    count: int


@strawberry.type(description="`always`: about safety or rights, and cannot be muted.")
class NotificationTopic:
    key: str
    name: str
    always: bool
    muted: bool
    channels: list[ChannelKey]


@strawberry.type(description="Times are minutes of the day in `timeZone`.")
class NotificationChoices:
    language: str
    time_zone: str
    quiet: bool
    quiet_from: int
    quiet_until: int
    order: list[ChannelKey]
    topics: list[NotificationTopic]
    version: int


@strawberry.type(description="`messagesLeft`: where each message has to be allowed before.")
class PushAddress:
    id: strawberry.ID
    channel: ChannelKey
    created_at: datetime
    used_at: datetime
    messages_left: int | None
    this_device: bool


def item_of(item: Stored, info: Info) -> InboxItem:
    language = info.context.language
    about = item.about
    return InboxItem(
        id=global_id("InboxItem", item.id),
        title=inbox_texts()[item.text].of(language),
        topic=item.topic,
        urgency=item.urgency,
        at=item.at,
        read_at=item.read_at,
        resident_id=global_id("Resident", item.resident_id),
        about=global_id(about[0], item.resident_id, ObjectId(about[1])) if about else None,
        push_state=item.push.state,
    )


def choices_of(chosen: Chosen, language: Language) -> NotificationChoices:
    return NotificationChoices(
        language=chosen.language.value,
        time_zone=chosen.time_zone,
        quiet=chosen.quiet,
        quiet_from=chosen.quiet_from,
        quiet_until=chosen.quiet_until,
        order=chosen.order,
        topics=[
            NotificationTopic(
                key=key,
                name=topic.of(language),
                always=topic.always,
                muted=key in chosen.muted,
                channels=chosen.channels.get(key, chosen.order),
            )
            for key, topic in topics().items()
        ],
        version=chosen.version,
    )


def address_of(address: Address, info: Info, *, counted: bool) -> PushAddress:
    return PushAddress(
        id=global_id("PushAddress", address.id),
        channel=address.channel,
        created_at=address.created_at,
        used_at=address.used_at,
        messages_left=sum(address.quota.values()) if counted else None,
        this_device=address.session_id == info.context.viewer.session_id,
    )
