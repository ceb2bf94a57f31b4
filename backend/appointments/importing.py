"""Schedules and slots of a clinic's own system, taken in: sent again they change nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.appointments.bundle import Faulty, ReadSchedule, ReadSlot, read
from backend.appointments.clinics import Clinics, require_clinic, schedule_raw
from backend.appointments.documents import SlotState
from backend.appointments.errors import ScheduleNotFound, SchedulesTooMany, SlotTaken
from backend.appointments.schedule import NewSlot, Schedule, schedule_of, slot_raw
from backend.appointments.services import limits
from backend.appointments.stored import schedules, slots
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.errors import KangbanError
from backend.identity.viewer import Viewer

_GONE = {"busy-unavailable", "entered-in-error", "overbooked"}


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"
    SKIPPED = "skipped"  # nothing that could be booked
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Imported:
    resource: str
    source: str
    outcome: Outcome
    refused: KangbanError | None = None


class SlotImport:
    def __init__(self, core: Core, clinics: Clinics) -> None:
        self._core = core
        self._clinics = clinics

    async def take(self, viewer: Viewer, text: str) -> list[Imported]:
        """Each resource answered on its own, schedules first: FHIR has one place a slot.

        Raises ``RoleRequired``, ``SlotBundleInvalid``.
        """
        require_clinic(viewer)
        return [await self._answered(viewer, each) for each in read(text)]

    async def _answered(self, viewer: Viewer, each: ReadSchedule | ReadSlot | Faulty) -> Imported:
        if isinstance(each, Faulty):
            return Imported(each.resource, each.source, Outcome.REFUSED, each.error)
        is_slot = isinstance(each, ReadSlot)
        name = "Slot" if is_slot else "Schedule"
        try:
            if isinstance(each, ReadSlot):
                outcome = await self._slot(viewer, each)
            else:
                outcome = await self._schedule(viewer, each)
        except KangbanError as error:
            return Imported(name, each.source, Outcome.REFUSED, error)
        return Imported(name, each.source, outcome)

    async def _schedule(self, viewer: Viewer, each: ReadSchedule) -> Outcome:
        new = each.new.checked(frozenset())
        mine = {"institution_id": viewer.account_id}
        known = await schedules().find_one({**mine, "source": each.source})
        if known is not None:
            words = {"title": new.title, "place": new.place, "note": new.note}
            # Its kind stays: what is booked was booked as that.
            done = await schedules().update_one({"_id": known["_id"]}, {"$set": words})
            return Outcome.UPDATED if done.modified_count else Outcome.UNCHANGED
        if await schedules().count_documents(mine) >= limits()["schedules"]:
            raise SchedulesTooMany(limit=limits()["schedules"])
        raw = schedule_raw(new, viewer.account_id, self._core.clock.now(), each.source)
        try:
            await schedules().insert_one(raw)
        except DuplicateKeyError:  # the same Bundle came twice at once
            return Outcome.UNCHANGED
        return Outcome.CREATED

    async def _slot(self, viewer: Viewer, each: ReadSlot) -> Outcome:
        schedule = await self._named(viewer.account_id, each.schedule)
        known = await slots().find_one({"schedule_id": schedule.id, "identity": each.source})
        if each.status == "free":
            return await self._free(schedule, each, known)
        held = known is not None and (known["left"] < known["capacity"] or known["waiting"] > 0)
        if known is None or known["state"] == SlotState.WITHDRAWN:
            return Outcome.SKIPPED
        if each.status not in _GONE and held:  # busy by what was booked here
            return Outcome.UNCHANGED
        await self._clinics.withdraw(viewer, known["_id"])
        return Outcome.WITHDRAWN

    async def _free(self, schedule: Schedule, each: ReadSlot, known: Raw | None) -> Outcome:
        now = self._core.clock.now()
        new = NewSlot(start=each.start, end=each.end).checked(now)
        if known is None:
            try:
                await slots().insert_one(slot_raw(new, schedule, now, each.source))
            except DuplicateKeyError:
                return Outcome.UNCHANGED
            return Outcome.CREATED
        same = (known["start"], known["end"]) == (new.start, new.end)
        if same and known["state"] == SlotState.OPEN:
            return Outcome.UNCHANGED
        gone = {"state": SlotState.WITHDRAWN.value}
        untouched = {"left": known["capacity"], "waiting": 0}
        change = {"start": new.start, "end": new.end, "state": SlotState.OPEN.value}
        done = await slots().update_one(
            {"_id": known["_id"], "$or": [gone, untouched]}, {"$set": {**change, **untouched}}
        )
        if not done.modified_count:
            raise SlotTaken
        return Outcome.UPDATED

    async def _named(self, institution_id: ObjectId, source: str) -> Schedule:
        raw = await schedules().find_one({"institution_id": institution_id, "source": source})
        if raw is None:
            raise ScheduleNotFound
        return schedule_of(raw)
