"""What sharing tells the other rooms."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class ShareOpened(Event):
    """Somebody opened a link and got what it holds."""

    name: ClassVar[str] = "share_opened"
    share_id: PydanticObjectId
    open_id: PydanticObjectId
