"""A slot's places, taken and given back in the caller's transaction.

The slot's own document decides: ``left`` never goes below nought, and whoever joins the line or
gives a place back writes to it, so that two of them at once collide and one is done again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.log.service import pass_gate
from backend.appointments.documents import AppointmentState, CancelReason, SlotState
from backend.appointments.errors import (
    SlotFull,
    SlotHasPlaces,
    SlotOver,
    SlotWithdrawn,
    WaitingListFull,
)
from backend.appointments.events import PlaceOffered
from backend.appointments.services import lead, limits, shortest_offer
from backend.appointments.stored import appointments, places, slot_raw_of, slots
from backend.core.database import Raw, Session
from backend.core.outbox import Outbox

_LINE = AppointmentState.WAITLIST.value


def usable(slot: Raw, now: datetime) -> None:
    """Raises ``SlotWithdrawn``, ``SlotOver``."""
    if slot["state"] != SlotState.OPEN:
        raise SlotWithdrawn
    if slot["start"] <= now + lead():
        raise SlotOver(minutes=limits()["book_minutes"])


async def take(session: Session, slot_id: ObjectId, now: datetime) -> Raw:
    """One place less. Raises ``SlotNotFound``, ``SlotWithdrawn``, ``SlotOver``, ``SlotFull``."""
    usable(await slot_raw_of(slot_id, session), now)
    raw: Raw | None = await slots().find_one_and_update(
        {"_id": slot_id, "state": SlotState.OPEN.value, "left": {"$gt": 0}},
        {"$inc": {"left": -1}},
        session=session,
    )
    if raw is None:
        raise SlotFull
    return raw


async def join(session: Session, slot_id: ObjectId, now: datetime) -> Raw:
    """One more in line. Raises as ``take``, ``SlotHasPlaces`` and ``WaitingListFull``."""
    slot = await slot_raw_of(slot_id, session)
    usable(slot, now)
    if slot["left"] > 0:
        raise SlotHasPlaces
    if slot["waiting"] >= limits()["line"]:
        raise WaitingListFull
    await slots().update_one({"_id": slot_id}, {"$inc": {"waiting": 1}}, session=session)
    return slot


async def leave(session: Session, slot_id: ObjectId) -> None:
    """One fewer in line."""
    await slots().update_one({"_id": slot_id}, {"$inc": {"waiting": -1}}, session=session)


async def give_back(session: Session, outbox: Outbox, slot_id: ObjectId, now: datetime) -> None:
    """The place is offered to who is first in line, or is free again."""
    slot = await slot_raw_of(slot_id, session)
    until = min(now + timedelta(minutes=limits()["offer_minutes"]), slot["start"] - lead())
    worth = until - now >= shortest_offer()
    first: Raw | None = None
    if worth and slot["state"] == SlotState.OPEN and slot["waiting"] > 0:
        line = {"slot_id": slot_id, "state": _LINE, "resident_id": {"$ne": None}}
        first = await places().find_one(line, sort=[("at", 1), ("_id", 1)], session=session)
    if first is None:
        await slots().update_one({"_id": slot_id}, {"$inc": {"left": 1}}, session=session)
        return
    await leave(session, slot_id)
    await _offer(session, outbox, first, until, now)


async def put(session: Session, place: Raw, change: Raw, *, look_at: datetime | None = None) -> Raw:
    """The same change on both sides of an appointment, the resident's as it is afterwards."""
    where = {"resident_id": place["resident_id"], "_id": place["_id"]}
    update = {"$set": change, "$inc": {"version": 1}}
    raw: Raw = await appointments().find_one_and_update(
        where, update, return_document=True, session=session
    )
    theirs = {name: change[name] for name in _SHARED if name in change} | {"look_at": look_at}
    await places().update_one({"_id": place["_id"]}, {"$set": theirs}, session=session)
    return raw


def cancelled(reason: CancelReason, now: datetime) -> Raw:
    """What ``put`` is given for an appointment that is no more."""
    return {
        "state": AppointmentState.CANCELLED.value,
        "reason": reason.value,
        "open": None,
        "waits": None,
        "offered_until": None,
        "changed_at": now,
    }


_SHARED = ("state", "slot_id", "institution_id", "start")


async def _offer(
    session: Session, outbox: Outbox, place: Raw, until: datetime, now: datetime
) -> None:
    change = {
        "state": AppointmentState.PROPOSED.value,
        "offered_until": until,
        "changed_at": now,
    }
    # Whoever gave the place back sees nothing of who is next.
    pass_gate(place["resident_id"])
    await put(session, place, change, look_at=until)
    event = PlaceOffered(
        resident_id=PydanticObjectId(place["resident_id"]),
        appointment_id=PydanticObjectId(place["_id"]),
    )
    await outbox.publish(session, event)
