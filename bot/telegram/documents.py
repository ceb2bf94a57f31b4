"""Which updates were handled."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

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


DOCUMENTS = (HandledUpdate,)
