"""Everything stored that belongs to one resident, found from the documents themselves.

Walks the documents that the composition root knows, so that a room of tomorrow is not
forgotten: what derives from ``ResidentOwned`` is deleted unless it is on the short list of
what the law wants kept; what only names a resident needs a rule here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from beanie import Document
from bson import ObjectId
from gridfs import AsyncGridFSBucket

from backend.core.database import Store
from backend.core.documents import ResidentOwned
from backend.measurements.documents import MeterDocument, MeterState
from backend.privacy.events import ResidentErased

KEPT = frozenset({"access_log", "access_anchors", "access_checkpoints", "erasures"})
"""No health content: the proof of who looked, and of the erasure itself (held.toml says why)."""

Rule = Callable[[Store, ObjectId], Awaitable[int]]


async def _events(store: Store, resident_id: ObjectId) -> int:
    others = {"resident_id": resident_id, "name": {"$ne": ResidentErased.name}}
    return int((await store.db["outbox"].delete_many(others)).deleted_count)


async def _meters(store: Store, resident_id: ObjectId) -> int:
    # The machine stays in the shop's list; whose it was does not.
    meters = store.db[MeterDocument.get_pymongo_collection().name]
    await meters.update_many({}, {"$pull": {"uploads": {"resident_id": resident_id}}})
    freed = await meters.update_many(
        {"resident_id": resident_id},
        {"$set": {"resident_id": None, "bound_by": None, "bound_at": None}},
    )
    await meters.update_many(
        {"resident_id": None, "state": MeterState.BOUND.value},
        {"$set": {"state": MeterState.UNBOUND.value}},
    )
    return int(freed.modified_count)


async def _tickets(store: Store, resident_id: ObjectId) -> int:
    # The merchant's receipt stays, as in any shop's books; whose it was does not.
    freed = await store.db["point_tickets"].update_many(
        {"resident_id": resident_id}, {"$set": {"resident_id": None}}
    )
    return int(freed.modified_count)


async def _signals(store: Store, resident_id: ObjectId) -> int:
    signals = store.db["point_signals"]
    return int((await signals.delete_many({"resident_id": resident_id})).deleted_count)


async def _inbox(store: Store, resident_id: ObjectId) -> int:
    # In others' inboxes too: what it was about is gone.
    items = store.db["inbox_items"]
    return int((await items.delete_many({"resident_id": resident_id})).deleted_count)


async def _talks(store: Store, resident_id: ObjectId) -> int:
    # What a family member's chat half made: with an entry of somebody else the chat begins anew.
    talks = store.db["chat_talks"]
    return int((await talks.delete_many({"resident_ids": resident_id})).deleted_count)


async def _places(store: Store, resident_id: ObjectId) -> int:
    # The clinic's number stays in its list; whose it was does not, and what was to come is free.
    places, slots = store.db["appointment_places"], store.db["appointment_slots"]
    async for place in places.find({"resident_id": resident_id}, {"slot_id": 1, "state": 1}):
        if place["state"] not in _OPEN_PLACES:
            continue
        done = await places.update_one(
            {"_id": place["_id"], "state": place["state"]},
            {"$set": {"state": "cancelled", "look_at": None}},
        )
        if done.modified_count:
            field = _OPEN_PLACES[place["state"]]
            step = 1 if field == "left" else -1
            open_slot = {"_id": place["slot_id"], "state": "open"}
            await slots.update_one(open_slot, {"$inc": {field: step}})
    freed = await places.update_many({"resident_id": resident_id}, {"$set": {"resident_id": None}})
    return int(freed.modified_count)


_OPEN_PLACES = {"booked": "left", "proposed": "left", "waitlist": "waiting"}


async def _blobs(store: Store, resident_id: ObjectId) -> int:
    bucket = AsyncGridFSBucket(store.db, bucket_name="blobs")
    found = store.db["blobs.files"].find({"metadata.resident_id": resident_id}, {"_id": 1})
    ids = [each["_id"] async for each in found]
    for blob_id in ids:
        await bucket.delete(blob_id)
    return len(ids)


NAMING: dict[str, Rule] = {
    "outbox": _events,
    "meters": _meters,
    "point_tickets": _tickets,
    "point_signals": _signals,
    "inbox_items": _inbox,
    "chat_talks": _talks,
    "appointment_places": _places,
}
"""Collections that name a resident without belonging to one."""


class Owned:
    """Deletes what a resident owns. ``documents`` is every document of every room."""

    def __init__(self, store: Store, documents: Sequence[type[Document]]) -> None:
        self._store = store
        self._documents = tuple(documents)

    def collections(self) -> list[str]:
        """Deleted by ``resident_id``."""
        return sorted(
            name
            for each in self._documents
            if issubclass(each, ResidentOwned) and (name := name_of(each)) not in KEPT
        )

    def unruled(self) -> list[str]:
        """Collections that name a resident and have no rule: must be none."""
        return sorted(
            name
            for each in self._documents
            if "resident_id" in each.model_fields
            and not issubclass(each, ResidentOwned)
            and (name := name_of(each)) not in NAMING
            and name not in KEPT
        )

    async def delete(self, resident_id: ObjectId) -> dict[str, int]:
        """How many documents went, by collection; doing it again finds what came late."""
        gone: dict[str, int] = {}
        # Relations first: from then on nobody enters by the door.
        for name in sorted(self.collections(), key=lambda each: (each != "relations", each)):
            result = await self._store.db[name].delete_many({"resident_id": resident_id})
            gone[name] = result.deleted_count
        for name, rule in NAMING.items():
            gone[name] = await rule(self._store, resident_id)
        gone["blobs"] = await _blobs(self._store, resident_id)
        return {name: count for name, count in gone.items() if count}

    async def counts(self, resident_id: ObjectId) -> dict[str, int]:
        """How many documents there are now, by collection, kept ones and files included."""
        found: dict[str, int] = {}
        names = [name_of(each) for each in self._documents if issubclass(each, ResidentOwned)]
        for name in names:
            found[name] = await self._store.db[name].count_documents({"resident_id": resident_id})
        files = {"metadata.resident_id": resident_id}
        found["blobs"] = await self._store.db["blobs.files"].count_documents(files)
        return found


def name_of(document: type[Document]) -> str:
    settings: Any = document.Settings
    name: str = settings.name
    return name
