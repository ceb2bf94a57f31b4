"""Who may see a ticket, and as what; every look of a doctor is noted."""

from __future__ import annotations

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.contract.documents import Doctor
from backend.access.errors import AccessDenied
from backend.access.log.line import By
from backend.access.log.service import pass_gate
from backend.access.relations import Relation, RelationKind
from backend.access.service import NOTHING, Access
from backend.care.documents import Stage, Ticket
from backend.care.errors import TicketNotFound
from backend.core.database import Raw
from backend.identity.viewer import Role, Viewer

DUTY = "duty"
"""By what right a doctor on duty looks at a question: no relation, the question's being late."""

_TEAMS_TURN = frozenset({Stage.TEAM, Stage.DUTY})


class Doors:
    """Asks the policy, and the room's own rule for those on duty."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def asker(self, viewer: Viewer, resident_id: ObjectId) -> tuple[frozenset[Category], Raw]:
        """The categories the viewer may see, and the condition for the tickets they may see.

        What one asked oneself is one's own to see; others' questions are chat. Raises
        ``AccessDenied`` and ``ConsentMissing``.
        """
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        condition: Raw = {"resident_id": resident_id}
        if Category.CHAT in allowed:
            await self._access.require(viewer, resident_id, Category.CHAT)
        else:
            condition["asked_by"] = viewer.account_id
        return allowed, condition

    async def doctor(
        self, viewer: Viewer, resident_id: ObjectId, ticket_id: ObjectId
    ) -> tuple[Ticket, frozenset[Category]]:
        """The ticket, for a doctor who is asked, with what they may see of the record.

        Raises ``AccessDenied``, for what does not exist as well.
        """
        if not viewer.has(Role.FAMILY_DOCTOR):
            raise AccessDenied(action=Action.VIEW.value)
        relations = await self._access.towards(viewer, resident_id)
        ticket = await Ticket.find_one({"_id": ticket_id, "resident_id": resident_id})
        by = None if ticket is None else await self.asked(viewer, ticket, relations)
        if ticket is None or by is None:
            raise AccessDenied(action=Action.VIEW.value)
        return ticket, await self.look(viewer, ticket, relations, by)

    async def asked(self, viewer: Viewer, ticket: Ticket, relations: list[Relation]) -> By | None:
        """By what right the doctor is asked; None where they are not."""
        for each in relations:
            mine = each.kind is RelationKind.DOCTOR and Action.VIEW in each.actions
            if mine and (each.team_id is None or ticket.stage in _TEAMS_TURN):
                return By.relation(each, "ticket")
        if ticket.stage is Stage.DUTY and await self._on_duty(viewer, ticket):
            return By(kind=DUTY, why="ticket", via=ticket.id)
        return None

    async def look(
        self, viewer: Viewer, ticket: Ticket, relations: list[Relation], by: By
    ) -> frozenset[Category]:
        """Note the look, and say what of the record the doctor may see with it."""
        resident_id = ticket.resident_id
        await self._access.log.note(viewer, resident_id, (Category.CHAT,), Action.VIEW, by)
        if not relations:
            return NOTHING
        return await self._access.categories(viewer, resident_id, looks_at=ticket.categories)

    async def duty_of(self, viewer: Viewer) -> Doctor | None:
        """How the viewer is entered, where they are on duty."""
        known: Doctor | None = viewer.memo.get("care.duty")
        if "care.duty" not in viewer.memo:
            known = await Doctor.find_one(
                {"_id": viewer.account_id, "left_at": None, "emergency_duty": True}
            )
            viewer.memo["care.duty"] = known
        return known

    async def _on_duty(self, viewer: Viewer, ticket: Ticket) -> bool:
        doctor = await self.duty_of(viewer)
        if doctor is None:
            return False
        here = not ticket.institutions or doctor.institution_id in ticket.institutions
        if here:
            pass_gate(ticket.resident_id)
        return here


async def found(condition: Raw, ticket_id: ObjectId) -> Ticket:
    """Raises ``TicketNotFound``."""
    ticket = await Ticket.find_one({**condition, "_id": ticket_id})
    if ticket is None:
        raise TicketNotFound
    return ticket
