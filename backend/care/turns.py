"""A worklist's order and its pages: emergencies first, then what is to be answered soonest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId

from backend.care.documents import Ticket, TicketUrgency
from backend.care.ticket import Seen
from backend.core.database import Raw
from backend.core.paging import Cursor, CursorInvalid

_MARKS = {False: "e", True: "w"}


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A ticket's place. ``calm``: no emergency; one that is late since yesterday does not push
    an emergency down."""

    calm: bool
    due_at: datetime
    id: ObjectId

    @property
    def later(self) -> Raw:
        """The MongoDB condition for what comes after it among tickets as calm."""
        return {
            "$or": [
                {"due_at": {"$gt": self.due_at}},
                {"due_at": self.due_at, "_id": {"$gt": self.id}},
            ]
        }

    def encode(self) -> str:
        return _MARKS[self.calm] + Cursor(self.due_at.astimezone(UTC), self.id).encode()

    @classmethod
    def decode(cls, text: str) -> Turn:
        """Raises ``CursorInvalid`` for whatever did not come from ``encode``."""
        calm = next((each for each, mark in _MARKS.items() if text[:1] == mark), None)
        if calm is None:
            raise CursorInvalid
        place = Cursor.decode(text[1:])
        return cls(calm, place.at, place.id)


@dataclass(frozen=True, slots=True)
class WorkPage:
    items: list[Seen]
    has_next: bool

    def cursor(self, item: Seen) -> Turn:
        return turn(item.ticket)


def turn(ticket: Ticket) -> Turn:
    return Turn(ticket.urgency is not TicketUrgency.EMERGENCY, ticket.due_at, ticket.id)
