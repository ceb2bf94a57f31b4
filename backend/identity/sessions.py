"""A session: one signed-in device, and where its family of refresh tokens stands."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.documents import ASC, DESC, Stored, index
from backend.identity.sign_ins import ProviderName
from backend.identity.viewer import Channel, Role

_LONGEST_NAME = 64


class Platform(StrEnum):
    IOS = "ios"
    ANDROID = "android"
    HARMONY = "harmony"
    WECHAT_MINI_PROGRAM = "wechat_mini_program"
    WEB = "web"
    MACHINE = "machine"
    OTHER = "other"


class EndReason(StrEnum):
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    ENDED_FROM_OTHER_DEVICE = "ended_from_other_device"
    REFRESH_REUSE = "refresh_reuse"
    ACCOUNT_SUSPENDED = "account_suspended"
    CREDENTIALS_CHANGED = "credentials_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What the client says it is; ``name`` is shown to the owner in the device list."""

    name: str = ""
    platform: Platform = Platform.OTHER
    channel: Channel = Channel.APP

    def clean_name(self) -> str:
        """The name without control and format characters, cut to 64."""
        shown = (each for each in self.name if unicodedata.category(each)[0] != "C")
        return "".join(shown).strip()[:_LONGEST_NAME]


class Session(Stored):
    """``roles`` repeat the account's, so that a request costs one read; they change together.

    ``refresh_hash`` is the SHA-256 of the one refresh token that is good now,
    ``generation`` counts its forerunners. A machine's session has none.
    """

    account_id: PydanticObjectId
    roles: frozenset[Role]
    provider: ProviderName
    device_name: bytes  # sealed: people name their phones after themselves
    platform: Platform
    channel: Channel
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    refresh_hash: bytes | None = None
    generation: int = 0
    rotated_at: datetime | None = None
    kept_until: datetime

    class Settings:
        name = "sessions"
        indexes: ClassVar = [
            index("sessions_by_account", ("account_id", ASC), ("last_used_at", DESC)),
            index("sessions_expire", ("kept_until", ASC), expireAfterSeconds=0),
        ]


@dataclass(frozen=True, slots=True)
class SignedInDevice:
    """A line of the device list."""

    session_id: ObjectId
    name: str
    platform: Platform
    channel: Channel
    provider: ProviderName
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool


def place(session_id: ObjectId) -> str:
    """Where the sealed device name belongs."""
    return f"sessions:{session_id}:device_name"
