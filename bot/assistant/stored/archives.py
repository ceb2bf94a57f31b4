"""Residents' archives in memory: loaded once, refreshed by what changed, soon forgotten."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bson import ObjectId

from backend.access.categories import Category
from backend.archive.fhir.resources import patient
from backend.archive.residents import Residents
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.measurements.draft import Kind
from backend.measurements.granted import READING_CATEGORIES, category_of, kinds_in
from backend.measurements.overrides import limits_of
from bot.assistant.fhir.resources import person_of
from bot.assistant.records import OwnLimit, Person
from bot.assistant.stored.changed import (
    COLLECTIONS,
    Moments,
    moments_since,
    rows_of,
    stamps_of,
)
from bot.assistant.stored.items import Item, counts, item_of_entry, item_of_kept, item_of_reading
from bot.assistant.stored.limits import limits
from bot.assistant.stored.own_limits import own_limits
from bot.assistant.stored.view import Snapshot

_LATE = timedelta(seconds=120)
"""How long before its commit a document may have been stamped: a transaction lives 60 s, and
servers' clocks differ. What changed within it is read again, which changes nothing."""

_Reader = Callable[[Raw, OwnerKey], Item]
_READERS: Mapping[str, _Reader] = {
    "entries": item_of_entry,
    "readings": item_of_reading,
    "kept_resources": item_of_kept,
}
_COLLECTION_OF = {0: "entries", 1: "readings", 2: "kept_resources"}  # by the order of the export


@dataclass(slots=True)
class _Held:
    """An opened archive. ``seen`` is when it was last brought up to date, ``moments`` how much
    had been stamped when by then."""

    born: float
    seen: datetime | None = None
    moments: Moments = field(default_factory=dict)
    items: dict[ObjectId, Item] = field(default_factory=dict)
    person: Person | None = None
    limits: tuple[OwnLimit, ...] = ()
    snapshot: Snapshot | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


_Key = tuple[ObjectId, frozenset[Category]]


class Archives:
    """Snapshots by resident and granted categories.

    Every question asks the store what changed since the last one, so that a reading counts
    and a withdrawn one is gone with the next question, in whatever process it came. What is
    opened is forgotten after minutes, and when the memory is needed.
    """

    def __init__(self, core: Core, residents: Residents) -> None:
        self._core = core
        self._residents = residents
        self._held: OrderedDict[_Key, _Held] = OrderedDict()

    async def snapshot(self, resident_id: ObjectId, allowed: frozenset[Category]) -> Snapshot:
        """As the store is now, of these categories only; the policy was asked before.

        Five driver commands where nothing changed. Raises ``KeyDestroyed`` for who is erased.
        """
        held = self._of(resident_id, allowed)
        async with held.lock:
            key = await self._core.keyring.key(resident_id)
            now = self._core.clock.now()
            since = (held.seen or now) - _LATE
            moments = await moments_since(resident_id, since)
            found, gone = await self._changed(resident_id, allowed, held, moments)
            person, overrides = await asyncio.gather(
                self._person(resident_id, allowed), limits_of(self._core, resident_id)
            )
            limits = own_limits(overrides, kinds_in(allowed & READING_CATEGORIES))
            different = await asyncio.to_thread(_applied, held.items, found, gone, key)
            now_said = (person, limits)
            if different or now_said != (held.person, held.limits) or held.snapshot is None:
                same = held.snapshot is not None and different <= {"readings"}
                words = held.snapshot.words if held.snapshot and same else None
                held.person, held.limits = now_said
                rows = held.items.values()
                held.snapshot = Snapshot(person, rows, words, set_by_doctors=limits)
            held.seen, held.moments = now, moments
            self._make_room()
            return held.snapshot

    def forget(self) -> None:
        """Drop everything that is opened."""
        self._held.clear()

    def _of(self, resident_id: ObjectId, allowed: frozenset[Category]) -> _Held:
        now = time.monotonic()
        for key in [k for k, each in self._held.items() if each.born + limits().kept < now]:
            del self._held[key]
        held = self._held.setdefault((resident_id, allowed), _Held(now))
        self._held.move_to_end((resident_id, allowed))
        return held

    def _make_room(self) -> None:
        while sum(len(each.items) for each in self._held.values()) > limits().most_items:
            if len(self._held) == 1:
                return
            self._held.popitem(last=False)

    async def _changed(
        self,
        resident_id: ObjectId,
        allowed: frozenset[Category],
        held: _Held,
        moments: Moments,
    ) -> tuple[list[tuple[str, list[Raw]]], set[ObjectId]]:
        """Documents to read (anew), by collection, and what is to go."""
        if held.seen is None:
            kinds = sorted(kinds_in(allowed & READING_CATEGORIES))
            named: Raw = {"category": {"$in": sorted(allowed)}}
            granted = {name: named for name in COLLECTIONS} | {"readings": {"kind": {"$in": kinds}}}
            return await rows_of(resident_id, granted), set()
        moved = [each for each, sums in moments.items() if held.moments.get(each) != sums]
        wanted: dict[str, list[ObjectId]] = {}
        gone: set[ObjectId] = set()
        for name, stamp in await stamps_of(resident_id, moved):
            known = held.items.get(stamp["_id"])
            if _category(name, stamp) not in allowed or not counts(name, stamp):
                gone |= {known.id} if known is not None else set()
            elif known is None or known.stamp != _stamp(stamp):
                wanted.setdefault(name, []).append(stamp["_id"])
        changed = {name: {"_id": {"$in": ids}} for name, ids in wanted.items()}
        return await rows_of(resident_id, changed), gone

    async def _person(self, resident_id: ObjectId, allowed: frozenset[Category]) -> Person:
        ref = f"Patient/{resident_id}"
        if Category.PROFILE not in allowed:
            return Person(ref=ref)
        profile = (await self._residents.load(resident_id)).profile
        return person_of(patient.write(profile), ref)


def _applied(
    items: dict[ObjectId, Item],
    found: list[tuple[str, list[Raw]]],
    gone: set[ObjectId],
    key: OwnerKey,
) -> set[str]:
    """Bring ``items`` up to date; the collections of which something is different now."""
    different = {_COLLECTION_OF[items.pop(each).order[0]] for each in gone}
    for collection, rows in found:
        for raw in rows:
            if not counts(collection, raw):
                continue
            items[raw["_id"]] = _READERS[collection](raw, key)._replace(stamp=_stamp(raw))
            different.add(collection)
    return different


def _stamp(raw: Raw) -> tuple[datetime, int]:
    return raw["updated_at"], raw.get("version", 0)


def _category(collection: str, raw: Raw) -> Category:
    if collection == "readings":
        return category_of(Kind(raw["kind"]))
    return Category(raw["category"])
