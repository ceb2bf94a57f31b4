"""A resident's record of a piece, and its way into and out of the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from backend.core.clock import SHANGHAI
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from content.choosing.past import Feedback, Met


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    id: ObjectId
    at: datetime
    slug: str
    shown: int
    opened_at: datetime | None
    read_at: datetime | None
    dwell: int | None
    scroll: float | None
    passed_at: datetime | None
    feedback: Feedback | None


def place(record_id: ObjectId) -> str:
    """Where a sealed slug belongs."""
    return f"content_records:{record_id}:name"


def mark(key: OwnerKey, slug: str) -> str:
    """The slug as it is looked for."""
    return key.token(f"piece:{slug}").hex()


def frame(resident_id: ObjectId, slug: str, key: OwnerKey, now: datetime) -> Raw:
    """What a new record has beside what happened."""
    record_id = ObjectId()
    return {
        "_id": record_id,
        "resident_id": resident_id,
        "piece": mark(key, slug),
        "name": key.seal(slug.encode(), place(record_id)),
        "at": now,
    }


def record_of(raw: Raw, key: OwnerKey) -> Record:
    feedback = raw.get("feedback")
    return Record(
        id=raw["_id"],
        at=raw["at"],
        slug=key.open(raw["name"], place(raw["_id"])).decode(),
        shown=raw.get("shown", 0),
        opened_at=raw.get("opened_at"),
        read_at=raw.get("read_at"),
        dwell=raw.get("dwell"),
        scroll=raw.get("scroll"),
        passed_at=raw.get("passed_at"),
        feedback=Feedback(feedback) if feedback else None,
    )


def past_of(rows: Iterable[Raw], slugs: Iterable[str], key: OwnerKey) -> dict[str, Met]:
    """What was met, by slug, without opening a seal."""
    names = {mark(key, slug): slug for slug in slugs}
    return {names[raw["piece"]]: _met(raw) for raw in rows if raw["piece"] in names}


def _met(raw: dict[str, Any]) -> Met:
    feedback = raw.get("feedback")
    return Met(
        shown=raw.get("shown", 0),
        opened_at=raw.get("opened_at"),
        read_at=raw.get("read_at"),
        feedback=Feedback(feedback) if feedback else None,
        feedback_at=raw.get("feedback_at"),
    )


def day_of(at: datetime) -> str:
    """The ISO day in Shanghai."""
    return at.astimezone(SHANGHAI).date().isoformat()
