"""What sharing stores. The link's key is not among it, nor the link's address."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from backend.access.categories import Category
from backend.core.documents import ASC, DESC, ResidentOwned, index, unique


class ShareLinkDocument(ResidentOwned):
    """``token_index`` is the keyed hash of the address's token, ``pin_mark`` that of the PIN."""

    token_index: bytes
    made_by: PydanticObjectId
    made_at: datetime
    label: bytes
    categories: frozenset[Category]
    since: datetime | None
    until: datetime | None
    include_name: bool
    resources: int
    expires_at: datetime
    max_opens: int
    opens: int = 0
    pin_mark: bytes | None = None
    pin_attempts_left: int
    revoked_at: datetime | None = None
    revoked_by: PydanticObjectId | None = None

    class Settings:
        name = "share_links"
        indexes: ClassVar = [
            unique("one_share_link_per_token", ("token_index", ASC)),
            index("share_links_by_time", ("resident_id", ASC), ("made_at", DESC), ("_id", DESC)),
        ]


class SharePayloadDocument(ResidentOwned):
    """``id`` is the link's. The JWE, sealed with the resident's key as well: erasing them
    erases what they shared."""

    jwe: bytes
    expires_at: datetime

    class Settings:
        name = "share_payloads"
        indexes: ClassVar = [
            index("share_payloads_expire", ("expires_at", ASC), expireAfterSeconds=0)
        ]


class ShareOpenDocument(ResidentOwned):
    """Somebody opened a link. ``who`` holds the recipient's words and the coarse address."""

    share_id: PydanticObjectId
    at: datetime
    who: bytes
    agent: str

    class Settings:
        name = "share_opens"
        indexes: ClassVar = [
            index("share_opens_by_link", ("resident_id", ASC), ("share_id", ASC), ("at", DESC))
        ]


DOCUMENTS = (ShareLinkDocument, SharePayloadDocument, ShareOpenDocument)
