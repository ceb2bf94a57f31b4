"""The plan as an entry of the archive: FHIR CarePlan, in the timeline and the export."""

from __future__ import annotations

from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId

from backend.archive.documents import EntryDocument
from backend.archive.entry import Provenance, content, to_raw
from backend.archive.events import EntriesAdded, EntryChanged
from backend.archive.sections import CarePlanBody, PartialDate
from backend.archive.sections.care_plan import Activity, ActivityStatus, PlanIntent, PlanStatus
from backend.archive.sections.values import Concept
from backend.care.plans.documents import PlanState
from backend.care.plans.lab import lab_items, range_text
from backend.care.plans.plan import Plan, local_day
from backend.care.plans.programme import Words, programme
from backend.care.plans.schedule import due_of
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.outbox import Event
from backend.measurements.kinds import spec

_STATUS = {
    PlanState.PROPOSED: PlanStatus.DRAFT,
    PlanState.ACTIVE: PlanStatus.ACTIVE,
    PlanState.PAUSED: PlanStatus.ON_HOLD,
    PlanState.ENDED: PlanStatus.COMPLETED,
}
_DONE = {
    PlanState.ACTIVE: ActivityStatus.IN_PROGRESS,
    PlanState.PAUSED: ActivityStatus.ON_HOLD,
    PlanState.ENDED: ActivityStatus.STOPPED,
}


class Archived:
    """Writes in the caller's transaction."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def add(self, plan: Plan, why: Words, by: Provenance, session: Session) -> ObjectId:
        """The new entry's id. Its category is the plan's, whatever its words say."""
        key = await self._core.keyring.key(plan.resident_id, session)
        now = self._core.clock.now()
        raw = to_raw(
            body_of(plan, why), resident_id=plan.resident_id, provenance=by, key=key, now=now
        )
        raw["category"] = plan.category.value
        await _entries().insert_one(raw, session=session)
        added = EntriesAdded(
            resident_id=PydanticObjectId(plan.resident_id),
            entry_ids=(PydanticObjectId(raw["_id"]),),
        )
        await self._core.outbox.publish(session, added)
        entry_id: ObjectId = raw["_id"]
        return entry_id

    async def amend(self, plan: Plan, why: Words, by: ObjectId | None, session: Session) -> None:
        """As a new version of the entry; one that was marked as wrong is left alone."""
        query = {"resident_id": plan.resident_id, "_id": plan.entry_id, "status": "active"}
        before: Raw | None = await _entries().find_one(query, session=session)
        if before is None:
            return
        key = await self._core.keyring.key(plan.resident_id, session)
        said = content(before["_id"], body_of(plan, why), key, before["created_at"])
        changes = said | {
            "category": plan.category.value,
            "updated_at": self._core.clock.now(),
        }
        # Where the program adapted it, the version stands under whom the entry is from.
        author = by or before["recorded_by"]["account_id"]
        after = await self._core.history.replace(
            _entries(), before, changes, by=author, session=session
        )
        changed: Event = EntryChanged(
            resident_id=PydanticObjectId(plan.resident_id),
            entry_id=PydanticObjectId(before["_id"]),
            version=after["version"],
        )
        await self._core.outbox.publish(session, changed)


def body_of(plan: Plan, why: Words) -> CarePlanBody:
    """In Chinese, as the archive's other words of the program."""
    assert plan.started_at is not None
    status = _DONE[plan.state]
    return CarePlanBody(
        heading=plan.content.title.zh,
        description=f"{plan.content.aim.zh}。{plan.reason.zh}",
        status=_STATUS[plan.state],
        intent=PlanIntent.PLAN,
        start=PartialDate(local_day(plan.started_at).isoformat()),
        end=None if plan.ended_at is None else PartialDate(local_day(plan.ended_at).isoformat()),
        created=PartialDate(plan.started_at.astimezone(SHANGHAI).date().isoformat()),
        activities=tuple(
            Activity(name=Concept(text=what), status=status, schedule_text=when)
            for what, when in _activities(plan)
        ),
        notes=(f"{programme().stages[plan.stage].zh}：{why.zh}", *_targets(plan)),
    )


def _activities(plan: Plan) -> list[tuple[str, str]]:
    parts, found = programme().parts, []
    for measure in plan.content.measure:
        due = due_of(measure.stages[plan.stage])
        when = "、".join(parts[each].zh for each in due.parts)
        found.append((f"测量{spec(measure.kind).zh}", f"每周 {len(due.days)} 天，{when}"))
    found += [(each.zh, f"每周 {each.a_week} 天") for each in plan.content.step]
    found += [(each.zh, f"每 {each.interval(plan.stage)} 天一次") for each in plan.content.check]
    found += [(each.zh, f"每 {each.every_days} 天一次") for each in plan.content.visit]
    return found


def _targets(plan: Plan) -> list[str]:
    found = []
    for each in plan.lab:
        item = lab_items()[each.item]
        found.append(f"{item.zh}目标 {range_text(each.low, each.high, item.unit)}（{each.set_by}）")
    return found


def _entries() -> Any:
    return EntryDocument.get_pymongo_collection()
