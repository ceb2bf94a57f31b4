"""What is booked, and the room's numbers: ``data/services.toml``, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from backend.access.categories import Category
from backend.care.reminders.limits import ReminderKind

OWN_SYSTEM = "urn:kangban:codesystem:appointment-kind"


class ServiceKind(StrEnum):
    CHECK_UP = "check_up"  # 体检
    FOLLOW_UP = "follow_up"  # 随访
    VACCINATION = "vaccination"  # 疫苗接种
    TCM_THERAPY = "tcm_therapy"  # 中医理疗

    @property
    def category(self) -> Category:
        return Category(_table()["kinds"][self.value]["category"])

    @property
    def reminder(self) -> ReminderKind:
        return ReminderKind(_table()["kinds"][self.value]["reminder"])

    @property
    def zh(self) -> str:
        return str(_table()["kinds"][self.value]["zh"])

    @property
    def en(self) -> str:
        return str(_table()["kinds"][self.value]["en"])

    @property
    def tags(self) -> tuple[Tag, ...]:
        return tuple(Tag(**each) for each in _table()["kinds"][self.value]["prepare"])


@dataclass(frozen=True, slots=True)
class Tag:
    """Of the content library: a kind of piece, and a topic of it."""

    kind: str
    topic: str | None = None


def kind_of(system: str | None, code: str | None) -> ServiceKind | None:
    """What a coding of another system books."""
    if system == OWN_SYSTEM and code in set(ServiceKind):
        return ServiceKind(code)
    for kind in ServiceKind:
        if [system, code] in _table()["kinds"][kind.value]["codings"]:
            return kind
    return None


@cache
def _table() -> dict[str, Any]:
    text = files(__package__).joinpath("data", "services.toml").read_text("utf-8")
    return tomllib.loads(text)


def limits() -> dict[str, Any]:
    """The table ``limits``."""
    found: dict[str, Any] = _table()["limits"]
    return found


def lead() -> timedelta:
    """A place cannot be taken later than this before the start."""
    return timedelta(minutes=limits()["book_minutes"])


def notice() -> timedelta:
    """It cannot be moved or cancelled later than this before the start."""
    return timedelta(hours=limits()["notice_hours"])


def shortest_offer() -> timedelta:
    """An offer that would be kept for less is not made."""
    return timedelta(minutes=limits()["shortest_offer_minutes"])
