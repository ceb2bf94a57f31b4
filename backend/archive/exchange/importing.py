"""FHIR in: a Bundle becomes entries, readings and kept resources, each answered on its own.

Idempotent: what a sender sent before is recognised by the sender's own names, what came by
another sender by its name and its whole content.
An entry is one document, so there is never half of one.
"""

from __future__ import annotations

import asyncio

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.relations import Relation
from backend.access.service import NOTHING, Access
from backend.archive.documents import EntryDocument, KeptResource
from backend.archive.entry import Provenance
from backend.archive.events import EntriesAdded, EntryChanged
from backend.archive.exchange.elsewhere import elsewhere
from backend.archive.exchange.envelope import packed
from backend.archive.exchange.known import Known, known, origin_of
from backend.archive.exchange.plan import (
    ImportPlan,
    ImportPlanner,
    PlannedReading,
    category_in,
)
from backend.archive.exchange.report import ImportReport, item_report
from backend.archive.fhir import (
    BundleReading,
    Outcome,
    read_bundle,
    reading_as_entry,
)
from backend.archive.residents import Residents
from backend.archive.sections import EntryStatus, Profile
from backend.core.container import Core
from backend.core.database import Session
from backend.core.errors import KangbanError
from backend.identity.viewer import Viewer
from backend.measurements import batch
from backend.measurements.correcting import Correcting
from backend.measurements.recording import LARGEST_BATCH, Recording, recorder
from backend.measurements.write_errors import SourceIdReused, WritesCollide

_ATTEMPTS = 3
_DOCUMENTS_A_TRANSACTION = 500  # keeps each well below 16 MB of oplog and its time limit


