"""Links and codes. Ids of chats and codes are keyed hashes, never the thing itself."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.documents import ASC, Stored, index, unique
from backend.identity.viewer import Channel


class ChatLink(Stored):
    """``chat`` is a blind index of the messenger's id of the person, who writes as the account."""

    channel: Channel
    chat: bytes
    account_id: PydanticObjectId
    linked_at: datetime

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


DOCUMENTS = (ChatLink, LinkCode, LinkTries)
