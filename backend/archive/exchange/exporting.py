"""FHIR out: everything of a resident that the viewer may see, as a Bundle that validates."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from bson import ObjectId

from backend.access.categories import Category
from backend.access.service import Access
from backend.archive.documents import EntryDocument, KeptResource
from backend.archive.entry import Entry, EntrySource, from_raw, place
from backend.archive.exchange.envelope import unpacked
from backend.archive.exchange.own_limits import goals_of
from backend.archive.fhir import (
    Export,
    Origin,
    OutEntry,
    OutKept,
    OutPerson,
    OutReading,
    dump,
    write_bundle,
)
from backend.archive.masking import looks_masked, masked_bundle
from backend.archive.residents import Residents
from backend.archive.sections import EntryStatus
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer
from backend.measurements import reading as readings
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Draft
from backend.measurements.granted import READING_CATEGORIES, kinds_in
from backend.measurements.overrides import limits_of
from backend.measurements.reading import Reading

_ORIGINS = {
    EntrySource.SELF: Origin.SELF,
    EntrySource.CAREGIVER: Origin.CAREGIVER,
    EntrySource.DOCTOR: Origin.INSTITUTION,
    EntrySource.INSTITUTION: Origin.INSTITUTION,
    EntrySource.OCR: Origin.OCR,
}
_RELATIONS = {
    "self": Origin.SELF,
    "guardian": Origin.CAREGIVER,
    "caregiver": Origin.CAREGIVER,
    "doctor": Origin.INSTITUTION,
    "institution": Origin.INSTITUTION,
}


class Originals(Protocol):
    """Files that documents point at (``Binary/<id>``), from whoever keeps them."""

    async def exported(
        self, resident_id: ObjectId, allowed: frozenset[Category]
    ) -> list[OutKept]: ...


class FhirExport:
    """Gives out Bundles."""

    def __init__(
        self, core: Core, access: Access, residents: Residents, originals: Originals
    ) -> None:
        self._originals = originals
        self._core = core
        self._access = access
        self._residents = residents

    async def everything(
        self, viewer: Viewer, resident_id: ObjectId, *, reveal: bool = False
    ) -> bytes:
        """A Bundle of type collection as JSON, of all categories that the viewer may see.

        What came from outside goes out as it came, ids and numbers too; but who the person is
        stays masked for all but holders, or ``reveal`` (as ``Residents.get``). Raises
        ``AccessDenied``.
        """
        allowed = await self._access.categories(viewer, resident_id)
        key = await self._core.keyring.key(resident_id)
        person = await self._person(viewer, resident_id, allowed, reveal)
        export = Export(
            person=person,
            at=self._core.clock.now(),
            entries=await self._entries(resident_id, allowed, key),
            readings=await self._readings(resident_id, allowed, key),
            kept=[
                *await self._kept(resident_id, allowed, key),
                *await self._originals.exported(resident_id, allowed),
                *await self._limits(resident_id, allowed),
            ],
        )
        hide = person.profile is None or looks_masked(person.profile)
        return await asyncio.to_thread(lambda: _written(export, hide=hide))

    async def _person(
        self, viewer: Viewer, resident_id: ObjectId, allowed: frozenset[Category], reveal: bool
    ) -> OutPerson:
        if Category.PROFILE not in allowed:
            return OutPerson(id=str(resident_id))
        resident = await self._residents.get(viewer, resident_id, reveal=reveal)
        return OutPerson(id=str(resident_id), profile=resident.profile, changed=True)

    async def _entries(
        self, resident_id: ObjectId, allowed: frozenset[Category], key: OwnerKey
    ) -> list[OutEntry]:
        query = {"resident_id": resident_id, "category": {"$in": sorted(allowed)}}
        found = EntryDocument.get_pymongo_collection().find(query, {"words": 0})
        rows = await found.sort([("created_at", 1), ("position", 1), ("_id", 1)]).to_list()
        return [_out_entry(raw, from_raw(raw, key), key) for raw in rows]

    async def _readings(
        self, resident_id: ObjectId, allowed: frozenset[Category], key: OwnerKey
    ) -> list[OutReading]:
        kinds = kinds_in(allowed & READING_CATEGORIES)
        found = ReadingDocument.get_pymongo_collection().find(
            {"resident_id": resident_id, "kind": {"$in": sorted(kinds)}}, {"words": 0}
        )
        rows = await found.sort([("created_at", 1), ("_id", 1)]).to_list()
        return [_out_reading(raw, readings.from_raw(raw, key), key) for raw in rows]

    async def _limits(self, resident_id: ObjectId, allowed: frozenset[Category]) -> list[OutKept]:
        kinds = kinds_in(allowed & READING_CATEGORIES)
        found = await limits_of(self._core, resident_id)
        today = self._core.clock.now().astimezone(SHANGHAI).date()
        return goals_of(resident_id, [each for each in found if each[1].kind in kinds], today)

    async def _kept(
        self, resident_id: ObjectId, allowed: frozenset[Category], key: OwnerKey
    ) -> list[OutKept]:
        query = {"resident_id": resident_id, "category": {"$in": sorted(allowed)}}
        found = KeptResource.get_pymongo_collection().find(query)
        rows = await found.sort([("created_at", 1), ("position", 1), ("_id", 1)]).to_list()
        return [_out_kept(raw, key) for raw in rows]


def _written(export: Export, *, hide: bool) -> bytes:
    bundle = dump(write_bundle(export))
    return masked_bundle(bundle) if hide else bundle


def _out_entry(raw: Raw, entry: Entry, key: OwnerKey) -> OutEntry:
    return OutEntry(
        id=str(entry.id),
        body=entry.body,
        status=entry.status,
        origin=_ORIGINS[entry.provenance.source],
        changed=raw["changed_here"],
        **_received(raw["raw"], place(entry.id, "raw"), key),
        source_system=raw["origin"]["system"] if raw["origin"] else None,
    )


def _out_reading(raw: Raw, reading: Reading, key: OwnerKey) -> OutReading:
    withdrawn = reading.state == "withdrawn"
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
    return OutReading(
        id=str(reading.id),
        draft=draft,
        status=EntryStatus.ENTERED_IN_ERROR if withdrawn else EntryStatus.ACTIVE,
        origin=_RELATIONS[reading.recorded_by.relation],
        changed=reading.version > 1,
        **_received(raw["raw"], readings.place(reading.id, "raw"), key),
        source_system=reading.source.system if raw["raw"] else None,
    )


def _out_kept(raw: Raw, key: OwnerKey) -> OutKept:
    received = _received(raw["raw"], f"kept_resources:{raw['_id']}:raw", key)
    return OutKept(valid=raw["valid"], source_system=raw["origin"]["system"], **received)


def _received(box: bytes | None, where: str, key: OwnerKey) -> dict[str, Any]:
    if box is None:
        return {"raw": None, "full_url": None}
    raw, full_url = unpacked(key.open(box, where))
    return {"raw": raw, "full_url": full_url}
