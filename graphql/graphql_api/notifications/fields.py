"""Reading the inbox, the choices and where one can be reached."""

from __future__ import annotations

import strawberry

from backend.notifications.kinds import ChannelKey
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.notifications.types import (
    InboxItem,
    NotificationChoices,
    PushAddress,
    UnreadTopic,
    address_of,
    choices_of,
    item_of,
)

_PAGE = 20


@strawberry.type
class NotificationQuery:
    @strawberry.field(description="What this account was told, newest first.")
    async def inbox(
        self,
        info: Info,
        unread: bool = False,
        topic: str | None = None,
        first: int = _PAGE,
        after: str | None = None,
    ) -> Connection[InboxItem] | None:
        context = info.context
        page = await context.services.notifications.inbox.page(
            context.viewer, first=first, after=cursor(after), unread=unread, topic=topic
        )
        return connection(page, lambda each: item_of(each, info))

    @strawberry.field(description="How many are unread, by topic that has some.")
    async def inbox_unread(self, info: Info) -> list[UnreadTopic] | None:
        context = info.context
        found = await context.services.notifications.inbox.unread(context.viewer)
        return [UnreadTopic(topic=key, count=count) for key, count in sorted(found.items())]

    @strawberry.field(description="Language, quiet hours, channels and topics.")
    async def notification_choices(self, info: Info) -> NotificationChoices | None:
        context = info.context
        viewer = context.viewer
        chosen = await context.services.notifications.choices.of(
            viewer.account_id, context.language
        )
        return choices_of(chosen, context.language)

    @strawberry.field(description="Channels that this server sends by.")
    async def push_channels(self, info: Info) -> list[ChannelKey] | None:
        return info.context.services.notifications.addresses.offered

    @strawberry.field(description="Where this account can be reached, newest first.")
    async def push_addresses(self, info: Info) -> list[PushAddress] | None:
        context = info.context
        room = context.services.notifications
        found = await room.addresses.of(context.viewer)
        return [address_of(each, info, counted=room.counts(each.channel)) for each in found]
