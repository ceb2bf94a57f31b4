"""Which updates were handled, and which messages are to be deleted."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.documents import ASC, Stored, index, unique


class HandledUpdate(Stored):
    """``bot_id``: the number before the colon of the token; update ids are each bot's own."""

    bot_id: int
    update_id: int
    expires_at: datetime

    class Settings:
        name = "telegram_updates"
        indexes: ClassVar = [
            unique("one_handling_per_update", ("bot_id", ASC), ("update_id", ASC)),
            index("handled_updates_expire", ("expires_at", ASC), expireAfterSeconds=0),
        ]


class FadingMessage(Stored):
    """A message that is to be deleted, the bot's or the person's. ``chat`` is sealed with the
    account's key; ``delete_at`` moves on with a lease. After 48 hours Telegram deletes no more."""

    bot_id: int
    account_id: PydanticObjectId
    chat: bytes
    message_id: int
    delete_at: datetime
    leased_by: str | None = None
    expires_at: datetime

    class Settings:
        name = "telegram_messages"
        indexes: ClassVar = [
            index("messages_by_deletion", ("bot_id", ASC), ("delete_at", ASC)),
            index("messages_by_account", ("account_id", ASC)),
            index("fading_messages_expire", ("expires_at", ASC), expireAfterSeconds=0),
        ]


DOCUMENTS = (HandledUpdate, FadingMessage)


async def anything_due(now: datetime) -> bool:
    """Whether a message is to be deleted, of any bot."""
    rows = FadingMessage.get_pymongo_collection()
    return await rows.find_one({"delete_at": {"$lte": now}}, {"_id": 1}) is not None
