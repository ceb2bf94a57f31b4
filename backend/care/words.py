"""What a ticket says, in one sealed box."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from bson import ObjectId
from pydantic import BaseModel

from backend.care.errors import TicketTextUnfit
from backend.care.limits import limits
from backend.core.keys import OwnerKey


class Evidence(BaseModel):
    """What the assistant's draft rests on. ``node`` is Reading or Entry, with its id."""

    resource: str
    excerpt: str
    at: str | None = None
    node: str | None = None
    id: str | None = None


class Message(BaseModel):
    """Something said after the question; ``by`` is ``doctor`` or ``asker``."""

    by: str
    account_id: str
    at: datetime
    text: str


class Words(BaseModel):
    question: str
    draft: str | None = None
    evidence: tuple[Evidence, ...] = ()
    thread: tuple[Message, ...] = ()


def sealed(words: Words, ticket_id: ObjectId, key: OwnerKey) -> bytes:
    return key.seal(words.model_dump_json().encode(), _place(ticket_id))


def opened(box: bytes, ticket_id: ObjectId, key: OwnerKey) -> Words:
    return Words.model_validate_json(key.open(box, _place(ticket_id)))


def checked(text: str) -> str:
    """The trimmed text. Raises ``TicketTextUnfit``."""
    text = unicodedata.normalize("NFC", text).strip()
    longest = limits().longest_text
    unfit = any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text)
    if unfit or not 1 <= len(text) <= longest:
        raise TicketTextUnfit(limit=longest)
    return text


def _place(ticket_id: ObjectId) -> str:
    return f"care_tickets:{ticket_id}:words"
