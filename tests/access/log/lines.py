"""Chains as tests need them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.log.line import By, Line
from backend.access.log.writer import ChainWriter
from backend.core.database import Raw, Store

AT = datetime(2026, 11, 20, 1, 12, tzinfo=UTC)  # 9:12 in Shanghai
SEALED = bytes(range(48))


def a_line(
    category: Category = Category.READINGS,
    *,
    at: datetime = AT,
    account: ObjectId | None = None,
    action: Action = Action.VIEW,
    **more: Any,
) -> Line:
    by = By(kind="caregiver", why="granted", kinship="daughter", via=ObjectId(), **more)
    return Line(account or ObjectId(), "caregiver", "app", category, action, by, at, ObjectId())


async def a_chain(count: int, resident_id: ObjectId | None = None, at: datetime = AT) -> ObjectId:
    """A resident with so many entries, each of its own request."""
    resident_id = resident_id or ObjectId()
    lines = [a_line(at=at, purpose="visit", words=SEALED) for _ in range(count)]
    await ChainWriter().put(resident_id, lines)
    return resident_id


async def stored(store: Store, resident_id: ObjectId) -> list[Raw]:
    found = store.db["access_log"].find({"resident_id": resident_id})
    return await found.sort("seq", 1).to_list()
