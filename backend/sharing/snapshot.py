"""What a link holds, taken once, when it is made: a FHIR Bundle of the chosen part.

Written from our own bodies, never as received: a sender's resource may name the person
in places that nobody can mask.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.access.categories import Category
from backend.archive.documents import EntryDocument
from backend.archive.entries import SHOWN
from backend.archive.entry import Entry, EntrySource, from_raw
from backend.archive.fhir import Export, Origin, OutEntry, OutPerson, OutReading, dump, write_bundle
from backend.archive.residents import Residents
from backend.archive.sections import EntryStatus
from backend.core.container import Core
from backend.measurements.draft import Draft
from backend.measurements.granted import READING_CATEGORIES, kinds_in
from backend.measurements.reading import Reading
from backend.measurements.readings import ReadingFilter, Readings
from backend.sharing.choice import ShareChoice
from backend.sharing.errors import ShareTooLarge
from backend.sharing.limits import share_limits
from backend.sharing.person import shared_person

_ORIGINS = {
    EntrySource.SELF: Origin.SELF,
    EntrySource.CAREGIVER: Origin.CAREGIVER,
    EntrySource.DOCTOR: Origin.INSTITUTION,
    EntrySource.INSTITUTION: Origin.INSTITUTION,
    EntrySource.OCR: Origin.OCR,
}
_RECORDERS = {"self": Origin.SELF, "guardian": Origin.CAREGIVER, "caregiver": Origin.CAREGIVER}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``bundle`` is FHIR R4 JSON; ``resources`` counts what is in it beside the person."""

    bundle: bytes
    resources: int


class Snapshots:
    """Takes snapshots; the policy was asked before."""

    def __init__(self, core: Core, residents: Residents, readings: Readings) -> None:
        self._core = core
        self._residents = residents
        self._readings = readings

    async def take(
        self, resident_id: ObjectId, choice: ShareChoice, share_id: ObjectId
    ) -> Snapshot:
        """Raises ``ShareTooLarge``."""
        entries = await self._entries(resident_id, choice)
        readings = await self._read(resident_id, choice)
        if len(entries) + len(readings) > share_limits().most_resources:
            raise ShareTooLarge
        export = Export(
            person=await self._person(resident_id, choice, share_id),
            at=self._core.clock.now(),
            entries=entries,
            readings=readings,
        )
        bundle = await asyncio.to_thread(lambda: dump(write_bundle(export)))
        return Snapshot(bundle, len(entries) + len(readings))

    async def _person(
        self, resident_id: ObjectId, choice: ShareChoice, share_id: ObjectId
    ) -> OutPerson:
        if Category.PROFILE not in choice.categories:
            return shared_person(None, share_id, named=False)
        resident = await self._residents.load(resident_id)
        return shared_person(resident.profile, share_id, named=choice.include_name)

    async def _entries(self, resident_id: ObjectId, choice: ShareChoice) -> list[OutEntry]:
        key = await self._core.keyring.key(resident_id)
        query = {
            "resident_id": resident_id,
            "category": {"$in": sorted(choice.categories)},
            "status": EntryStatus.ACTIVE.value,
        }
        found = EntryDocument.get_pymongo_collection().find(query, SHOWN).sort([("at", -1)])
        rows = await found.limit(share_limits().most_resources + 1).to_list()
        opened = (from_raw(raw, key) for raw in rows)
        return [_entry(each) for each in opened if in_span(each, choice.since, choice.until)]

    async def _read(self, resident_id: ObjectId, choice: ShareChoice) -> list[OutReading]:
        kinds = kinds_in(choice.categories & READING_CATEGORIES)
        if not kinds:
            return []
        wanted = ReadingFilter(kinds=kinds, since=choice.since, until=choice.until)
        rows = await self._readings.rows(
            resident_id, wanted, limit=share_limits().most_resources + 1
        )
        return [_reading(each) for each in await self._readings.opened(resident_id, rows)]


def in_span(entry: Entry, since: datetime | None, until: datetime | None) -> bool:
    """Whether any of the entry lies in the span; what stands goes on until it is ended."""
    if until is not None and entry.at >= until:
        return False
    if since is None or entry.at >= since:
        return True
    ended = entry.body.until
    if ended is None:
        return entry.section in share_limits().standing
    return ended.start() >= since


def _entry(entry: Entry) -> OutEntry:
    return OutEntry(
        id=str(entry.id), body=entry.body, origin=_ORIGINS[entry.provenance.source], changed=True
    )


def _reading(reading: Reading) -> OutReading:
    draft = Draft(
        kind=reading.kind,
        at=reading.at,
        end=reading.end,
        values=reading.entered,
        meal=reading.meal,
        note=reading.note,
        source=reading.source,
        attributes=reading.attributes,
    )
    origin = _RECORDERS.get(reading.recorded_by.relation, Origin.INSTITUTION)
    return OutReading(id=str(reading.id), draft=draft, origin=origin, changed=True)
