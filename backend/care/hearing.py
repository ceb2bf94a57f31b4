"""A doctor's worklist, live: what a change of a question or a contract means to one doctor."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from backend.access.categories import Action
from backend.access.consent.errors import ConsentMissing
from backend.access.errors import AccessDenied
from backend.access.relations import RelationKind
from backend.access.service import Access
from backend.care.desk import WAITING
from backend.care.documents import Stage, Ticket, TicketState
from backend.care.doors import Doors
from backend.care.ticket import Seen, seen
from backend.core.container import Core
from backend.core.database import Raw
from backend.identity.viewer import Role, Viewer


class Hearing:
    """Asks anew of every change: contract, team, duty and role may have ended meanwhile."""

    def __init__(self, core: Core, access: Access, doors: Doors) -> None:
        self._core = core
        self._access = access
        self._doors = doors

    def check(self, viewer: Viewer) -> None:
        """Raises ``AccessDenied`` for who is no doctor."""
        if not viewer.has(Role.FAMILY_DOCTOR):
            raise AccessDenied(action=Action.VIEW.value)

    async def heard(
        self, viewer: Viewer, resident_id: ObjectId, ticket_id: ObjectId
    ) -> Seen | None:
        """The question as it waits for this doctor, the look noted; None where it waits no more.

        Raises ``AccessDenied``, for a doctor who is not asked, and ``ConsentMissing``.
        """
        self.check(viewer)
        relations = await self._access.towards(viewer, resident_id)
        ticket = await Ticket.find_one({"_id": ticket_id, "resident_id": resident_id})
        by = None if ticket is None else await self._doors.asked(viewer, ticket, relations)
        if ticket is None or by is None:
            raise AccessDenied(action=Action.VIEW.value)
        keys = await self._core.keyring.keys([resident_id])
        waits = ticket.open and ticket.state is TicketState.WAITING
        if not waits or resident_id not in keys:
            return None
        allowed = await self._doors.look(viewer, ticket, relations, by)
        return seen(ticket, keys[resident_id], allowed)

    async def heard_of_contract(
        self, viewer: Viewer, relation: Raw
    ) -> list[tuple[ObjectId, Seen | None]]:
        """The resident's questions that wait, by id, after a relation began, changed or ended.

        Each as it waits for this doctor, the look noted; None for one that waits for others by
        now. Nothing of others' contracts, nor of what was asked after this one's end. Raises
        ``AccessDenied`` for who is no doctor.
        """
        self.check(viewer)
        resident_id: ObjectId = relation["resident_id"]
        holders = (await self._access.held(viewer))["account_id"]["$in"]
        if relation["kind"] != RelationKind.DOCTOR or relation["account_id"] not in holders:
            return []
        await self._access.towards(viewer, resident_id)
        waiting = Ticket.find({"resident_id": resident_id, **WAITING}).sort("due_at", "_id")
        changes: list[tuple[ObjectId, Seen | None]] = []
        for ticket in await waiting.limit(_MOST).to_list():
            try:
                changes.append((ticket.id, await self.heard(viewer, resident_id, ticket.id)))
            except AccessDenied:
                if _was_theirs(relation, ticket):
                    changes.append((ticket.id, None))
            except ConsentMissing:
                continue
        return changes


_MOST = 100


def _was_theirs(relation: Raw, ticket: Ticket) -> bool:
    """Whether the list showed it while the contract ran: a team is asked later than a doctor."""
    ended: datetime | None = relation["ended_at"]
    of_team = relation["team_id"] is not None
    shown = not of_team or ticket.stage is not Stage.DOCTOR
    return ended is not None and ticket.asked_at <= ended and shown
