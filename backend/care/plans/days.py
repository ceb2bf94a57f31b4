"""Days that count: everything measured that the plans asked for, every dose taken.

Subscribers: a day is computed anew whenever something happened to it, and an event says so where
it counts now or no longer. What points rest on them is given and taken back by it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.care.plans.documents import DayDocument, DayKind, ScheduleDocument
from backend.care.plans.events import CareDaySettled
from backend.care.plans.measuring import done_parts
from backend.care.plans.plan import local_day
from backend.care.plans.programme import programme
from backend.care.plans.schedule import asked_on, complete
from backend.care.reminders.documents import (
    OccurrenceDocument,
    OccurrenceState,
    ReminderDocument,
    ReminderState,
)
from backend.care.reminders.events import OccurrenceAnswered, OccurrenceMissed
from backend.care.reminders.limits import ReminderKind
from backend.care.reminders.reminder import recurrence_of
from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.measurements.documents import ReadingDocument
from backend.measurements.events import ReadingCorrected, ReadingsRecorded, ReadingWithdrawn

_DAY = timedelta(days=1)


class Days:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def on_recorded(self, event: ReadingsRecorded, _: ObjectId) -> None:
        await self.measured(event.resident_id, event.reading_ids)

    async def on_reading(self, event: ReadingCorrected | ReadingWithdrawn, _: ObjectId) -> None:
        await self.measured(event.resident_id, [event.reading_id])

    async def on_answer(self, event: OccurrenceAnswered | OccurrenceMissed, _: ObjectId) -> None:
        if event.kind == ReminderKind.MEDICATION:
            await self.dosed(event.resident_id, event.occurrence_id)

    async def asked(self, resident_id: ObjectId, day: date) -> frozenset[DayKind]:
        """Which kinds of day can be completed: something is due, or was."""
        schedule = await ScheduleDocument.find_one({"resident_id": resident_id})
        found = set()
        if schedule is not None and asked_on(schedule.phases, day):
            found.add(DayKind.MEASURING)
        start = datetime.combine(day, time(0), SHANGHAI)
        dose = {
            "resident_id": resident_id,
            "kind": ReminderKind.MEDICATION.value,
            "due_at": {"$gte": start, "$lt": start + _DAY},
        }
        occurrences: Any = OccurrenceDocument.get_pymongo_collection()
        if await occurrences.find_one(dose, {"_id": 1}) or await self._to_come(
            resident_id, start, start + _DAY
        ):
            found.add(DayKind.MEDICATION)
        return frozenset(found)

    async def measured(self, resident_id: ObjectId, reading_ids: Collection[ObjectId]) -> None:
        """Something happened to these readings: are their days measuring days?"""
        schedule = await ScheduleDocument.find_one({"resident_id": resident_id})
        if schedule is None:
            return
        readings: Any = ReadingDocument.get_pymongo_collection()
        query = {"resident_id": resident_id, "_id": {"$in": list(reading_ids)}}
        walls = await readings.distinct("wall", query)
        earliest = local_day(self._core.clock.now()) - _DAY * programme().limits.days_back
        days = {wall.date() for wall in walls}
        asked = {day: asked_on(schedule.phases, day) for day in days if day >= earliest}
        asked = {day: each for day, each in asked.items() if each}
        if not asked:
            return
        kinds = {kind for each in asked.values() for kind in each}
        done = await done_parts(resident_id, kinds, asked)
        for day, each in asked.items():
            counts = complete(each, done, day)
            await self._settle(resident_id, DayKind.MEASURING, day, counts=counts)

    async def dosed(self, resident_id: ObjectId, occurrence_id: ObjectId) -> None:
        """A dose was answered or missed: was all of its day taken?"""
        query = {"resident_id": resident_id, "_id": occurrence_id}
        found = await OccurrenceDocument.find_one(query)
        if found is None:
            return
        day = local_day(found.due_at)
        done = await self._all_taken(resident_id, day)
        await self._settle(resident_id, DayKind.MEDICATION, day, counts=done)

    async def _all_taken(self, resident_id: ObjectId, day: date) -> bool:
        start = datetime.combine(day, time(0), SHANGHAI)
        end = start + _DAY
        kind = {"resident_id": resident_id, "kind": ReminderKind.MEDICATION.value}
        query = {**kind, "due_at": {"$gte": start, "$lt": end}}
        occurrences: Any = OccurrenceDocument.get_pymongo_collection()
        states = set(await occurrences.distinct("state", query))
        # Who could not be told in time missed nothing.
        if states - {OccurrenceState.UNTOLD.value} != {OccurrenceState.TAKEN.value}:
            return False
        return not await self._to_come(resident_id, start, end)

    async def _to_come(self, resident_id: ObjectId, start: datetime, end: datetime) -> bool:
        """Whether a dose of that day has not fallen due yet."""
        running = {
            "resident_id": resident_id,
            "kind": ReminderKind.MEDICATION.value,
            "state": ReminderState.ACTIVE.value,
            "next_at": {"$lt": end},
        }
        reminders: Any = ReminderDocument.get_pymongo_collection()
        return any([_falls(raw, start, end) async for raw in reminders.find(running)])

    async def _settle(
        self, resident_id: ObjectId, kind: DayKind, day: date, *, counts: bool
    ) -> None:
        place: Raw = {"resident_id": resident_id, "kind": kind.value, "day": day.isoformat()}

        async def work(session: Session) -> None:
            before = await _days().find_one(place, session=session)
            if (before is not None and before["done"]) is counts or (before is None and not counts):
                return
            day_id = before["_id"] if before else ObjectId()
            document = DayDocument(
                **{**place, "resident_id": PydanticObjectId(resident_id)},
                id=PydanticObjectId(day_id),
                at=datetime.combine(day, time(12), SHANGHAI).astimezone(UTC),
                done=counts,
            )
            await _days().replace_one(
                {"resident_id": resident_id, "_id": day_id},
                document.to_raw(),
                upsert=True,
                session=session,
            )
            event = CareDaySettled(
                resident_id=PydanticObjectId(resident_id),
                day_id=PydanticObjectId(day_id),
                kind=kind.value,
            )
            await self._core.outbox.publish(session, event)

        try:
            await self._core.store.transaction(work)
        except DuplicateKeyError:  # two readings of one day at once
            await self._core.store.transaction(work)


def _falls(raw: Raw, start: datetime, end: datetime) -> bool:
    """Whether a dose of that day is still to come."""
    coming = raw["next_at"]
    if coming is None:
        return False
    if start <= coming < end:
        return True
    after = next(iter(recurrence_of(raw).after(start)), None) if coming < start else None
    return after is not None and after < end


def _days() -> Any:
    return DayDocument.get_pymongo_collection()
