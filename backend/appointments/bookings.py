"""Booking, moving, cancelling: by the resident, and by caregivers in their own name."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action
from backend.access.service import NOTHING, Access
from backend.appointments import places
from backend.appointments.documents import (
    AppointmentDocument,
    AppointmentState,
    CancelReason,
    PlaceDocument,
)
from backend.appointments.errors import (
    AppointmentExists,
    AppointmentOver,
    AppointmentTooLate,
    SlotOfOtherKind,
)
from backend.appointments.events import AppointmentBooked, AppointmentCancelled
from backend.appointments.services import ServiceKind, limits, notice
from backend.appointments.stored import appointment_raw, appointments, slot_raw_of
from backend.appointments.visits import VisitReminders
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.locks import KeyedLocks
from backend.identity.viewer import Viewer

PURPOSE = "appointment"
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none is read for another
_LENGTH = 8


class Bookings:
    """The kind's category is what the policy is asked for; every change is in the log."""

    def __init__(self, core: Core, access: Access, visits: VisitReminders) -> None:
        self._core = core
        self._access = access
        self._visits = visits
        self._locks = KeyedLocks()

    async def book(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        slot_id: ObjectId,
        *,
        idempotency_key: str,
        reminder_id: ObjectId | None = None,
    ) -> ObjectId:
        """The appointment's id. ``reminder_id``: the reminder that the visit answers.

        Raises ``AccessDenied``, ``SlotNotFound``, ``SlotWithdrawn``, ``SlotOver``, ``SlotFull``,
        ``AppointmentExists``, ``ReminderNotFound``.
        """
        slot = await slot_raw_of(slot_id)
        await self.require(viewer, resident_id, ServiceKind(slot["kind"]), Action.RECORD)
        if reminder_id is not None:
            await self._visits.known(resident_id, reminder_id)

        async def work(session: Session) -> Raw:
            now = self._core.clock.now()
            await self.no_other(session, resident_id, slot["kind"], now)
            taken = await places.take(session, slot_id, now)
            raw = new_appointment(taken, resident_id, viewer, now, reminder_id)
            raw |= {"state": AppointmentState.BOOKED.value, "open": taken["kind"]}
            await insert(session, raw)
            await self.told(session, raw, viewer)
            return {"appointment_id": raw["_id"]}

        arguments = ["book", str(resident_id), str(slot_id), str(reminder_id)]
        async with self.locked(slot_id), booked_at_once():
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        return ObjectId(answer["appointment_id"])

    async def move(
        self, viewer: Viewer, resident_id: ObjectId, appointment_id: ObjectId, slot_id: ObjectId
    ) -> None:
        """To another time of the same kind; to the one it has does nothing.

        Raises as ``book``, ``AppointmentNotFound``, ``AppointmentOver``, ``AppointmentTooLate``,
        ``SlotOfOtherKind``.
        """
        before = await self.changeable(viewer, resident_id, appointment_id)

        async def work(session: Session) -> None:
            now = self._core.clock.now()
            raw = await appointment_raw(resident_id, appointment_id, session)
            if raw["state"] != AppointmentState.BOOKED:
                raise AppointmentOver
            if raw["slot_id"] == slot_id:
                return
            in_time(raw, now)
            if (await slot_raw_of(slot_id, session))["kind"] != raw["kind"]:
                raise SlotOfOtherKind
            taken = await places.take(session, slot_id, now)
            await places.give_back(session, self._core.outbox, raw["slot_id"], now)
            fields = ("schedule_id", "institution_id", "start", "end")
            change = {name: taken[name] for name in fields}
            change |= {"slot_id": slot_id, "changed_at": now}
            await self.told(session, await places.put(session, raw, change), viewer)

        async with self.locked(before["slot_id"], slot_id):
            await self._core.store.transaction(work)

    async def cancel(self, viewer: Viewer, resident_id: ObjectId, appointment_id: ObjectId) -> None:
        """Also a place in line, and an offer; once more does nothing.

        Raises ``AccessDenied``, ``AppointmentNotFound``, ``AppointmentOver``,
        ``AppointmentTooLate``.
        """
        before = await self.changeable(viewer, resident_id, appointment_id)

        async def work(session: Session) -> None:
            raw = await appointment_raw(resident_id, appointment_id, session)
            if raw["state"] != AppointmentState.CANCELLED:
                await self.given_up(session, raw, CancelReason.BY_PERSON, viewer)

        async with self.locked(before["slot_id"]):
            await self._core.store.transaction(work)

    async def given_up(
        self, session: Session, raw: Raw, reason: CancelReason, viewer: Viewer
    ) -> None:
        """Raises ``AppointmentOver``, ``AppointmentTooLate``."""
        now = self._core.clock.now()
        state = AppointmentState(raw["state"])
        if state is AppointmentState.BOOKED:
            in_time(raw, now)
        elif state not in (AppointmentState.WAITLIST, AppointmentState.PROPOSED):
            raise AppointmentOver
        await places.put(session, raw, places.cancelled(reason, now))
        if state is AppointmentState.WAITLIST:
            await places.leave(session, raw["slot_id"])
        else:
            await places.give_back(session, self._core.outbox, raw["slot_id"], now)
        await self._visits.cancelled(session, raw)
        event = AppointmentCancelled(
            resident_id=PydanticObjectId(raw["resident_id"]),
            appointment_id=PydanticObjectId(raw["_id"]),
            acted_by=PydanticObjectId(viewer.account_id),
        )
        await self._core.outbox.publish(session, event)

    async def no_other(
        self, session: Session, resident_id: ObjectId, kind: str, now: datetime
    ) -> None:
        """What is over stands in nobody's way. Raises ``AppointmentExists``."""
        query = {"resident_id": resident_id, "open": kind}
        over = {**query, "end": {"$lte": now}}
        await appointments().update_many(over, {"$set": {"open": None}}, session=session)
        if await appointments().find_one(query, {"_id": 1}, session=session):
            raise AppointmentExists

    async def told(self, session: Session, raw: Raw, viewer: Viewer) -> None:
        """It is booked for this time: the reminder of it, and the event."""
        await self._visits.booked(session, raw)
        event = AppointmentBooked(
            resident_id=PydanticObjectId(raw["resident_id"]),
            appointment_id=PydanticObjectId(raw["_id"]),
            acted_by=PydanticObjectId(viewer.account_id),
        )
        await self._core.outbox.publish(session, event)

    async def changeable(
        self, viewer: Viewer, resident_id: ObjectId, appointment_id: ObjectId
    ) -> Raw:
        """One's own by ``RECORD``, another's by ``MANAGE``. Raises ``AccessDenied``,
        ``AppointmentNotFound``."""
        await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        raw = await appointment_raw(resident_id, appointment_id)
        own = raw["requested_by"] == viewer.account_id
        action = Action.RECORD if own else Action.MANAGE
        await self.require(viewer, resident_id, ServiceKind(raw["kind"]), action)
        return raw

    async def require(
        self, viewer: Viewer, resident_id: ObjectId, kind: ServiceKind, action: Action
    ) -> None:
        """Raises ``AccessDenied``, ``ConsentMissing``."""
        await self._access.require(viewer, resident_id, kind.category, action, purpose=PURPOSE)

    @contextlib.asynccontextmanager
    async def locked(self, *slot_ids: ObjectId) -> AsyncIterator[None]:
        """Whoever wants the same slot waits here, rather than colliding in the store."""
        async with contextlib.AsyncExitStack() as stack:
            for each in sorted(set(slot_ids)):
                await stack.enter_async_context(self._locks.held(each))
            yield


