"""Reading and choosing. All of it can be done twice without harm: no idempotency keys."""

from __future__ import annotations

import strawberry

from backend.identity.viewer import Language
from backend.notifications.channels.wechat import TEMPLATE
from backend.notifications.choices import Change
from backend.notifications.errors import ChoicesInvalid
from backend.notifications.kinds import ChannelKey
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.notifications.types import (
    NotificationChoices,
    PushAddress,
    address_of,
    choices_of,
)


@strawberry.input(description="An empty list takes the topic's own channels away.")
class TopicChannelsInput:
    topic: str
    channels: list[ChannelKey]


@strawberry.input(description="What is null stays. Times are minutes of the day in `timeZone`.")
class NotificationChoicesInput:
    version: int
    language: str | None = None
    time_zone: str | None = None
    quiet: bool | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None
    order: list[ChannelKey] | None = None
    muted: list[str] | None = None
    topic_channels: list[TopicChannelsInput] = strawberry.field(default_factory=list)

    def to_domain(self) -> Change:
        """Raises ``ChoicesInvalid``."""
        return Change(
            language=_language(self.language) if self.language is not None else None,
            time_zone=self.time_zone,
            quiet=self.quiet,
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
            order=None if self.order is None else tuple(self.order),
            muted=None if self.muted is None else tuple(self.muted),
            channels={each.topic: tuple(each.channels) for each in self.topic_channels},
        )


@strawberry.input(
    description="`address`: FCM's installation id or token, a fresh code of wx.login, or the key "
    "of a WeCom robot. Telegram is linked by the bot."
)
class RegisterPushInput:
    channel: ChannelKey
    address: str


@strawberry.input
class PushAddressInput:
    id: strawberry.ID


@strawberry.input
class InboxItemInput:
    id: strawberry.ID


@strawberry.type
class InboxPayload:
    marked: int
    unread: int


@strawberry.type
class NotificationChoicesPayload:
    choices: NotificationChoices


@strawberry.type
class PushAddressPayload:
    address: PushAddress


@strawberry.type
class RemovePushPayload:
    removed: bool


@strawberry.type(description="How many messages the person allowed and were not sent yet.")
class AllowMessagePayload:
    messages_left: int


@strawberry.type
class NotificationMutation:
    @strawberry.mutation(description="Mark an item of the own inbox as read.")
    async def mark_inbox_read(self, info: Info, input: InboxItemInput) -> InboxPayload:
        context = info.context
        room = context.services.notifications.inbox
        key = ids.decode_one(input.id, "InboxItem")
        return await _payload(info, await room.mark_read(context.viewer, [key]))

    @strawberry.mutation(description="All of the own inbox, or one topic of it.")
    async def mark_whole_inbox_read(self, info: Info, topic: str | None = None) -> InboxPayload:
        context = info.context
        room = context.services.notifications.inbox
        return await _payload(info, await room.mark_all_read(context.viewer, topic))

    @strawberry.mutation(description="Change what is chosen about notifications.")
    async def choose_notifications(
        self, info: Info, input: NotificationChoicesInput
    ) -> NotificationChoicesPayload:
        context = info.context
        chosen = await context.services.notifications.choices.change(
            context.viewer, input.to_domain(), version=input.version
        )
        return NotificationChoicesPayload(choices=choices_of(chosen, context.language))

    @strawberry.mutation(description="This device, or this account's group, gets pushes.")
    async def register_push(self, info: Info, input: RegisterPushInput) -> PushAddressPayload:
        context = info.context
        room = context.services.notifications
        found = await room.addresses.register(context.viewer, input.channel, input.address)
        counted = room.counts(found.channel)
        return PushAddressPayload(address=address_of(found, info, counted=counted))

    @strawberry.mutation(description="No pushes to this address any more.")
    async def remove_push(self, info: Info, input: PushAddressInput) -> RemovePushPayload:
        context = info.context
        key = ids.decode_one(input.id, "PushAddress")
        await context.services.notifications.addresses.remove(context.viewer, key)
        return RemovePushPayload(removed=True)

    @strawberry.mutation(
        description="The person just allowed one message more (wx.requestSubscribeMessage)."
    )
    async def allow_push_message(self, info: Info, input: PushAddressInput) -> AllowMessagePayload:
        context = info.context
        key = ids.decode_one(input.id, "PushAddress")
        left = await context.services.notifications.addresses.allow(context.viewer, key, TEMPLATE)
        return AllowMessagePayload(messages_left=left)


async def _payload(info: Info, marked: int) -> InboxPayload:
    context = info.context
    unread = await context.services.notifications.inbox.unread(context.viewer)
    return InboxPayload(marked=marked, unread=sum(unread.values()))


def _language(text: str) -> Language:
    try:
        return Language(text)
    except ValueError:
        raise ChoicesInvalid(field="language") from None
