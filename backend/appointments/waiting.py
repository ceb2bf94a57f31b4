"""The waiting list of a slot that is full: joining it, and taking the place one is offered."""

from __future__ import annotations

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action
from backend.appointments import places
from backend.appointments.bookings import Bookings, booked_at_once, insert, new_appointment
from backend.appointments.documents import AppointmentState, CancelReason
from backend.appointments.errors import (
    AppointmentExists,
    AppointmentOver,
    AppointmentTooLate,
    AppointmentWaits,
    OfferOver,
    WaitsTooMany,
)
from backend.appointments.services import ServiceKind, lead, limits
from backend.appointments.stored import appointment_raw, appointments, slot_raw_of
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer


class WaitingList:
    """In line by the time of joining. Who has an appointment may wait for a better one."""

    def __init__(self, core: Core, bookings: Bookings) -> None:
        self._core = core
        self._bookings = bookings

    async def join(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        slot_id: ObjectId,
        *,
        idempotency_key: str,
    ) -> ObjectId:
        """The id of the appointment that may come of it.

        Raises ``AccessDenied``, ``SlotNotFound``, ``SlotWithdrawn``, ``SlotOver``,
        ``SlotHasPlaces``, ``WaitingListFull``, ``WaitsTooMany``, ``AppointmentWaits``,
        ``AppointmentExists`` (one that is booked for this very time).
        """
        slot = await slot_raw_of(slot_id)
        await self._bookings.require(viewer, resident_id, ServiceKind(slot["kind"]), Action.RECORD)

        async def work(session: Session) -> Raw:
            now = self._core.clock.now()
            await self._check(session, resident_id, slot_id)
            joined = await places.join(session, slot_id, now)
            raw = new_appointment(joined, resident_id, viewer, now) | {"waits": slot_id}
            await insert(session, raw, look_at=joined["start"] - lead())
            return {"appointment_id": raw["_id"]}

        arguments = ["wait", str(resident_id), str(slot_id)]
        async with self._bookings.locked(slot_id):
            try:
                answer = await self._core.idempotency.once(
                    viewer.account_id, idempotency_key, arguments, work
                )
            except DuplicateKeyError:
                raise AppointmentWaits from None
        return ObjectId(answer["appointment_id"])

    async def accept(self, viewer: Viewer, resident_id: ObjectId, appointment_id: ObjectId) -> None:
        """The offered place is booked; one that is booked already is given back for it.

        Raises ``AccessDenied``, ``AppointmentNotFound``, ``AppointmentOver`` (nothing is
        offered), ``OfferOver``, ``AppointmentExists`` (the other one cannot be given back now).
        """
        before = await self._bookings.changeable(viewer, resident_id, appointment_id)

        async def work(session: Session) -> None:
            now = self._core.clock.now()
            raw = await appointment_raw(resident_id, appointment_id, session)
            if raw["state"] == AppointmentState.BOOKED:
                return
            _check_offer(raw)
            if raw["offered_until"] <= now:
                raise OfferOver
            await self._give_up_other(session, raw, viewer)
            change: Raw = {
                "state": AppointmentState.BOOKED.value,
                "open": raw["kind"],
                "waits": None,
                "offered_until": None,
                "changed_at": now,
            }
            await self._bookings.told(session, await places.put(session, raw, change), viewer)

        async with self._bookings.locked(before["slot_id"]), booked_at_once():
            await self._core.store.transaction(work)

    async def _give_up_other(self, session: Session, raw: Raw, viewer: Viewer) -> None:
        now = self._core.clock.now()
        query = {"resident_id": raw["resident_id"], "open": raw["kind"]}
        other = await appointments().find_one(query, session=session)
        if other is None:
            return
        if other["end"] <= now:
            await appointments().update_one(query, {"$set": {"open": None}}, session=session)
            return
        try:
            await self._bookings.given_up(session, other, CancelReason.REPLACED, viewer)
        except AppointmentTooLate:
            raise AppointmentExists from None

    async def _check(self, session: Session, resident_id: ObjectId, slot_id: ObjectId) -> None:
        mine = {"resident_id": resident_id, "waits": {"$type": "objectId"}}
        waits = await appointments().find(mine, {"waits": 1}, session=session).to_list()
        if any(each["waits"] == slot_id for each in waits):
            raise AppointmentWaits
        if len(waits) >= limits()["waits"]:
            raise WaitsTooMany(limit=limits()["waits"])
        here = {
            "resident_id": resident_id,
            "slot_id": slot_id,
            "open": {"$type": "string"},
        }
        if await appointments().find_one(here, {"_id": 1}, session=session):
            raise AppointmentExists


def _check_offer(raw: Raw) -> None:
    if raw["state"] != AppointmentState.PROPOSED:
        # Lapsed a moment ago, or never offered.
        lapsed = raw["reason"] == CancelReason.OFFER_LAPSED
        raise OfferOver if lapsed else AppointmentOver
