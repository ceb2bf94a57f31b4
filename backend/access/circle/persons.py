"""What the circle must know of persons: ages and names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from bson import ObjectId

from backend.core.clock import SHANGHAI
from backend.core.keys import Keyring
from backend.identity.accounts import Account, opened


class Persons(Protocol):
    """Implemented above the archive, handed in by the composition root."""

    async def birth_date(self, resident_id: ObjectId) -> date | None:
        """The day of birth where it is known to the day."""
        ...

    async def name(self, resident_id: ObjectId) -> str | None: ...

    async def names(self, resident_ids: Sequence[ObjectId]) -> dict[ObjectId, str | None]:
        """The names of many at once; who is gone is left out."""
        ...


def age_at(born: date, now: datetime) -> int:
    """Whole years in Asia/Shanghai; who was born on 29 February turns older on 1 March."""
    today = now.astimezone(SHANGHAI).date()
    before = (today.month, today.day) < (born.month, born.day)
    return today.year - born.year - before


def masked(name: str | None, *, whole: bool = True) -> str:
    """Enough to know again, too little to learn: 张建国 is 张*国.

    Not ``whole``: 张**, for who never knew them, so that not even the length is told.
    """
    name = (name or "").strip()
    if not name:
        return ""
    if not whole:
        return f"{name[0]}**"
    if len(name) <= 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


async def display_names(keyring: Keyring, account_ids: Iterable[ObjectId]) -> dict[ObjectId, str]:
    """What accounts call themselves, in two reads; who has no name, or is gone, is left out."""
    wanted = list(set(account_ids))
    if not wanted:
        return {}
    keys = await keyring.keys(wanted)
    found: dict[ObjectId, str] = {}
    async for account in Account.find({"_id": {"$in": wanted}}):
        key = keys.get(account.id)
        name = opened(account, key).display_name if key is not None else None
        if name:
            found[account.id] = name
    return found
