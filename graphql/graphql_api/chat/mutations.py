"""A code for the bot, and the end of a link."""

from __future__ import annotations

from datetime import datetime

import strawberry

from bot.linking.offering import telegram_code
from bot.telegram.leaving import unlink
from graphql_api.common import ids
from graphql_api.common.context import Info


@strawberry.input(
    description="`residentId`: whose record it is about first; they must have agreed. Family "
    "doctors may leave it out."
)
class IssueChatCodeInput:
    resident_id: strawberry.ID | None = None


@strawberry.type(description="Good once, for `/start CODE`; an earlier one is void.")
class IssueChatCodePayload:
    code: str
    expires_at: datetime


@strawberry.type
class UnlinkChatPayload:
    unlinked: bool


@strawberry.type
class ChatMutation:
    @strawberry.mutation(
        description="A one-time code that links the own account to a Telegram chat. The resident "
        "must have consented to TELEGRAM, a channel abroad; of others a family doctor's chat says "
        "nothing either."
    )
    async def issue_chat_code(self, info: Info, input: IssueChatCodeInput) -> IssueChatCodePayload:
        services, viewer = info.context.services, info.context.viewer
        named = input.resident_id
        resident_id = None if named is None else ids.resident_id(named)
        issued = await telegram_code(
            services.chat_links, services.access, services.consents, viewer, resident_id
        )
        return IssueChatCodePayload(code=issued.code, expires_at=issued.expires_at)

    @strawberry.mutation(description="The bot knows the own account no more.")
    async def unlink_chat(self, info: Info) -> UnlinkChatPayload:
        services = info.context.services
        addresses = services.notifications.addresses
        done = await unlink(services.chat_links, addresses, info.context.viewer)
        return UnlinkChatPayload(unlinked=done)
