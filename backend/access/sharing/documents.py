"""The share link itself: who gave what to see to whoever has it, until when, how often.

The link's key is not among what is stored, nor its address: both are only in the link.
"""

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


DOCUMENTS = (ShareLinkDocument,)
