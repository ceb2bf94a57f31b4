"""What this room stores. All of it belongs to the account that is told, not to the resident."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId
from pydantic import BaseModel, Field

from backend.access.categories import Category
from backend.core.documents import ASC, DESC, Stored, index, unique
from backend.identity.viewer import Language
from backend.notifications.kinds import ChannelKey, PushState, Urgency


class Attempt(BaseModel):
    """One try of one channel; ``result`` is a code of ``channels.base.Result``."""

    channel: ChannelKey
    at: datetime
    result: str


class Push(BaseModel):
    """An item's way to the phone: one chain of attempts, whoever works on it."""

    state: PushState = PushState.WAITING
    available_at: datetime | None
    """When a worker is to look at it; None once it is settled."""
    leased_by: str | None = None
    attempts: int = 0
    sending: list[ChannelKey] = Field(default_factory=list)
    """Noted before a channel is called: what a worker that died may have sent."""
    sent: list[ChannelKey] = Field(default_factory=list)
    given_up: list[ChannelKey] = Field(default_factory=list)
    into: PydanticObjectId | None = None
    """The item whose push told of this one."""
    history: list[Attempt] = Field(default_factory=list)
    settled_at: datetime | None = None


class InboxItem(Stored):
    """Something told to one account. Names what happened and a thing; holds no values."""

    account_id: PydanticObjectId
    resident_id: PydanticObjectId
    occasion: str
    """What it is told for: an event's id in the outbox, a reminder's occurrence."""
    text: str
    topic: str
    urgency: Urgency
    category: Category
    about: list[str] | None = None
    """Type name and the thing's own id."""
    strangers: bool = False
    """Readable without a relation to the resident."""
    wakes: bool = False
    """Passes quiet hours."""
    at: datetime
    read_at: datetime | None = None
    push: Push
    kept_until: datetime

    class Settings:
        name = "inbox_items"
        indexes: ClassVar = [
            unique("one_item_per_occasion_and_account", ("account_id", ASC), ("occasion", ASC)),
            index("inbox_by_time", ("account_id", ASC), ("at", DESC), ("_id", DESC)),
            index(
                "inbox_unread",
                ("account_id", ASC),
                ("topic", ASC),
                partialFilterExpression={"read_at": None},
            ),
            index(
                "pushes_by_availability",
                ("push.available_at", ASC),
                partialFilterExpression={"push.state": PushState.WAITING.value},
            ),
            index("inbox_by_resident", ("resident_id", ASC)),
            index("inbox_expires", ("kept_until", ASC), expireAfterSeconds=0),
        ]


class PushAddress(Stored):
    """Where a channel finds an account. ``address`` is sealed with the account's key."""

    account_id: PydanticObjectId
    channel: ChannelKey
    address: bytes
    mark: bytes
    """Blind index of the address."""
    session_id: PydanticObjectId | None = None
    """The device's session: signed out, it gets nothing more."""
    language: Language = Language.ZH
    quota: dict[str, int] = Field(default_factory=dict)
    """Messages left by template, for channels that count them."""
    created_at: datetime
    used_at: datetime

    class Settings:
        name = "push_addresses"
        indexes: ClassVar = [
            unique("one_account_per_address", ("channel", ASC), ("mark", ASC)),
            index("addresses_by_account", ("account_id", ASC), ("channel", ASC)),
        ]


class NotificationChoices(Stored):
    """An account's own choices; ``id`` is the account's. Times are minutes of the day."""

    language: Language = Language.ZH
    time_zone: str
    quiet_from: int
    quiet_until: int
    quiet: bool = True
    order: list[ChannelKey] = Field(default_factory=lambda: list(ChannelKey))
    muted: list[str] = Field(default_factory=list)
    """Topics that are in the inbox only."""
    channels: dict[str, list[ChannelKey]] = Field(default_factory=dict)
    """Topics with channels of their own, in order."""
    version: int = 1

    class Settings:
        name = "notification_choices"


DOCUMENTS = (InboxItem, PushAddress, NotificationChoices)
