"""No more messages from, or to, a chat."""

from __future__ import annotations

from backend.identity.viewer import Channel, Viewer
from backend.notifications.addresses import Addresses
from backend.notifications.kinds import ChannelKey
from bot.linking.links import ChatLinks


async def unlink(links: ChatLinks, addresses: Addresses, viewer: Viewer) -> bool:
    """The account's wish. Whether there was a link."""
    await addresses.unlink(viewer.account_id, ChannelKey.TELEGRAM)
    return await links.unlink(viewer, Channel.TELEGRAM)


async def gone(links: ChatLinks, addresses: Addresses, chat: str) -> None:
    """The person blocked the bot, or the chat is no more."""
    account_id = await links.forget(Channel.TELEGRAM, chat)
    if account_id is not None:
        await addresses.unlink(account_id, ChannelKey.TELEGRAM)
