"""What a report put into the archive, brought to what it should be, in the caller's transaction.

Parts keep their entry or reading through every confirmation, undoing and re-reading; the
archive's history says what they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId

from backend.archive import entry as entries
from backend.archive.documents import EntryDocument
from backend.archive.entry import Provenance
from backend.archive.events import EntriesAdded, EntryChanged
from backend.archive.sections import Body, EntryStatus
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import OwnerKey
from backend.core.outbox import Event
from backend.measurements import reading as readings
from backend.measurements.documents import ReadingDocument
from backend.measurements.events import ReadingCorrected, ReadingsRecorded, ReadingWithdrawn
from backend.measurements.normalise import Normal, fingerprint
from backend.measurements.reading import RecordedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWish:
    """An entry as it should be, under an id that is its for good."""

    part: str
    id: ObjectId
    body: Body
    fhir: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingWish:
    """A reading as it should be; ``parts`` are the items that it is made of."""

    parts: tuple[str, ...]
    known: ObjectId | None
    normal: Normal
    fhir: bytes


@dataclass(slots=True)
class Settled:
    """The links to keep, and what happened on the way."""

    links: list[Raw] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    entry_ids: list[ObjectId] = field(default_factory=list)
    reading_ids: list[ObjectId] = field(default_factory=list)


class Settling:
    """One report's parts; made anew for every try of the transaction."""

    def __init__(
        self,
        core: Core,
        session: Session,
        resident_id: ObjectId,
        key: OwnerKey,
        *,
        by: RecordedBy,
        now: datetime,
    ) -> None:
        self._core = core
        self._session = session
        self._resident_id = resident_id
        self._key = key
        self._by = by
        self._now = now
        self.settled = Settled()

    async def put_entries(self, wishes: Sequence[EntryWish], provenance: Provenance) -> None:
        """Insert what is new, change what differs, leave the rest alone."""
        stored = await self._stored(EntryDocument, [wish.id for wish in wishes])
        new: list[Raw] = []
        for wish in wishes:
            before = stored.get(wish.id)
            if before is None:
                new.append(self._new_entry(wish, provenance))
            elif self._differs(before, wish.body):
                changes = self._entry_content(wish, before["created_at"])
                await self._replace_entry(before, changes)
            self.settled.links.append(_link(wish.part, entry_id=wish.id))
            self.settled.entry_ids.append(wish.id)
        if new:
            collection = EntryDocument.get_pymongo_collection()
            await collection.insert_many(new, session=self._session)
            ids = tuple(PydanticObjectId(each["_id"]) for each in new)
            self._event(EntriesAdded, entry_ids=ids)

    async def put_readings(self, wishes: Sequence[ReadingWish]) -> None:
        """As ``put_entries``. Raises ``DuplicateKeyError`` where the same reading is live."""
        stored = await self._stored(ReadingDocument, [w.known for w in wishes if w.known])
        recorded: list[ObjectId] = []
        for wish in wishes:
            before = stored.get(wish.known) if wish.known else None
            mark = self._key.token(fingerprint(wish.normal))
            if before is None:
                reading_id = await self._new_reading(wish, mark)
                recorded.append(reading_id)
            else:
                reading_id = before["_id"]
                if before["state"] == "withdrawn":
                    recorded.append(reading_id)
                await self._change_reading(before, wish, mark)
            self.settled.links += [_link(part, reading_id=reading_id) for part in wish.parts]
            self.settled.reading_ids.append(reading_id)
        if recorded:
            ids = tuple(map(PydanticObjectId, recorded))
            self._event(ReadingsRecorded, reading_ids=ids)

    async def retire(self, links: Sequence[Raw], *, keep_links: bool) -> None:
        """Entered in error: out of every list and answer, still in the history."""
        entry_ids = {each["entry_id"] for each in links if each["entry_id"]}
        for before in (await self._stored(EntryDocument, list(entry_ids))).values():
            if before["status"] == EntryStatus.ACTIVE.value:
                changes = {"status": EntryStatus.ENTERED_IN_ERROR.value, "changed_here": True}
                await self._replace_entry(before, changes)
        reading_ids = {each["reading_id"] for each in links if each["reading_id"]}
        for before in (await self._stored(ReadingDocument, list(reading_ids))).values():
            if before["state"] != "withdrawn":
                await self._replace_reading(before, {"state": "withdrawn", "duplicate_of": None})
                self._event(ReadingWithdrawn, reading_id=PydanticObjectId(before["_id"]))
        if keep_links:
            self.settled.links += links

    async def publish(self, *more: Event) -> None:
        await self._core.outbox.publish(self._session, *self.settled.events, *more)

    async def _stored(self, model: Any, ids: Sequence[ObjectId]) -> dict[ObjectId, Raw]:
        if not ids:
            return {}
        query = {"resident_id": self._resident_id, "_id": {"$in": list(ids)}}
        found = model.get_pymongo_collection().find(query, session=self._session)
        return {raw["_id"]: raw async for raw in found}

    def _new_entry(self, wish: EntryWish, provenance: Provenance) -> Raw:
        frame = entries.frame_of(
            wish.id, resident_id=self._resident_id, provenance=provenance, now=self._now
        )
        return frame | self._entry_content(wish, self._now)

    def _entry_content(self, wish: EntryWish, recorded_at: datetime) -> Raw:
        fhir = self._key.seal(wish.fhir, entries.place(wish.id, "raw")) if wish.fhir else None
        return {
            **entries.content(wish.id, wish.body, self._key, recorded_at),
            "raw": fhir,
            "changed_here": False,
            "status": EntryStatus.ACTIVE.value,
        }

    def _differs(self, before: Raw, body: Body) -> bool:
        stored = entries.from_raw(before, self._key)
        return stored.body != body or stored.status is not EntryStatus.ACTIVE

    async def _replace_entry(self, before: Raw, changes: Raw) -> None:
        after = await self._core.history.replace(
            EntryDocument.get_pymongo_collection(),
            before,
            {**changes, "updated_at": self._now},
            by=self._by.account_id,
            session=self._session,
        )
        self._event(
            EntryChanged, entry_id=PydanticObjectId(before["_id"]), version=after["version"]
        )

    async def _new_reading(self, wish: ReadingWish, mark: bytes) -> ObjectId:
        document = readings.to_raw(
            wish.normal,
            resident_id=self._resident_id,
            recorded_by=self._by.to_raw(),
            key=self._key,
            now=self._now,
            mark=mark,
            fhir=wish.fhir,
        )
        twin = await self._twin(mark)
        if twin is not None:
            document |= {"state": "duplicate", "duplicate_of": twin}
        await ReadingDocument.get_pymongo_collection().insert_one(document, session=self._session)
        reading_id: ObjectId = document["_id"]
        return reading_id

    async def _change_reading(self, before: Raw, wish: ReadingWish, mark: bytes) -> None:
        same = bytes(before["fingerprint"]) == mark and before["state"] != "withdrawn"
        content = readings.content(wish.normal, before["_id"], self._key, mark)
        if same and all(before[name] == content[name] for name in ("values", "at", "entered")):
            return
        twin = await self._twin(mark, but=before["_id"])
        state = {"state": "duplicate" if twin else "live", "duplicate_of": twin}
        sealed = self._key.seal(wish.fhir, readings.place(before["_id"], "raw"))
        after = await self._replace_reading(before, {**content, **state, "raw": sealed})
        if before["state"] != "withdrawn":
            self._event(
                ReadingCorrected,
                reading_id=PydanticObjectId(before["_id"]),
                version=after["version"],
            )

    async def _twin(self, mark: bytes, but: ObjectId | None = None) -> ObjectId | None:
        """The live reading that says the same."""
        query = {"resident_id": self._resident_id, "fingerprint": mark, "state": "live"}
        found = await ReadingDocument.get_pymongo_collection().find_one(
            {**query, "_id": {"$ne": but}}, {"_id": 1}, session=self._session
        )
        return found["_id"] if found else None

    async def _replace_reading(self, before: Raw, changes: Raw) -> Raw:
        return await self._core.history.replace(
            ReadingDocument.get_pymongo_collection(),
            before,
            {**changes, "updated_at": self._now},
            by=self._by.account_id,
            session=self._session,
        )

    def _event(self, event: type[Event], **body: Any) -> None:
        made = event(resident_id=PydanticObjectId(self._resident_id), **body)
        self.settled.events.append(made)


def _link(
    part: str, *, entry_id: ObjectId | None = None, reading_id: ObjectId | None = None
) -> Raw:
    return {"part": part, "entry_id": entry_id, "reading_id": reading_id}