@contextlib.asynccontextmanager
async def booked_at_once() -> AsyncIterator[None]:
    """Two bookings of one resident at once: the index lets one in. Raises ``AppointmentExists``."""
    try:
        yield
    except DuplicateKeyError:
        raise AppointmentExists from None


def in_time(raw: Raw, now: datetime) -> None:
    """Raises ``AppointmentOver``, ``AppointmentTooLate``."""
    if raw["end"] <= now:
        raise AppointmentOver
    if raw["start"] < now + notice():
        raise AppointmentTooLate(hours=limits()["notice_hours"])


def new_appointment(
    slot: Raw,
    resident_id: ObjectId,
    viewer: Viewer,
    now: datetime,
    reminder_id: ObjectId | None = None,
) -> Raw:
    """In line for the slot; whoever books sets the state."""
    document = AppointmentDocument(
        resident_id=PydanticObjectId(resident_id),
        slot_id=slot["_id"],
        schedule_id=slot["schedule_id"],
        institution_id=slot["institution_id"],
        kind=slot["kind"],
        start=slot["start"],
        end=slot["end"],
        state=AppointmentState.WAITLIST,
        number="".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)),
        reminder_id=None if reminder_id is None else PydanticObjectId(reminder_id),
        requested_by=PydanticObjectId(viewer.account_id),
        at=now,
        changed_at=now,
    )
    return document.to_raw()


async def insert(session: Session, raw: Raw, *, look_at: datetime | None = None) -> None:
    """Both sides of it."""
    await appointments().insert_one(raw, session=session)
    fields = PlaceDocument.model_fields.keys() & raw.keys() - {"id", "look_at"}
    theirs = {name: raw[name] for name in fields}
    place = {"_id": raw["_id"], **theirs, "look_at": look_at}
    await PlaceDocument.get_pymongo_collection().insert_one(place, session=session)
