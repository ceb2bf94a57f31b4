"""What happened, written with what changed and handed on afterwards.

An event is inserted in the transaction of the change it tells of. Any number
of workers claim events by lease; a subscriber that fails is tried again with
backoff, the others are not called twice for it. Delivery is at least once:
subscribers are idempotent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from beanie import PydanticObjectId
from bson import ObjectId
from pydantic import BaseModel, ConfigDict, Field

from backend.core.clock import Clock
from backend.core.database import Session
from backend.core.documents import ASC, Stored, index
from backend.core.keys.keyring import refuse_erased

EVENTS: dict[str, type[Event]] = {}


class Event(BaseModel):
    """Something that happened to a resident. Holds ids and codes, never values or words."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    name: ClassVar[str]
    resident_id: PydanticObjectId

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if EVENTS.setdefault(cls.name, cls) is not cls:
            raise TypeError(f"event {cls.name} is declared twice")


Handler = Callable[[Any, ObjectId], Awaitable[None]]
"""Takes the event and its id in the outbox (an idempotency key for what it does)."""


_MEMO: ContextVar[dict[Any, Any] | None] = ContextVar("delivery", default=None)


@contextmanager
def delivery() -> Iterator[None]:
    """One event's way through its subscribers, which may share what they look up for it."""
    token = _MEMO.set({})
    try:
        yield
    finally:
        _MEMO.reset(token)


def delivery_memo() -> dict[Any, Any]:
    """What the subscribers of the event being delivered know in common; empty outside of one."""
    memo = _MEMO.get()
    return {} if memo is None else memo


class OutboxEntry(Stored):
    """One event on its way."""

    name: str
    resident_id: PydanticObjectId
    body: dict[str, Any]
    at: datetime
    state: Literal["pending", "leased", "done", "dead"] = "pending"
    attempts: int = 0
    available_at: datetime
    leased_by: str | None = None
    done_by: list[str] = Field(default_factory=list)
    done_at: datetime | None = None
    error: str | None = None

    class Settings:
        name = "outbox"
        indexes: ClassVar = [
            index("outbox_by_availability", ("state", ASC), ("available_at", ASC)),
            index(
                "outbox_done_expires",
                ("done_at", ASC),
                expireAfterSeconds=int(timedelta(days=7).total_seconds()),
            ),
        ]


class Outbox:
    """Where services put their events."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def publish(self, session: Session, *events: Event) -> None:
        """Insert the events in the caller's transaction.

        Raises ``KeyDestroyed`` for a resident who is erased: what changed with it is undone.
        """
        now = self._clock.now()
        entries = [_raw(event, now) for event in events]
        if entries:
            await refuse_erased(session, [each["resident_id"] for each in entries])
            await OutboxEntry.get_pymongo_collection().insert_many(entries, session=session)


def _raw(event: Event, now: datetime) -> dict[str, Any]:
    # By hand: an event may name a thousand ids, each of which the model's encoder would visit.
    body = {name: getattr(event, name) for name in type(event).model_fields}
    resident_id = body.pop("resident_id")
    return {
        "_id": ObjectId(),
        "name": event.name,
        "resident_id": resident_id,
        "body": body,
        "at": now,
        "state": "pending",
        "attempts": 0,
        "available_at": now,
        "leased_by": None,
        "done_by": [],
        "done_at": None,
        "error": None,
    }


def decode(raw: dict[str, Any]) -> Event:
    """The event of a stored entry. Raises ``KeyError`` for a name no room declares."""
    return EVENTS[raw["name"]](resident_id=raw["resident_id"], **raw["body"])
