"""What the bot remembers of a chat; ``talks.py`` says where."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Annotated, Generic, TypeVar

from bson import ObjectId
from pydantic import PlainSerializer, PlainValidator, TypeAdapter

from backend.measurements.draft import Draft

T = TypeVar("T")
Id = Annotated[ObjectId, PlainValidator(ObjectId), PlainSerializer(str)]
_KEPT = 20


@dataclass(slots=True)
class Kept(Generic[T]):
    """The last things offered, each under a token that is good for one button press."""

    things: dict[str, T] = field(default_factory=dict)

    def put(self, thing: T) -> str:
        token = secrets.token_hex(6)
        self.things[token] = thing
        for old in list(self.things)[:-_KEPT]:
            del self.things[old]
        return token

    def get(self, token: str | None) -> T | None:
        return None if token is None else self.things.get(token)

    def take(self, token: str | None) -> T | None:
        return None if token is None else self.things.pop(token, None)

    def last(self) -> str | None:
        return next(reversed(self.things), None)


@dataclass(frozen=True, slots=True)
class Moves:
    """Recorded for the wrong person: the token of what was recorded, and which of it."""

    token: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Readings that wait for a yes. ``sure``: unusual values were shown and confirmed.

    ``other``: which of ``drafts`` may be in which other unit. ``fixes``: the token of what was
    recorded, in whose place they go, one by one. ``moves``: they go from one person to another.
    ``pictured``: read from a photo of a device.
    """

    resident_id: Id
    drafts: tuple[Draft, ...]
    sure: bool = False
    other: tuple[int, str] | None = None
    fixes: str | None = None
    moves: Moves | None = None
    pictured: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """``drafts`` are what was recorded under ``reading_ids``, in their ``versions``."""

    resident_id: Id
    reading_ids: tuple[Id, ...]
    drafts: tuple[Draft, ...] = ()
    versions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """An answer whose citations are buttons; what they say stays with the answer."""

    resident_id: Id
    turn_id: Id


@dataclass(frozen=True, slots=True)
class Item:
    """A laboratory item of somebody's, by its LOINC code."""

    resident_id: Id
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A report's table as it was shown: ``items`` are its rows' ids in their order."""

    resident_id: Id
    report_id: Id
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
    resident_id: Id
    ticket_id: Id
    text: str = ""


@dataclass(slots=True)
class Talk:
    """One account in one chat.

    ``last``: the token of what the last reply offered or recorded, which a typed 对 or 不对 is
    about; ``newest`` that of the last record, which a typed 撤销 takes back, once. ``asked``: the
    token of which it was asked whose it is, so that a name is the answer. ``paper_next``: the next
    photo is a report, whatever it looks like.
    """

    resident_id: Id | None = None
    last: str | None = None
    newest: str | None = None
    asked: str | None = None
    paper_next: bool = False
    conversation_id: Id | None = None
    writing: ForTicket | None = None
    offered: Kept[Offered] = field(default_factory=Kept)
    recorded: Kept[Recorded] = field(default_factory=Kept)
    cited: Kept[Cited] = field(default_factory=Kept)
    choices: Kept[str] = field(default_factory=Kept)
    reviewed: Kept[Reviewed] = field(default_factory=Kept)
    items: Kept[Item] = field(default_factory=Kept)
    written: Kept[ForTicket] = field(default_factory=Kept)

    def about(self, resident_id: ObjectId) -> None:
        """Switch person: a question after it begins a conversation of its own."""
        if self.resident_id != resident_id:
            self.resident_id, self.conversation_id = resident_id, None

    def taken(self) -> None:
        """What was shown last is offered otherwise: its buttons are good for nothing."""
        for each in (self.last, self.asked):
            self.offered.take(each)
        self.turns()

    def turns(self) -> None:
        """To something else: what the last reply showed waits for its buttons only."""
        self.last = self.asked = None

    @property
    def residents(self) -> frozenset[ObjectId]:
        """Everybody of whom something is in here."""
        kept = (
            self.offered,
            self.recorded,
            self.cited,
            self.reviewed,
            self.items,
            self.written,
        )
        found = {each.resident_id for some in kept for each in some.things.values()}
        if self.writing is not None:
            found.add(self.writing.resident_id)
        if self.resident_id is not None:
            found.add(self.resident_id)
        return frozenset(found)


def dumped(talk: Talk) -> bytes:
    """JSON that ``loaded`` reads."""
    return _adapter().dump_json(talk)


def loaded(text: bytes) -> Talk:
    """Raises ``pydantic.ValidationError`` for what an older program wrote otherwise."""
    return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[Talk]:
    return TypeAdapter(Talk)
