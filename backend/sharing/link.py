"""A share link as those who manage it see it, and its way into and out of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Category
from backend.access.sharing.documents import ShareLinkDocument
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.sharing.choice import ShareChoice
from backend.sharing.limits import share_limits


class ShareState(StrEnum):
    """Only ``OPEN`` can be opened."""

    OPEN = "open"
    REVOKED = "revoked"
    EXPIRED = "expired"
    USED_UP = "used_up"
    LOCKED = "locked"  # too many wrong PINs


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareOpen:
    """``address`` is that of the network (/24, /48), ``agent`` a browser family."""

    id: ObjectId
    at: datetime
    recipient: str
    address: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLink:
    """``at`` is when it was made."""

    id: ObjectId
    resident_id: ObjectId
    at: datetime
    made_by: ObjectId
    label: str
    categories: frozenset[Category]
    since: datetime | None
    until: datetime | None
    include_name: bool
    resources: int
    expires_at: datetime
    max_opens: int
    opens: int
    has_pin: bool
    pin_attempts_left: int
    revoked_at: datetime | None
    state: ShareState


def state_of(raw: Raw, now: datetime) -> ShareState:
    if raw["revoked_at"] is not None:
        return ShareState.REVOKED
    if raw["expires_at"] <= now:
        return ShareState.EXPIRED
    if raw["opens"] >= raw["max_opens"]:
        return ShareState.USED_UP
    return ShareState.OPEN if raw["pin_attempts_left"] > 0 else ShareState.LOCKED


def place(share_id: ObjectId, field: str) -> str:
    """Where a sealed field of a link belongs."""
    return f"share_links:{share_id}:{field}"


def new_raw(
    choice: ShareChoice,
    *,
    share_id: ObjectId,
    resident_id: ObjectId,
    made_by: ObjectId,
    token_index: bytes,
    pin_mark: bytes | None,
    key: OwnerKey,
    now: datetime,
    resources: int,
) -> Raw:
    return ShareLinkDocument(
        id=PydanticObjectId(share_id),
        resident_id=PydanticObjectId(resident_id),
        token_index=token_index,
        made_by=PydanticObjectId(made_by),
        made_at=now,
        label=key.seal(choice.label.encode(), place(share_id, "label")),
        categories=choice.categories,
        since=choice.since,
        until=choice.until,
        include_name=choice.include_name,
        resources=resources,
        expires_at=choice.expires_at,
        max_opens=choice.max_opens,
        pin_mark=pin_mark,
        pin_attempts_left=share_limits().pin_attempts,
    ).to_raw()


def from_raw(raw: Raw, key: OwnerKey, now: datetime) -> ShareLink:
    return ShareLink(
        id=raw["_id"],
        resident_id=raw["resident_id"],
        at=raw["made_at"],
        made_by=raw["made_by"],
        label=key.open(raw["label"], place(raw["_id"], "label")).decode(),
        categories=frozenset(map(Category, raw["categories"])),
        since=raw["since"],
        until=raw["until"],
        include_name=raw["include_name"],
        resources=raw["resources"],
        expires_at=raw["expires_at"],
        max_opens=raw["max_opens"],
        opens=raw["opens"],
        has_pin=raw["pin_mark"] is not None,
        pin_attempts_left=raw["pin_attempts_left"],
        revoked_at=raw["revoked_at"],
        state=state_of(raw, now),
    )


def open_from_raw(raw: Raw, key: OwnerKey) -> ShareOpen:
    who = key.open_json(raw["who"], f"share_opens:{raw['_id']}:who")
    return ShareOpen(
        id=raw["_id"],
        at=raw["at"],
        recipient=who["recipient"],
        address=who["address"],
        agent=raw["agent"],
    )
