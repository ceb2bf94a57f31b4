"""A question becomes a ticket, in the transaction of whatever made it one."""

from __future__ import annotations

from dataclasses import dataclass

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Category
from backend.access.contract.documents import CareTeam, Doctor
from backend.access.policy import runs
from backend.access.relations import Relation, RelationKind
from backend.care.documents import Ticket, TicketReason, TicketUrgency
from backend.care.events import TicketOpened
from backend.care.limits import first_stage, next_look, time_limit
from backend.care.words import Evidence, Words, sealed
from backend.core.container import Core
from backend.core.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to reach the doctor. ``relation`` is by which the asker may."""

    resident_id: ObjectId
    relation: Relation
    asked_by: ObjectId
    text: str
    reason: TicketReason
    urgency: TicketUrgency
    categories: frozenset[Category] = frozenset()
    draft: str | None = None
    evidence: tuple[Evidence, ...] = ()
    conversation_id: ObjectId | None = None
    turn_id: ObjectId | None = None
    discreet: bool = False
    """Nobody of the family is told: one of them may be whom it is about."""


class Opening:
    """Writes tickets; decides nothing about who may ask."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def open(self, question: Question, session: Session) -> ObjectId:
        """The id of the new ticket, or of the conversation's open one of the same urgency.

        Two at once: the second's transaction fails with ``DuplicateKeyError`` and is to be
        tried again.
        """
        known = await self._known(question, session)
        if known is not None:
            return known
        ticket = await self._new(question, session)
        await Ticket.get_pymongo_collection().insert_one(ticket.to_raw(), session=session)
        event = TicketOpened(
            resident_id=ticket.resident_id,
            ticket_id=ticket.id,
            urgency=ticket.urgency.value,
            stage=ticket.stage.value,
            reason=ticket.reason.value,
            discreet=question.discreet,
        )
        await self._core.outbox.publish(session, event)
        return ticket.id

    async def _known(self, question: Question, session: Session) -> ObjectId | None:
        if question.conversation_id is None:
            return None
        raw = await Ticket.get_pymongo_collection().find_one(
            {
                "resident_id": question.resident_id,
                "conversation_id": question.conversation_id,
                "urgency": question.urgency.value,
                "open": True,
            },
            {"_id": 1},
            session=session,
        )
        return raw["_id"] if raw else None

    async def _new(self, question: Question, session: Session) -> Ticket:
        now = self._core.clock.now()
        ticket_id = ObjectId()
        key = await self._core.keyring.key(question.resident_id, session)
        words = Words(question=question.text, draft=question.draft, evidence=question.evidence)
        alone, teams, institutions = await self._contracted(question.resident_id, session)
        stage = first_stage(question.urgency, alone=alone, team=teams)
        kinship = question.relation.kinship
        return Ticket(
            id=PydanticObjectId(ticket_id),
            resident_id=PydanticObjectId(question.resident_id),
            asked_by=PydanticObjectId(question.asked_by),
            asked_as=question.relation.kind.value,
            kinship=kinship.value if kinship else None,
            reason=question.reason,
            urgency=question.urgency,
            categories=question.categories,
            conversation_id=_id(question.conversation_id),
            turn_id=_id(question.turn_id),
            stage=stage,
            institutions=institutions,
            words=sealed(words, ticket_id, key),
            opened_at=now,
            asked_at=now,
            due_at=now + time_limit(question.urgency).answer,
            look_at=next_look(question.urgency, stage, now, now),
        )

    async def _contracted(
        self, resident_id: ObjectId, session: Session
    ) -> tuple[bool, bool, list[PydanticObjectId]]:
        """Whether a doctor of their own, whether a team, and of which institutions."""
        now = self._core.clock.now()
        query = {"resident_id": resident_id, "kind": RelationKind.DOCTOR, "ended_at": None}
        found = [r async for r in Relation.find(query, session=session) if runs(r, now)]
        alone = [each.account_id for each in found if each.team_id is None]
        teams = [each.team_id for each in found if each.team_id is not None]
        places: set[PydanticObjectId] = set()
        if alone:
            doctors = Doctor.find({"_id": {"$in": alone}, "left_at": None}, session=session)
            places |= {each.institution_id async for each in doctors}
        if teams:
            held = CareTeam.find({"_id": {"$in": teams}, "ended_at": None}, session=session)
            places |= {each.institution_id async for each in held}
        return bool(alone), bool(teams), sorted(places)


def _id(value: ObjectId | None) -> PydanticObjectId | None:
    return None if value is None else PydanticObjectId(value)
