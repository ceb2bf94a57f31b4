"""What the bot remembers of a chat, in memory: lost with the process, and its buttons say so."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from bson import ObjectId

from backend.measurements.draft import Draft
from bot.assistant.stored.turn import CitationWords

T = TypeVar("T")
_KEPT = 20


class Kept(Generic[T]):
    """The last things offered, each under a token that is good for one button press."""

    def __init__(self) -> None:
        self._things: dict[str, T] = {}

    def put(self, thing: T) -> str:
        token = secrets.token_hex(6)
        self._things[token] = thing
        for old in list(self._things)[:-_KEPT]:
            del self._things[old]
        return token

    def get(self, token: str) -> T | None:
        return self._things.get(token)

    def take(self, token: str) -> T | None:
        return self._things.pop(token, None)

    def last(self) -> str | None:
        return next(reversed(self._things), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Readings that wait for a yes. ``sure``: unusual values were shown and confirmed."""

    resident_id: ObjectId
    drafts: tuple[Draft, ...]
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    resident_id: ObjectId
    reading_ids: tuple[ObjectId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A report's table as it was shown: ``items`` are its rows' ids in their order."""

    resident_id: ObjectId
    report_id: ObjectId
    version: int
    items: tuple[str, ...]
    is_theirs: bool = False


class Writing(StrEnum):
    ANSWER = "answer"
    ASK_BACK = "ask_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForTicket:
    """What a doctor writes next, or has written (``text``), and to which ticket."""

    writing: Writing
    resident_id: ObjectId
    ticket_id: ObjectId
    text: str = ""


@dataclass(slots=True)
class Talk:
    """One account in one chat."""

    resident_id: ObjectId | None = None
    conversation_id: ObjectId | None = None
    writing: ForTicket | None = None
    offered: Kept[Offered] = field(default_factory=Kept)
    recorded: Kept[Recorded] = field(default_factory=Kept)
    cited: Kept[Sequence[CitationWords]] = field(default_factory=Kept)
    choices: Kept[str] = field(default_factory=Kept)
    reviewed: Kept[Reviewed] = field(default_factory=Kept)
    written: Kept[ForTicket] = field(default_factory=Kept)

    def about(self, resident_id: ObjectId) -> None:
        """Switch person: a question after it begins a conversation of its own."""
        if self.resident_id != resident_id:
            self.resident_id, self.conversation_id = resident_id, None
