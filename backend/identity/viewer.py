"""Who acts, through what, in which language: given to every service call."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bson import ObjectId


class Role(StrEnum):
    RESIDENT = "resident"
    CAREGIVER = "caregiver"
    FAMILY_DOCTOR = "family_doctor"
    OPERATOR = "operator"
    INSTITUTION = "institution"  # a machine of a hospital or clinic


class Channel(StrEnum):
    APP = "app"
    TELEGRAM = "telegram"
    CONSOLE = "console"  # the kangban command beside the data
    DEVICE = "device"  # a meter with its own key
    API = "api"  # an institution's machine
    SHARE_LINK = "share_link"  # whoever opens a link that a resident gave away


class Language(StrEnum):
    ZH = "zh-CN"
    EN = "en"


@dataclass(slots=True, eq=False, kw_only=True)
class Viewer:
    """One request's or connection's actor.

    ``memo`` holds what this request already found out about the actor (their
    relations), so that it is asked of the database once.
    """

    account_id: ObjectId
    roles: frozenset[Role]
    channel: Channel = Channel.APP
    language: Language = Language.ZH
    session_id: ObjectId | None = None
    memo: dict[str, Any] = field(default_factory=dict)

    def has(self, role: Role) -> bool:
        return role in self.roles
