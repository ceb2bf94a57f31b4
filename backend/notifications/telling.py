"""Putting something into inboxes: once per occasion and account, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from backend.access.categories import Category
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.notifications.catalogue import limits, topics
from backend.notifications.documents import InboxItem
from backend.notifications.kinds import PushState, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Something to tell ``accounts`` about a resident.

    ``key`` names it for ever: told again under the same key, nobody hears it twice. ``text`` is
    a key of ``texts.toml``, ``about`` a GraphQL type and the thing's own id. ``strangers`` are
    shown it without a relation to the resident. ``wakes`` passes quiet hours.
    """

    key: str
    resident_id: ObjectId
    accounts: Sequence[ObjectId]
    text: str
    topic: str
    urgency: Urgency
    category: Category
    about: tuple[str, ObjectId] | None = None
    strangers: bool = False
    wakes: bool = False


class Telling:
    """What rooms above call, in the transaction of what they tell of."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def tell(self, session: Session, occasions: Iterable[Occasion]) -> int:
        """How many items were written; those that are there already are left as they are."""
        now = self._core.clock.now()
        items = [
            _item(occasion, account_id, now)
            for occasion in occasions
            for account_id in dict.fromkeys(occasion.accounts)
        ]
        new = await _missing(items, session)
        if new:
            await _inbox().insert_many(new, ordered=False, session=session)
        return len(new)

    async def over(
        self, session: Session, resident_id: ObjectId, about: tuple[str, ObjectId]
    ) -> int:
        """It was dealt with: read for everybody, so that a push still waiting is not sent."""
        query = {
            "resident_id": resident_id,
            "about": [about[0], str(about[1])],
            "read_at": None,
        }
        change = {"$set": {"read_at": self._core.clock.now()}}
        return int((await _inbox().update_many(query, change, session=session)).modified_count)


def _item(occasion: Occasion, account_id: ObjectId, now: datetime) -> Raw:
    # By hand: of ten thousand reminders in one minute the model's encoder would be half the work.
    topic = topics()[occasion.topic]
    waits = topic.bundle if occasion.urgency is Urgency.ROUTINE else timedelta(0)
    about = occasion.about
    return {
        "_id": ObjectId(),
        "account_id": account_id,
        "resident_id": occasion.resident_id,
        "occasion": occasion.key,
        "text": occasion.text,
        "topic": occasion.topic,
        "urgency": occasion.urgency.value,
        "category": occasion.category.value,
        "about": [about[0], str(about[1])] if about else None,
        "strangers": occasion.strangers,
        "wakes": occasion.wakes,
        "at": now,
        "read_at": None,
        "push": {"state": PushState.WAITING.value, "available_at": now + waits, **_NO_PUSH},
        "kept_until": now + timedelta(days=limits()["inbox"]["kept_days"]),
    }


_NO_PUSH: Raw = {
    "leased_by": None,
    "attempts": 0,
    "sending": [],
    "sent": [],
    "given_up": [],
    "into": None,
    "history": [],
    "settled_at": None,
}


async def _missing(items: list[Raw], session: Session) -> list[Raw]:
    """Inside a transaction a broken invariant ends it: so what is there is asked for first. Two
    at once still meet the unique index, and the one that is later is done again by its caller."""
    if not items:
        return []
    query = {
        "account_id": {"$in": [each["account_id"] for each in items]},
        "occasion": {"$in": [each["occasion"] for each in items]},
    }
    found = _inbox().find(query, {"account_id": 1, "occasion": 1}, session=session)
    there = {(raw["account_id"], raw["occasion"]) async for raw in found}
    return [each for each in items if (each["account_id"], each["occasion"]) not in there]


def _inbox() -> Any:
    return InboxItem.get_pymongo_collection()
