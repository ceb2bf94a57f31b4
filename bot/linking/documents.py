"""Links and codes. Ids of chats and codes are keyed hashes, never the thing itself."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId
from pydantic import Field

from backend.core.documents import ASC, Stored, index, unique
from backend.identity.viewer import Channel


class ChatLink(Stored):
    """``chat`` is a blind index of the messenger's id of the person, who writes as the account."""

    channel: Channel
    chat: bytes
    account_id: PydanticObjectId
    linked_at: datetime
    kept_hours: int | None = None
    """After which the chat's messages are deleted; None: they stay."""

    class Settings:
        name = "chat_links"
        indexes: ClassVar = [
            unique("one_account_per_chat", ("channel", ASC), ("chat", ASC)),
            unique("one_chat_per_account_and_channel", ("account_id", ASC), ("channel", ASC)),
        ]


class LinkCode(Stored):
    """Good once, until ``expires_at``. An account has one a channel, the newest."""

    channel: Channel
    code: bytes
    account_id: PydanticObjectId
    expires_at: datetime

    class Settings:
        name = "chat_link_codes"
        indexes: ClassVar = [
            unique("one_account_per_link_code", ("channel", ASC), ("code", ASC)),
            unique("one_link_code_per_account", ("account_id", ASC), ("channel", ASC)),
            index("link_codes_expire", ("expires_at", ASC), expireAfterSeconds=0),
        ]


class LinkTries(Stored):
    """Wrong codes of one chat within a while."""

    channel: Channel
    chat: bytes
    wrong: int
    expires_at: datetime

    class Settings:
        name = "chat_link_tries"
        indexes: ClassVar = [
            unique("one_count_of_tries_per_chat", ("channel", ASC), ("chat", ASC)),
            index("link_tries_expire", ("expires_at", ASC), expireAfterSeconds=0),
        ]


class ChatTalk(Stored):
    """What a chat remembers of an account (``bot.chat.talk``), sealed with the account's key.

    In one hand at a time: ``held_by`` until ``held_until``, and who overslept writes nothing.
    ``resident_ids`` are those of whom something is in it.
    """

    channel: Channel
    chat: bytes
    account_id: PydanticObjectId
    box: bytes | None = None
    version: int = 0
    resident_ids: list[PydanticObjectId] = Field(default_factory=list)
    held_by: str | None
    held_until: datetime
    expires_at: datetime

    class Settings:
        name = "chat_talks"
        indexes: ClassVar = [
            unique(
                "one_talk_per_chat_and_account",
                ("account_id", ASC),
                ("channel", ASC),
                ("chat", ASC),
            ),
            index("chat_talks_by_resident", ("resident_ids", ASC)),
            index("chat_talks_expire", ("expires_at", ASC), expireAfterSeconds=0),
        ]


DOCUMENTS = (ChatLink, LinkCode, LinkTries, ChatTalk)
