"""What time brings: offers lapse and go to the next in line; a line ends when its time comes.

Any number of workers: each step is one transaction on one place, that does nothing the second
time. A worker that dies before it commits has done nothing.
"""

from __future__ import annotations

import contextlib
from functools import partial

from beanie import PydanticObjectId
from bson import ObjectId

from backend.appointments import places
from backend.appointments.documents import AppointmentState, CancelReason, SlotState
from backend.appointments.events import WaitEnded
from backend.appointments.services import lead, limits, shortest_offer
from backend.appointments.stored import places as rows
from backend.appointments.stored import slots
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import KeyDestroyed
from backend.core.rounds import drained, rounds


class AppointmentWorker:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def run(self) -> None:
        """Work until cancelled."""
        await rounds("appointments", partial(drained, self.step), limits()["worker_seconds"])

    async def step(self) -> int:
        """Do what is due now, the oldest first; how much that was."""
        query = {"look_at": {"$lte": self._core.clock.now()}, "resident_id": {"$ne": None}}
        due = await rows().find(query).sort("look_at", 1).limit(limits()["worker_batch"]).to_list()
        done = 0
        for place in due:
            with contextlib.suppress(KeyDestroyed):  # who is erased leaves the line with it
                done += await self._ended(place["_id"])
        return done + await self._free_to_line()

    async def _free_to_line(self) -> int:
        """Places that became free without anybody giving them back: who had them is erased."""
        query = {
            "waiting": {"$gt": 0},
            "left": {"$gt": 0},
            "state": SlotState.OPEN.value,
            "start": {"$gt": self._core.clock.now() + lead() + shortest_offer()},
        }
        found = await slots().find(query, {"_id": 1}).limit(limits()["worker_batch"]).to_list()

        async def work(session: Session, slot_id: ObjectId) -> int:
            where = {**query, "_id": slot_id}
            change = {"$inc": {"left": -1}}
            if not (await slots().update_one(where, change, session=session)).modified_count:
                return 0
            now = self._core.clock.now()
            await places.give_back(session, self._core.outbox, slot_id, now)
            return 1

        done = 0
        for raw in found:
            done += await self._core.store.transaction(partial(work, slot_id=raw["_id"]))
        return done

    async def _ended(self, place_id: object) -> int:
        async def work(session: Session) -> int:
            now = self._core.clock.now()
            query = {"_id": place_id, "look_at": {"$lte": now}, "resident_id": {"$ne": None}}
            place: Raw | None = await rows().find_one(query, session=session)
            if place is None:
                return 0
            offered = place["state"] == AppointmentState.PROPOSED
            reason = CancelReason.OFFER_LAPSED if offered else CancelReason.NO_PLACE
            await places.put(session, place, places.cancelled(reason, now))
            if offered:
                await places.give_back(session, self._core.outbox, place["slot_id"], now)
            else:
                await places.leave(session, place["slot_id"])
            event = WaitEnded(
                resident_id=PydanticObjectId(place["resident_id"]),
                appointment_id=PydanticObjectId(place["_id"]),
            )
            await self._core.outbox.publish(session, event)
            return 1

        return await self._core.store.transaction(work)