class FhirImport:
    """Takes Bundles for a resident on behalf of a viewer."""

    def __init__(
        self,
        core: Core,
        access: Access,
        residents: Residents,
        recording: Recording,
        correcting: Correcting,
    ) -> None:
        self._core = core
        self._access = access
        self._residents = residents
        self._recording = recording
        self._correcting = correcting

    async def take(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        data: bytes,
        *,
        sender: str,
        patient: str | None = None,
    ) -> ImportReport:
        """Read and store a Bundle; answers each of its entries.

        ``sender`` names who stands behind the ids in it; ``patient`` says whose record to
        take from a file about several. Raises ``AccessDenied`` (nothing may be recorded at
        all) and the errors of ``read_bundle`` for a file that is no Bundle.
        """
        allowed = await self._access.categories(
            viewer, resident_id, Action.RECORD, looks_at=NOTHING
        )
        now = self._core.clock.now()
        # Parsing is the work of a second for a large file: not in the event loop.
        reading = await asyncio.to_thread(
            read_bundle, data, source_system=f"fhir:{sender}", patient=patient, now=now
        )
        changed = allowed & {
            category_in(draft) for mapped in reading.mapped for draft in mapped.drafts
        }
        relations = [
            await self._access.require(viewer, resident_id, category, Action.RECORD)
            for category in sorted(changed or {min(allowed)})
        ]
        relation = relations[0]
        if reading.profile is not None and Category.PROFILE in allowed:
            await self._fill_profile(viewer, resident_id, reading.profile)
        planner = ImportPlanner(
            resident_id,
            await self._core.keyring.key(resident_id),
            Provenance.of(viewer, relation),
            allowed,
            now,
        )
        for _ in range(_ATTEMPTS):
            try:
                return await self._store(viewer, resident_id, relation, reading, planner)
            except DuplicateKeyError:
                continue  # the same Bundle came twice at once: the other's entries are known now
        raise WritesCollide

    async def _store(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        relation: Relation,
        reading: BundleReading,
        planner: ImportPlanner,
    ) -> ImportReport:
        stored = await self._known(resident_id, reading)
        key = await self._core.keyring.key(resident_id)
        plan = ImportPlan(elsewhere=await elsewhere(resident_id, reading.drafts, key))
        for mapped in reading.mapped:
            planner.add(plan, mapped, stored)
        await self._store_readings(viewer, resident_id, relation, plan, planner, stored)
        await self._write(viewer, resident_id, plan)
        items = tuple(plan.reports[mapped.index] for mapped in reading.mapped)
        return ImportReport(bundle_type=reading.bundle_type, patient=reading.patient, items=items)

    async def _known(self, resident_id: ObjectId, reading: BundleReading) -> Known:
        drafts = reading.drafts
        if not drafts:
            return Known({}, {})
        ids = {origin_of(draft.identity)["id"] for draft in drafts}
        return await known(resident_id, drafts[0].identity.system, ids)

    async def _store_readings(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        relation: Relation,
        plan: ImportPlan,
        planner: ImportPlanner,
        stored: Known,
    ) -> None:
        # One that once was no plausible reading lives on as the entry that it became.
        for each in plan.readings:
            if _is_entry(each, stored):
                self._as_entry(plan, planner, stored, each)
        waiting = [each for each in plan.readings if not _is_entry(each, stored)]
        for start in range(0, len(waiting), LARGEST_BATCH):
            some = waiting[start : start + LARGEST_BATCH]
            outcomes = await self._recording.store(
                viewer,
                resident_id,
                [each.draft.draft for each in some],
                recorded_by=recorder(viewer, relation),
                idempotency_key=None,
                confirmed=True,
                nobody_to_ask=True,
                fhir=[packed(each.draft.raw, each.draft.full_url) for each in some],
            )
            for each, outcome in zip(some, outcomes, strict=True):
                await self._reading_report(
                    viewer, resident_id, plan, planner, stored, each, outcome
                )

    async def _reading_report(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        plan: ImportPlan,
        planner: ImportPlanner,
        stored: Known,
        each: PlannedReading,
        outcome: batch.ItemOutcome,
    ) -> None:
        if outcome.outcome is batch.Outcome.UNCHANGED:
            plan.report(each.mapped, Outcome.MERGED)
        elif outcome.error is None:
            plan.report(each.mapped, Outcome.TAKEN)
        elif isinstance(outcome.error, SourceIdReused):
            await self._correct(viewer, resident_id, plan, each)
        else:
            self._as_entry(plan, planner, stored, each)

    def _as_entry(
        self, plan: ImportPlan, planner: ImportPlanner, stored: Known, each: PlannedReading
    ) -> None:
        """What is no plausible home reading is still what the sender said: an observation."""
        planner.entry(plan, each.mapped, reading_as_entry(each.draft), stored)

    async def _correct(
        self, viewer: Viewer, resident_id: ObjectId, plan: ImportPlan, each: PlannedReading
    ) -> None:
        try:
            await self._correcting.resend(
                viewer,
                resident_id,
                each.draft.draft,
                packed(each.draft.raw, each.draft.full_url),
            )
        except KangbanError as error:
            plan.reports[each.mapped.index] = item_report(each.mapped, Outcome.REFUSED, error)
        else:
            plan.report(each.mapped, Outcome.TAKEN)

    async def _write(self, viewer: Viewer, resident_id: ObjectId, plan: ImportPlan) -> None:
        entries, kept = (
            EntryDocument.get_pymongo_collection(),
            KeptResource.get_pymongo_collection(),
        )
        for start in range(0, len(plan.new_entries), _DOCUMENTS_A_TRANSACTION):
            some = plan.new_entries[start : start + _DOCUMENTS_A_TRANSACTION]

            async def add(session: Session, some: list[dict[str, object]] = some) -> None:
                await entries.insert_many(some, session=session)
                event = EntriesAdded(
                    resident_id=PydanticObjectId(resident_id),
                    entry_ids=tuple(PydanticObjectId(str(each["_id"])) for each in some),
                )
                await self._core.outbox.publish(session, event)

            await self._core.store.transaction(add)
        for start in range(0, len(plan.new_kept), _DOCUMENTS_A_TRANSACTION):
            await kept.insert_many(plan.new_kept[start : start + _DOCUMENTS_A_TRANSACTION])
        for kept_id, changes in plan.changed_kept:
            await kept.update_one({"_id": kept_id, "resident_id": resident_id}, {"$set": changes})
        for before, changes in plan.changed_entries:
            await self._replace(viewer, resident_id, before, changes)

    async def _replace(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        before: dict[str, object],
        changes: dict[str, object],
    ) -> None:
        async def work(session: Session) -> None:
            after = await self._core.history.replace(
                EntryDocument.get_pymongo_collection(),
                before,
                changes,
                by=viewer.account_id,
                session=session,
            )
            event = EntryChanged(
                resident_id=PydanticObjectId(resident_id),
                entry_id=PydanticObjectId(after["_id"]),
                version=after["version"],
            )
            await self._core.outbox.publish(session, event)

        await self._core.store.transaction(work)

    async def _fill_profile(self, viewer: Viewer, resident_id: ObjectId, received: Profile) -> None:
        """What the profile does not say yet is taken; nothing that it says is overwritten."""
        resident = await self._residents.load(resident_id)
        own = resident.profile.model_dump(exclude_none=True)
        filled = {**received.model_dump(exclude_none=True), **{k: v for k, v in own.items() if v}}
        profile = Profile.model_validate(filled)
        if profile != resident.profile:
            await self._residents.replace(viewer, resident_id, profile, version=resident.version)


def _is_entry(each: PlannedReading, stored: Known) -> bool:
    # An erroneous reading counts for nothing: it is kept as what was sent, not among readings.
    wrong = each.draft.status is EntryStatus.ENTERED_IN_ERROR
    return wrong or origin_of(each.draft.identity)["id"] in stored.entries
