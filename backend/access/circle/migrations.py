"""Changes to links that were stored before they carried a version and a history."""

from __future__ import annotations

from backend.core.database import Store
from backend.core.migrations import migration


@migration("0001", "links carry a version")
async def number_links(store: Store) -> None:
    await store.db["relations"].update_many(
        {"version": {"$exists": False}}, {"$set": {"version": 1}}
    )
