"""The clock's part: reminders, more people asked, overdue. Any number of workers may."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError

from backend.care.documents import Stage, Ticket, TicketState
from backend.care.events import TicketEscalated, TicketEvent, TicketOverdue, TicketReminded
from backend.care.limits import next_look, time_limit
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.rounds import rounds

log = structlog.get_logger(__name__)

_SECONDS = 15.0


class Timekeeper:
    """What happens depends on the ticket and the time alone, not on who looks or how often."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def run(self) -> int:
        """Everything that is due now; how many tickets that was.

        One that cannot be looked at (of somebody who is being erased, say) holds up no other.
        Raises ``PyMongoError`` where the store is away.
        """
        handled, left = 0, set[ObjectId]()
        while (raw := await self._next(left)) is not None:
            try:
                await self._look(Ticket.model_validate(raw))
                handled += 1
            except PyMongoError:
                raise
            except Exception as error:
                left.add(raw["_id"])
                log.warning("ticket could not be looked at", error=type(error).__name__)
        return handled

    async def _next(self, left: Collection[ObjectId]) -> Raw | None:
        query: Raw = {"look_at": {"$lte": self._core.clock.now()}}
        if left:
            query["_id"] = {"$nin": list(left)}
        raw: Raw | None = await Ticket.get_pymongo_collection().find_one(
            query, sort=[("look_at", 1)]
        )
        return raw

    async def _look(self, ticket: Ticket) -> None:
        now = self._core.clock.now()

        async def work(session: Session) -> None:
            change, event = due(ticket, now)
            done = await Ticket.get_pymongo_collection().update_one(
                {"_id": ticket.id, "resident_id": ticket.resident_id, "version": ticket.version},
                {"$set": change, "$inc": {"version": 1}},
                session=session,
            )
            # Another worker, or a doctor, was first: they set the next look.
            if done.matched_count and event is not None:
                await self._core.outbox.publish(session, event)

        await self._core.store.transaction(work)


def due(ticket: Ticket, now: datetime) -> tuple[Raw, TicketEvent | None]:
    """What becomes of the ticket at ``now``, and whom to tell."""
    if not ticket.open or ticket.state is not TicketState.WAITING:
        return {"look_at": None}, None
    late = now >= ticket.due_at
    stage = _stage(ticket, now, late=late)
    change = {
        "stage": stage,
        "overdue": late,
        "look_at": next_look(ticket.urgency, stage, ticket.asked_at, now),
    }
    named = {
        "resident_id": ticket.resident_id,
        "ticket_id": ticket.id,
        "urgency": ticket.urgency.value,
        "stage": stage.value,
    }
    if late and not ticket.overdue:
        return change, TicketOverdue(**named)
    if stage is not ticket.stage:
        return change, TicketEscalated(**named)
    return change, TicketReminded(**named)


def _stage(ticket: Ticket, now: datetime, *, late: bool) -> Stage:
    if late:
        return Stage.DUTY
    team_at = ticket.asked_at + time_limit(ticket.urgency).team
    if ticket.stage is Stage.DOCTOR and now >= team_at:
        return Stage.TEAM
    return ticket.stage


async def keep_time(timekeeper: Timekeeper) -> None:
    """Look after the tickets until cancelled."""
    await rounds("ticket times", timekeeper.run, _SECONDS)
