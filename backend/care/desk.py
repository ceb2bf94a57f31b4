"""The doctors' side: what waits, taking it, and giving it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bson import ObjectId

from backend.access.log.service import pass_gate
from backend.access.log.trail import UNNAMED
from backend.access.relations import Relation, RelationKind
from backend.access.service import Access
from backend.care.documents import Stage, Ticket, TicketState, TicketUrgency
from backend.care.doors import Doors
from backend.care.errors import TicketNotYours, TicketSettled, TicketTaken
from backend.care.limits import limits
from backend.care.ticket import Seen, seen
from backend.care.turns import Turn, WorkPage, turn
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.paging import page_size
from backend.identity.viewer import Role, Viewer


class Desk:
    """A doctor's worklist and claims."""

    def __init__(self, core: Core, access: Access, doors: Doors) -> None:
        self._core = core
        self._access = access
        self._doors = doors

    async def worklist(self, viewer: Viewer, *, first: int) -> list[Seen]:
        """The first page of ``worklist_page``, alone."""
        return (await self.worklist_page(viewer, first=first)).items

    async def worklist_page(
        self, viewer: Viewer, *, first: int, after: Turn | None = None
    ) -> WorkPage:
        """What waits for the doctor: of their own residents, their teams', and on duty.

        Emergencies come first, then what has to be answered soonest; nothing for who is no
        doctor. A ticket that is answered meanwhile moves no other one.
        """
        size = page_size(first)
        if not viewer.has(Role.FAMILY_DOCTOR):
            return WorkPage([], has_next=False)
        relations = await self._access.relations(viewer)
        mine = [each for each in relations if each.kind is RelationKind.DOCTOR]
        asked = _Asked(size + 1, after)
        rows = {each.id: each for each in await self._of_residents(viewer, mine, asked)}
        rows |= {each.id: each for each in await self._of_duty(viewer, asked)}
        soonest = sorted(rows.values(), key=turn)
        shown = await self._shown(viewer, soonest[:size])
        return WorkPage(shown, has_next=len(soonest) > size and bool(shown))

    async def claim(self, viewer: Viewer, resident_id: ObjectId, ticket_id: ObjectId) -> Seen:
        """The ticket is this doctor's for some minutes, and again with every call.

        Raises ``AccessDenied``, ``TicketTaken`` and ``TicketSettled``.
        """
        ticket, allowed = await self._doors.doctor(viewer, resident_id, ticket_id)
        now = self._core.clock.now()
        free = [
            {"claimed_by": None},
            {"claim_until": {"$lte": now}},
            {"claimed_by": viewer.account_id},
        ]
        raw = await Ticket.get_pymongo_collection().find_one_and_update(
            {"_id": ticket_id, "resident_id": resident_id, "open": True, "$or": free},
            {
                "$set": {
                    "claimed_by": viewer.account_id,
                    "claim_until": now + limits().claim,
                },
                "$inc": {"version": 1},
            },
            return_document=True,
        )
        if raw is None:
            raise TicketTaken if await _is_open(ticket) else TicketSettled
        key = await self._core.keyring.key(resident_id)
        return seen(Ticket.model_validate(raw), key, allowed)

    async def release(self, viewer: Viewer, resident_id: ObjectId, ticket_id: ObjectId) -> Seen:
        """Others may take it. Raises ``AccessDenied`` and ``TicketNotYours``."""
        _, allowed = await self._doors.doctor(viewer, resident_id, ticket_id)
        raw = await Ticket.get_pymongo_collection().find_one_and_update(
            {
                "_id": ticket_id,
                "resident_id": resident_id,
                "open": True,
                "claimed_by": viewer.account_id,
            },
            {"$set": {"claimed_by": None, "claim_until": None}, "$inc": {"version": 1}},
            return_document=True,
        )
        if raw is None:
            raise TicketNotYours
        key = await self._core.keyring.key(resident_id)
        return seen(Ticket.model_validate(raw), key, allowed)

    async def _of_residents(
        self, viewer: Viewer, relations: list[Relation], asked: _Asked
    ) -> list[Ticket]:
        alone = {each.resident_id for each in relations if each.team_id is None}
        theirs = {each.resident_id for each in relations} - alone
        for resident_id in alone | theirs:
            await self._access.towards(viewer, resident_id)
        query: Raw = {
            "resident_id": {"$in": [*alone, *theirs]},
            **WAITING,
            "$or": [
                {"resident_id": {"$in": list(alone)}},
                {"stage": {"$in": [Stage.TEAM.value, Stage.DUTY.value]}},
            ],
        }
        if not relations:
            return []
        return await _soonest(query, asked)

    async def _of_duty(self, viewer: Viewer, asked: _Asked) -> list[Ticket]:
        doctor = await self._doors.duty_of(viewer)
        if doctor is None:
            return []
        query: Raw = {
            **WAITING,
            "stage": Stage.DUTY.value,
            "institutions": {"$in": [doctor.institution_id, []]},
        }
        # Of whomever: who is on duty is asked about people they do not know.
        pass_gate(UNNAMED)
        return await _soonest(query, asked)

    async def _shown(self, viewer: Viewer, tickets: Iterable[Ticket]) -> list[Seen]:
        rows = list(tickets)
        keys = await self._core.keyring.keys([each.resident_id for each in rows])
        await self._access.aware_of(viewer, [each.resident_id for each in rows])
        shown = []
        for ticket in rows:
            relations = await self._access.towards(viewer, ticket.resident_id)
            by = await self._doors.asked(viewer, ticket, relations)
            if by is None or ticket.resident_id not in keys:
                continue
            allowed = await self._doors.look(viewer, ticket, relations, by)
            shown.append(seen(ticket, keys[ticket.resident_id], allowed))
        return shown


@dataclass(frozen=True, slots=True)
class _Asked:
    most: int
    after: Turn | None


async def _soonest(query: Raw, asked: _Asked) -> list[Ticket]:
    """As many of either as fit a page: many that are late hide no emergency."""
    emergency = TicketUrgency.EMERGENCY.value
    after = asked.after
    found: list[Ticket] = []
    for calm, urgency in ((False, emergency), (True, {"$ne": emergency})):
        if after is not None and after.calm > calm:
            continue
        later: Raw = {} if after is None or after.calm is not calm else after.later
        # Beside ``resident_id``, which the store's guard reads at the top of a query.
        both = {**query, "$and": [{"urgency": urgency}, later]}
        found += await Ticket.find(both).sort("due_at", "_id").limit(asked.most).to_list()
    return found


WAITING: Raw = {"open": True, "state": TicketState.WAITING.value}


async def _is_open(ticket: Ticket) -> bool:
    raw = await Ticket.get_pymongo_collection().find_one(
        {"_id": ticket.id, "resident_id": ticket.resident_id, "open": True}, {"_id": 1}
    )
    return raw is not None
