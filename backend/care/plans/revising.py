"""Every change of a plan that runs: the plan, its revision, its entry, its reminders, the event.

One transaction each, and one after the other for a resident: ``change`` locks the schedule first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId

from backend.archive.entry import Provenance
from backend.care.plans.archived import Archived
from backend.care.plans.documents import Change, PlanDocument, RevisionDocument, ScheduleDocument
from backend.care.plans.errors import CarePlanChanged, CarePlanNotFound
from backend.care.plans.events import PlanChanged, PlanStarted
from backend.care.plans.plan import Plan, from_raw, revision_raw, sealed
from backend.care.plans.programme import Words
from backend.care.plans.scheduling import Scheduling
from backend.core.container import Core
from backend.core.database import Raw, Session


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes it; the program where ``account_id`` is None."""

    account_id: ObjectId | None = None
    relation: str | None = None
    provenance: Provenance | None = None


PROGRAM = Author()


@dataclass(frozen=True, slots=True)
class Changed:
    """``plan`` as it is to be, with its old version; ``fields``: others of its document."""

    plan: Plan
    what: Change
    why: Words
    fields: Raw


class Revising:
    def __init__(self, core: Core, scheduling: Scheduling) -> None:
        self._core = core
        self._scheduling = scheduling
        self._archived = Archived(core)

    async def change(
        self,
        resident_id: ObjectId,
        plan_id: ObjectId,
        work: Callable[[Plan, Raw, Session], Awaitable[Changed | None]],
        session: Session,
        by: Author = PROGRAM,
    ) -> Plan:
        """``work`` says what becomes of the plan, or None where nothing does. Raises
        ``CarePlanNotFound``, ``CarePlanChanged``, and what ``work`` raises."""
        schedule = await self._scheduling.lock(resident_id, session)
        raw = await _found(resident_id, plan_id, session)
        key = await self._core.keyring.key(resident_id, session)
        before = from_raw(raw, key)
        changed = await work(before, raw, session)
        if changed is None:
            return before
        return await self._write(before, changed, schedule, session, by)

    async def _write(
        self,
        before: Plan,
        changed: Changed,
        schedule: ScheduleDocument,
        session: Session,
        by: Author,
    ) -> Plan:
        now = self._core.clock.now()
        after = replace(changed.plan, version=before.version + 1)
        if changed.what is Change.STARTED:
            assert by.provenance is not None
            entry_id = await self._archived.add(after, changed.why, by.provenance, session)
            after = replace(after, entry_id=entry_id)
        else:
            await self._archived.amend(after, changed.why, by.account_id, session)
        key = await self._core.keyring.key(after.resident_id, session)
        await _set(before, _stored(after, changed, sealed(after, key), now), session)
        revision = revision_raw(
            after, changed.what, changed.why, key, now, by=by.account_id, relation=by.relation
        )
        await RevisionDocument.get_pymongo_collection().insert_one(revision, session=session)
        await self._scheduling.sync(schedule, session)
        await self._core.outbox.publish(session, _event(after, changed.what, by))
        return after


def _stored(after: Plan, changed: Changed, box: bytes, now: Any) -> Raw:
    since = after.stage_since
    return {
        "box": box,
        "state": after.state.value,
        "entry_id": after.entry_id,
        "started_at": after.started_at,
        "started_by": after.started_by,
        "ended_at": after.ended_at,
        "stage_since": since.isoformat() if since else None,
        "told_at": after.told_at,
        "updated_at": now,
        "version": after.version,
        "leased_by": None,
        **changed.fields,
    }


def _event(plan: Plan, what: Change, by: Author) -> PlanStarted | PlanChanged:
    named = {
        "resident_id": PydanticObjectId(plan.resident_id),
        "plan_id": PydanticObjectId(plan.id),
        "category": plan.category.value,
    }
    if what is Change.STARTED:
        return PlanStarted(**named)
    actor = None if by.account_id is None else PydanticObjectId(by.account_id)
    return PlanChanged(**named, what=what.value, by=actor)


async def _found(resident_id: ObjectId, plan_id: ObjectId, session: Session) -> Raw:
    raw: Raw | None = await _plans().find_one(
        {"resident_id": resident_id, "_id": plan_id}, session=session
    )
    if raw is None:
        raise CarePlanNotFound
    return raw


async def _set(before: Plan, fields: Raw, session: Session) -> None:
    done = await _plans().update_one(
        {"resident_id": before.resident_id, "_id": before.id, "version": before.version},
        {"$set": fields},
        session=session,
    )
    if done.matched_count == 0:
        raise CarePlanChanged


def _plans() -> Any:
    return PlanDocument.get_pymongo_collection()
