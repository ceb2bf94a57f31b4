"""What sharing stores beside the links: what they hold, encrypted, and who opened them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from backend.access.sharing.documents import ShareLinkDocument
from backend.core.documents import ASC, DESC, ResidentOwned, index


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
