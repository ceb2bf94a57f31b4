"""What kind of entries an event is about, for subscribers to whom few of them matter."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from backend.archive.documents import EntryDocument
from backend.archive.events import EntriesAdded
from backend.archive.sections import Section


async def added(event: EntriesAdded, sections: Collection[Section]) -> bool:
    """Whether some of the new entries are of these sections."""
    query = {
        "resident_id": event.resident_id,
        "_id": {"$in": list(event.entry_ids)},
        "section": {"$in": [each.value for each in sections]},
    }
    entries: Any = EntryDocument.get_pymongo_collection()
    return await entries.find_one(query, {"_id": 1}) is not None
