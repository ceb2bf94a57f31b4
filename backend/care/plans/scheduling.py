"""One schedule for all of a resident's plans, and its reminders: each thing asked for once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from backend.care.plans.documents import Item, PlanDocument, PlanState, ScheduleDocument
from backend.care.plans.duties import Duty, DutyKind, duties, sealed_duties, together
from backend.care.plans.facts import Archive, Past
from backend.care.plans.plan import Plan, first_day, from_raw, local_day
from backend.care.plans.programme import programme
from backend.care.plans.schedule import Due, merged, phase
from backend.care.reminders.limits import ReminderKind
from backend.care.reminders.reminder import ReminderDraft
from backend.care.reminders.reminders import Reminders
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import OwnerKey
from backend.core.keys.keyring import refuse_erased
from backend.measurements.draft import Kind
from backend.measurements.kinds import spec

_DAY = timedelta(days=1)
_REMINDED = {
    DutyKind.CHECK: ReminderKind.RECHECK,
    DutyKind.VISIT: ReminderKind.FOLLOW_UP,
    DutyKind.QUESTIONNAIRE: ReminderKind.LIFESTYLE,
}
_UNNAMED = {
    DutyKind.CHECK: "复查",
    DutyKind.VISIT: "随访",
    DutyKind.QUESTIONNAIRE: "填写健康问卷",
}


class Scheduling:
    def __init__(self, core: Core, reminders: Reminders, archive: Archive) -> None:
        self._core = core
        self._reminders = reminders
        self._archive = archive

    async def lock(self, resident_id: ObjectId, session: Session) -> ScheduleDocument:
        """First in every transaction that changes a plan: two of them come one after the other.

        Raises ``DuplicateKeyError`` where another one makes the first, to be tried again, and
        ``KeyDestroyed``.
        """
        await refuse_erased(session, [resident_id])
        raw = await _schedules().find_one_and_update(
            {"resident_id": resident_id},
            {"$inc": {"serial": 1}, "$setOnInsert": {"phases": [], "items": {}}},
            upsert=True,
            return_document=True,
            session=session,
        )
        locked: ScheduleDocument = ScheduleDocument.model_validate(raw)
        return locked

    async def sync(self, schedule: ScheduleDocument, session: Session) -> None:
        """Phases and reminders as the running plans ask for them now."""
        resident_id, now = schedule.resident_id, self._core.clock.now()
        # Read with the schedule's turn in hand: whoever hears of more later syncs later.
        past = await self._archive.past(resident_id)
        plans = await self._running(resident_id, session)
        asked = merged(plans)
        key = await self._core.keyring.key(resident_id, session)
        wanted = _measures(asked, now) | _once(plans, past, now, key)
        for name in schedule.items.keys() - wanted.keys():
            await self._withdraw(resident_id, schedule.items[name].source, session)
        items: dict[str, Any] = {}
        for name, draft in wanted.items():
            items[name] = await self._put(schedule, name, draft, session)
        due = sealed_duties([(each, duties(each, past)) for each in plans], key, resident_id)
        change = {
            "items": items,
            "phases": _phases(schedule.phases, asked, now),
            "duties": due,
        }
        await _schedules().update_one(
            {"resident_id": resident_id, "_id": schedule.id}, {"$set": change}, session=session
        )

    async def renew(self, resident_id: ObjectId) -> None:
        """As the archive says now; nothing where there is no plan."""
        if await self.of(resident_id) is None:
            return

        async def work(session: Session) -> None:
            await self.sync(await self.lock(resident_id, session), session)

        await self._core.store.transaction(work)

    async def of(self, resident_id: ObjectId) -> ScheduleDocument | None:
        return await ScheduleDocument.find_one({"resident_id": resident_id})

    async def _running(self, resident_id: ObjectId, session: Session) -> list[Plan]:
        query = {"resident_id": resident_id, "state": PlanState.ACTIVE.value}
        rows = PlanDocument.get_pymongo_collection().find(query, session=session)
        raws = await rows.sort("_id", 1).to_list()
        key = await self._core.keyring.key(resident_id, session)
        return [from_raw(each, key) for each in raws]

    async def _put(
        self, schedule: ScheduleDocument, key: str, draft: ReminderDraft, session: Session
    ) -> Raw:
        """A thing that is dropped and asked for again is a new reminder: the old one has ended."""
        known = schedule.items.get(key)
        source = known.source if known else f"plan:{schedule.serial}:{key}"
        says = f"{draft.rule} {draft.times}"
        # What is due once keeps the day it was made with, so that it is not put off for ever.
        dated = draft.rule is None and known is not None
        if (known is None or known.says != says) and not dated:
            await self._reminders.put(schedule.resident_id, draft, source=source, session=session)
        return Item(source=source, says=says).model_dump()

    async def _withdraw(self, resident_id: ObjectId, source: str, session: Session) -> None:
        await self._reminders.withdraw(resident_id, source=source, session=session)


def _measures(asked: Mapping[Kind, Due], now: datetime) -> dict[str, ReminderDraft]:
    parts = programme().parts
    return {
        f"measure:{kind.value}": ReminderDraft(
            kind=ReminderKind.MEASURE,
            title=f"测量{spec(kind).zh}",
            times=tuple(parts[each].at for each in due.parts),
            start=first_day(now),
            rule=f"FREQ=WEEKLY;BYDAY={','.join(due.days)}",
            note="、".join(parts[each].zh for each in due.parts),
            subject=kind.value,
        )
        for kind, due in asked.items()
    }


def _once(
    plans: Sequence[Plan], past: Past, now: datetime, key: OwnerKey
) -> dict[str, ReminderDraft]:
    """By a keyed hash: what somebody is to have checked tells what they have."""
    found = together(each for plan in plans for each in duties(plan, past))
    return {f"once:{key.token(each.item).hex()}": _reminded(each, now) for each in found}


def _reminded(duty: Duty, now: datetime) -> ReminderDraft:
    """A reminder belongs to its kind's category: of a more private plan it names nothing."""
    subjects = {DutyKind.CHECK: duty.loinc, DutyKind.QUESTIONNAIRE: duty.key}
    return ReminderDraft(
        kind=_REMINDED[duty.kind],
        title=_UNNAMED[duty.kind] if duty.private else duty.title.zh,
        times=(programme().once.at,),
        start=max(duty.due, local_day(now) + _DAY),
        subject=None if duty.private else subjects.get(duty.kind),
    )


def _phases(
    phases: Sequence[Mapping[str, Any]], asked: Mapping[Kind, Due], now: datetime
) -> list[Mapping[str, Any]]:
    new = phase(first_day(now), asked)
    kept = [each for each in phases if each["since"] < new["since"]]
    if kept and kept[-1]["asked"] == new["asked"]:
        return kept[-programme().limits.phases :]
    return [*kept, new][-programme().limits.phases :]


def _schedules() -> Any:
    return ScheduleDocument.get_pymongo_collection()
