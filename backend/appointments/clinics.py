"""What an institution does: publishes times, withdraws them, records who came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action
from backend.access.errors import RoleRequired
from backend.access.log.line import By
from backend.access.log.service import pass_gate
from backend.access.service import Access
from backend.appointments import places
from backend.appointments.appointment import Place, place_of
from backend.appointments.bookings import PURPOSE
from backend.appointments.documents import AppointmentState, CancelReason, SlotState
from backend.appointments.errors import (
    AppointmentNotFound,
    AppointmentOver,
    AttendanceTooLate,
    AttendanceTooSoon,
    ScheduleNotFound,
    SchedulesTooMany,
    SlotInvalid,
    SlotNotFound,
)
from backend.appointments.events import AppointmentWithdrawn, AttendanceRecorded
from backend.appointments.schedule import (
    NewSchedule,
    NewSlot,
    Schedule,
    Slot,
    schedule_of,
    slot_raw,
)
from backend.appointments.services import ServiceKind, limits
from backend.appointments.stored import appointment_raw, schedule_by, schedules, slots, slots_of
from backend.appointments.stored import places as rows
from backend.appointments.visits import VisitReminders
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Role, Viewer
from content.files.lists import topics

_LIVE = [
    AppointmentState.BOOKED.value,
    AppointmentState.PROPOSED.value,
    AppointmentState.WAITLIST.value,
]
_RECORDABLE = {
    AppointmentState.BOOKED,
    AppointmentState.FULFILLED,
    AppointmentState.NOSHOW,
}


class Clinics:
    """Everything here raises ``RoleRequired`` for other accounts than institutions', and knows
    another's things as not found. A clinic sees numbers, and not whose they are."""

    def __init__(self, core: Core, access: Access, visits: VisitReminders) -> None:
        self._core = core
        self._access = access
        self._visits = visits

    async def create(self, viewer: Viewer, new: NewSchedule, *, idempotency_key: str) -> Schedule:
        """Raises ``ScheduleInvalid``, ``SchedulesTooMany``."""
        require_clinic(viewer)
        new = new.checked(frozenset(topics()))

        async def work(session: Session) -> Raw:
            mine = {"institution_id": viewer.account_id}
            if await schedules().count_documents(mine, session=session) >= limits()["schedules"]:
                raise SchedulesTooMany(limit=limits()["schedules"])
            raw = schedule_raw(new, viewer.account_id, self._core.clock.now())
            await schedules().insert_one(raw, session=session)
            return {"schedule_id": raw["_id"]}

        arguments = ["create_schedule", repr(new)]
        answer = await self._core.idempotency.once(
            viewer.account_id, idempotency_key, arguments, work
        )
        return await schedule_by(answer["schedule_id"])

    async def publish(
        self,
        viewer: Viewer,
        schedule_id: ObjectId,
        new: Sequence[NewSlot],
        *,
        idempotency_key: str,
    ) -> list[Slot]:
        """Raises ``ScheduleNotFound``, ``SlotInvalid`` (a time that is there already as well)."""
        schedule = await self._own(viewer, schedule_id)
        if not 1 <= len(new) <= limits()["publish_at_once"]:
            raise SlotInvalid(field="slots")
        now = self._core.clock.now()
        raws = [slot_raw(each.checked(now), schedule, now) for each in new]

        async def work(session: Session) -> Raw:
            await slots().insert_many(raws, session=session)
            return {"slot_ids": [each["_id"] for each in raws]}

        arguments = ["publish_slots", str(schedule_id), [repr(each) for each in new]]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        except DuplicateKeyError:
            raise SlotInvalid(field="start") from None
        found = slots().find({"_id": {"$in": answer["slot_ids"]}}).sort([("start", 1), ("_id", 1)])
        return await slots_of(await found.to_list())

    async def schedules(
        self, viewer: Viewer, *, first: int, after: Cursor | None = None
    ) -> Page[Schedule]:
        """The clinic's own, newest first."""
        require_clinic(viewer)
        size = page_size(first)
        query: Raw = {"institution_id": viewer.account_id}
        if after is not None:
            query |= after.older_than()
        found = schedules().find(query).sort([("at", -1), ("_id", -1)]).limit(size + 1)
        return Page.of([schedule_of(raw) for raw in await found.to_list()], size)

    async def places(
        self,
        viewer: Viewer,
        *,
        since: datetime,
        until: datetime,
        first: int,
        after: Cursor | None = None,
    ) -> Page[Place]:
        """Who is to come from ``since`` on, before ``until``, the latest first: numbers only."""
        require_clinic(viewer)
        size = page_size(first)
        query: Raw = {
            "institution_id": viewer.account_id,
            "start": {"$gte": since, "$lt": until},
            "state": {"$in": [each.value for each in _RECORDABLE]},
        }
        if after is not None:
            query["$and"] = [after.older_than("start")]
        found = rows().find(query).sort([("start", -1), ("_id", -1)]).limit(size + 1)
        return Page.of([place_of(raw) for raw in await found.to_list()], size)

    async def withdraw(self, viewer: Viewer, slot_id: ObjectId) -> Slot:
        """Nobody books it any more; who had a place, or waited for one, is told. Once more does
        nothing. Raises ``SlotNotFound``."""
        require_clinic(viewer)
        mine = {"_id": slot_id, "institution_id": viewer.account_id}

        async def work(session: Session) -> Raw:
            raw: Raw | None = await slots().find_one_and_update(
                mine,
                {"$set": {"state": SlotState.WITHDRAWN.value, "left": 0, "waiting": 0}},
                return_document=True,
                session=session,
            )
            if raw is None:
                raise SlotNotFound
            if raw["start"] > self._core.clock.now():
                await self._sent_away(session, viewer, slot_id)
            return raw

        [slot] = await slots_of([await self._core.store.transaction(work)])
        return slot

    async def record(self, viewer: Viewer, place_id: ObjectId, *, attended: bool) -> Place:
        """Came, or did not; said again it corrects. It is in the log of who looked.

        Raises ``AppointmentNotFound``, ``AppointmentOver``, ``AttendanceTooSoon``,
        ``AttendanceTooLate``.
        """
        require_clinic(viewer)
        place = await self._place(viewer, place_id)
        self._check_time(place)
        state = AppointmentState.FULFILLED if attended else AppointmentState.NOSHOW
        resident_id, kind = place["resident_id"], ServiceKind(place["kind"])
        # Booking let the clinic say this, and nothing else.
        by = By(kind="institution", why="granted", purpose=PURPOSE)
        await self._access.log.note(viewer, resident_id, (kind.category,), Action.RECORD, by)

        async def work(session: Session) -> None:
            raw = await appointment_raw(resident_id, place_id, session)
            if raw["state"] not in _RECORDABLE:
                raise AppointmentOver
            if raw["state"] == state:
                return
            change: Raw = {
                "state": state.value,
                "open": None,
                "changed_at": self._core.clock.now(),
            }
            await places.put(session, raw, change)
            event = AttendanceRecorded(
                resident_id=PydanticObjectId(resident_id),
                appointment_id=PydanticObjectId(place_id),
                acted_by=PydanticObjectId(viewer.account_id),
                state=state.value,
            )
            await self._core.outbox.publish(session, event)

        await self._core.store.transaction(work)
        return place_of(await self._place(viewer, place_id))

    async def _sent_away(self, session: Session, viewer: Viewer, slot_id: ObjectId) -> None:
        query = {"slot_id": slot_id, "state": {"$in": _LIVE}, "resident_id": {"$ne": None}}
        now = self._core.clock.now()
        for place in await rows().find(query, session=session).to_list():
            resident_id = place["resident_id"]
            # The clinic sees nothing of the resident: its own time is no more.
            pass_gate(resident_id)
            raw = await places.put(session, place, places.cancelled(CancelReason.BY_CLINIC, now))
            await self._visits.cancelled(session, raw)
            event = AppointmentWithdrawn(
                resident_id=PydanticObjectId(resident_id),
                appointment_id=PydanticObjectId(place["_id"]),
                acted_by=PydanticObjectId(viewer.account_id),
            )
            await self._core.outbox.publish(session, event)

    def _check_time(self, place: Raw) -> None:
        if AppointmentState(place["state"]) not in _RECORDABLE:
            raise AppointmentOver
        now, numbers = self._core.clock.now(), limits()
        if now < place["start"] - timedelta(minutes=numbers["early_minutes"]):
            raise AttendanceTooSoon
        if now > place["start"] + timedelta(days=numbers["record_days"]):
            raise AttendanceTooLate(days=numbers["record_days"])

    async def _place(self, viewer: Viewer, place_id: ObjectId) -> Raw:
        query = {
            "_id": place_id,
            "institution_id": viewer.account_id,
            "resident_id": {"$ne": None},
        }
        raw: Raw | None = await rows().find_one(query)
        if raw is None:
            raise AppointmentNotFound
        return raw

    async def _own(self, viewer: Viewer, schedule_id: ObjectId) -> Schedule:
        require_clinic(viewer)
        schedule = await schedule_by(schedule_id)
        if schedule.institution_id != viewer.account_id:
            raise ScheduleNotFound
        return schedule


def require_clinic(viewer: Viewer) -> None:
    """Raises ``RoleRequired``."""
    if not viewer.has(Role.INSTITUTION):
        raise RoleRequired


def schedule_raw(
    new: NewSchedule, institution_id: ObjectId, now: datetime, source: str | None = None
) -> Raw:
    return {
        "_id": ObjectId(),
        "institution_id": institution_id,
        "kind": new.kind.value,
        "title": new.title,
        "place": new.place,
        "note": new.note,
        "topics": list(new.topics),
        "source": source,
        "at": now,
    }
