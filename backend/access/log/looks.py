"""What a reader of the log is shown: the entries of one request as one look."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.core.database import Raw
from backend.identity.viewer import Channel

_SAME = ("request", "account_id", "relation", "action", "why", "purpose")


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFilter:
    """Empty sets mean all. ``since`` inclusive, ``until`` exclusive."""

    accounts: frozenset[ObjectId] = frozenset()
    categories: frozenset[Category] = frozenset()
    actions: frozenset[Action] = frozenset()
    channels: frozenset[Channel] = frozenset()
    since: datetime | None = None
    until: datetime | None = None

    def query(self) -> Raw:
        wanted: dict[str, Collection[Any]] = {
            "account_id": self.accounts,
            "category": self.categories,
            "action": self.actions,
            "channel": self.channels,
        }
        query: Raw = {name: {"$in": sorted(some)} for name, some in wanted.items() if some}
        span = {"$gte": self.since, "$lt": self.until}
        if any(span.values()):
            query["at"] = {name: value for name, value in span.items() if value is not None}
        return query


@dataclass(slots=True, kw_only=True)
class Look:
    """One person, action and request, with all its categories. ``entry_id`` is the newest's."""

    entry_id: ObjectId
    resident_id: ObjectId
    at: datetime
    account_id: ObjectId
    relation: str
    kinship: str | None
    channel: str
    action: Action
    why: str
    purpose: str | None
    request: ObjectId
    first_seq: int
    seq: int
    categories: list[Category] = field(default_factory=list)

    @property
    def id(self) -> ObjectId:
        """Its place in the list: what comes after has a smaller number than its first entry."""
        return place_of(self.first_seq)

    @classmethod
    def of(cls, raw: Raw) -> Look:
        return cls(
            entry_id=raw["_id"],
            resident_id=raw["resident_id"],
            at=raw["at"],
            account_id=raw["account_id"],
            relation=raw["relation"],
            kinship=raw["kinship"],
            channel=raw["channel"],
            action=Action(raw["action"]),
            why=raw["why"],
            purpose=raw["purpose"],
            request=raw["request"],
            first_seq=raw["seq"],
            seq=raw["seq"],
            categories=[Category(raw["category"])],
        )

    def joined(self, raw: Raw) -> bool:
        """Whether the entry, the next older one, belongs to this look; then it is in it."""
        if any(getattr(self, name) != raw[name] for name in _SAME):
            return False
        self.first_seq = raw["seq"]
        category = Category(raw["category"])
        if category not in self.categories:
            self.categories.append(category)
        return True


def place_of(seq: int) -> ObjectId:
    """A number in the chain in the form of the house's cursors."""
    return ObjectId(seq.to_bytes(12, "big"))


def seq_of(place: ObjectId) -> int:
    return int.from_bytes(place.binary, "big")
