"""Readings changed after the fact: corrected, withdrawn, restored; nothing is lost."""

from __future__ import annotations

from datetime import date

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile
from backend.core.outbox import Event
from backend.identity.viewer import Viewer
from backend.measurements.asking import doubt_of, note_told
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Draft, Kind
from backend.measurements.events import ReadingCorrected, ReadingsRecorded, ReadingWithdrawn
from backend.measurements.granted import category_of, granted_kinds
from backend.measurements.last_values import last_values
from backend.measurements.normalise import Normal, fingerprint, normalise
from backend.measurements.own_values import Doubt, marked, question
from backend.measurements.people import People
from backend.measurements.reading import Reading, content, from_raw, place
from backend.measurements.write_errors import (
    NotYourReading,
    ReadingNotFound,
    ReadingWithdrawnAlready,
    SameReadingExists,
)


class Correcting:
    """Changes one reading; each change makes a version."""

    def __init__(self, core: Core, access: Access, people: People) -> None:
        self._core = core
        self._access = access
        self._people = people

    async def correct(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        reading_id: ObjectId,
        draft: Draft,
        *,
        version: int,
        confirmed: bool = False,
    ) -> Reading:
        """Put ``draft``'s content in place of the reading's, source and recorder kept.

        Raises ``ReadingNotFound``, ``ReadingWithdrawnAlready``, ``NotYourReading``,
        ``ChangedMeanwhile`` (``version`` is not the stored one), ``SameReadingExists``
        and what ``normalise`` refuses; ``NeedsConfirmation`` too for what is far from the
        resident's other values.
        """
        before = await self._changeable(viewer, resident_id, reading_id)
        if before["state"] == "withdrawn":
            raise ReadingWithdrawnAlready
        birth_date = await self._people.birth_date(resident_id)
        normal = normalise(
            draft, now=self._core.clock.now(), birth_date=birth_date, confirmed=confirmed
        )
        if not confirmed:
            doubt = await doubt_of(self._access, viewer, resident_id, {normal.kind})
            normal = await self._compared(viewer, before, normal, birth_date, doubt)
        key = await self._core.keyring.key(resident_id)
        mark = key.token(fingerprint(normal))
        changes = content(normal, reading_id, key, mark)
        if before["state"] == "duplicate" and bytes(before["fingerprint"]) != mark:
            changes |= {"state": "live", "duplicate_of": None}  # it is no twin any more
        event = ReadingCorrected(
            resident_id=PydanticObjectId(resident_id),
            reading_id=PydanticObjectId(reading_id),
            version=version + 1,
        )
        return await self._replace(viewer, before, changes, version, event)

    async def withdraw(
        self, viewer: Viewer, resident_id: ObjectId, reading_id: ObjectId, *, version: int
    ) -> Reading:
        """Entered in error: out of every list, trend and answer; still in the history."""
        before = await self._changeable(viewer, resident_id, reading_id)
        if before["state"] == "withdrawn":
            raise ReadingWithdrawnAlready
        event = ReadingWithdrawn(
            resident_id=PydanticObjectId(resident_id), reading_id=PydanticObjectId(reading_id)
        )
        changes: Raw = {"state": "withdrawn", "duplicate_of": None}
        return await self._replace(viewer, before, changes, version, event)

    async def restore(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        reading_id: ObjectId,
        *,
        to_version: int,
        version: int,
    ) -> Reading:
        """Bring an earlier version's content and state back, as a new version."""
        before = await self._changeable(viewer, resident_id, reading_id)
        past = await self._core.history.version(resident_id, reading_id, to_version)
        kept = ("_id", "resident_id", "version", "created_at", "source", "recorded_by", "raw")
        changes = {name: value for name, value in past.document.items() if name not in kept}
        event = _restored(before, resident_id, reading_id)
        return await self._replace(viewer, before, changes, version, event)

    async def resend(
        self, viewer: Viewer, resident_id: ObjectId, draft: Draft, fhir: bytes
    ) -> Reading:
        """The source sends its reading again with other content: a new version of it.

        For importers, which asked the policy. Raises ``ReadingNotFound``,
        ``SameReadingExists`` and what ``normalise`` refuses.
        """
        before: Raw | None = await ReadingDocument.get_pymongo_collection().find_one(
            {
                "resident_id": resident_id,
                "source.system": draft.source.system,
                "source.id": {"$eq": draft.source.id, "$type": "string"},  # for the partial index
            }
        )
        if before is None:
            raise ReadingNotFound
        key = await self._core.keyring.key(resident_id)
        birth_date = await self._people.birth_date(resident_id)
        normal = normalise(draft, now=self._core.clock.now(), birth_date=birth_date, confirmed=True)
        normal = await self._compared(viewer, before, normal, birth_date, Doubt.MARK)
        mark = key.token(fingerprint(normal))
        changes = content(normal, before["_id"], key, mark) | {
            "raw": key.seal(fhir, place(before["_id"], "raw")),
            "state": "live",
            "duplicate_of": None,
        }
        event = ReadingCorrected(
            resident_id=PydanticObjectId(resident_id),
            reading_id=PydanticObjectId(before["_id"]),
            version=before["version"] + 1,
        )
        return await self._replace(viewer, before, changes, before["version"], event)

    async def _changeable(self, viewer: Viewer, resident_id: ObjectId, reading_id: ObjectId) -> Raw:
        kinds = await granted_kinds(self._access, viewer, resident_id, Action.RECORD)
        raw = await ReadingDocument.get_pymongo_collection().find_one(
            {"resident_id": resident_id, "_id": reading_id, "kind": {"$in": sorted(kinds)}}
        )
        if raw is None:
            raise ReadingNotFound
        category = category_of(Kind(raw["kind"]))
        relation = await self._access.require(viewer, resident_id, category, Action.RECORD)
        manages = Action.MANAGE in relation.actions
        if not manages and raw["recorded_by"]["account_id"] != viewer.account_id:
            raise NotYourReading
        found: Raw = raw
        return found

    async def _compared(
        self, viewer: Viewer, before: Raw, normal: Normal, birth_date: date | None, doubt: Doubt
    ) -> Normal:
        """Marked where it is far from the resident's other values, or ``NeedsConfirmation``."""
        resident_id = before["resident_id"]
        lasts = await last_values(resident_id, [normal], without=before["_id"])
        asked = question(normal, lasts.get(normal.kind, ()), birth_date)
        if asked is None:
            return normal
        if doubt is Doubt.ASK:
            await note_told(self._access, viewer, resident_id, {normal.kind})
            raise asked
        return normal._replace(attributes=marked(normal.attributes))

    async def _replace(
        self, viewer: Viewer, before: Raw, changes: Raw, version: int, event: Event
    ) -> Reading:
        if before["version"] != version:
            raise ChangedMeanwhile
        changes = {**changes, "updated_at": self._core.clock.now()}

        async def work(session: Session) -> Raw:
            after = await self._core.history.replace(
                ReadingDocument.get_pymongo_collection(),
                before,
                changes,
                by=viewer.account_id,
                session=session,
            )
            await self._core.outbox.publish(session, event)
            return after

        try:
            after = await self._core.store.transaction(work)
        except DuplicateKeyError as error:
            raise SameReadingExists from error
        return from_raw(after, await self._core.keyring.key(before["resident_id"]))


def _restored(
    before: Raw, resident_id: ObjectId, reading_id: ObjectId
) -> ReadingsRecorded | ReadingCorrected:
    """One that was withdrawn counts anew; of one that counted, what stood on it is forgotten."""
    if before["state"] == "withdrawn":
        return ReadingsRecorded(
            resident_id=PydanticObjectId(resident_id),
            reading_ids=(PydanticObjectId(reading_id),),
        )
    return ReadingCorrected(
        resident_id=PydanticObjectId(resident_id),
        reading_id=PydanticObjectId(reading_id),
        version=before["version"] + 1,
    )
