"""A doctor's worklist, live: what one change of a question means to one doctor."""

from __future__ import annotations

from bson import ObjectId

from backend.access.categories import Action
from backend.access.errors import AccessDenied
from backend.access.service import Access
from backend.care.documents import Ticket, TicketState
from backend.care.doors import Doors
from backend.care.ticket import Seen, seen
from backend.core.container import Core
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
