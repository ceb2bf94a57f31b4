"""A question to the family doctor, for who asked it and for who answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from bson import ObjectId

from backend.care.documents import Stage, TicketReason, TicketState, TicketUrgency
from backend.care.ticket import Seen
from backend.care.words import Evidence
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import Node, global_id

if TYPE_CHECKING:
    from graphql_api.archive.resident import Resident

enum(TicketReason)
enum(TicketState)
enum(TicketUrgency)
enum(Stage, name="TicketStage")


@strawberry.type(description="What something rests on, and what it says there.")
class TicketEvidence:
    resource: str = strawberry.field(description="FHIR resource type and id.")
    at: str | None
    excerpt: str
    node_id: strawberry.ID | None = strawberry.field(
        description="Opens with `node(id:)`; null for guidelines and what is only kept as received."
    )


@strawberry.type(description="Something said after the question.")
class TicketMessage:
    by_doctor: bool
    mine: bool
    at: datetime
    text: str


@strawberry.type(
    description="A question to the family doctor. Alerts and trends stand under its resident."
)
class Ticket(Node):
    key: strawberry.Private[ObjectId]
    asked_as: str
    kinship: str | None
    mine: bool
    reason: TicketReason
    urgency: TicketUrgency
    state: TicketState
    stage: Stage = strawberry.field(description="Who is asked by now.")
    question: str
    draft: str | None = strawberry.field(description="What the assistant said, marked as such.")
    evidence: list[TicketEvidence]
    thread: list[TicketMessage]
    whole: bool = strawberry.field(
        description="False: draft, evidence and answers hold what the viewer may not see."
    )
    opened_at: datetime
    due_at: datetime
    overdue: bool
    claimed: bool
    claimed_by_me: bool
    claim_until: datetime | None
    answered_at: datetime | None
    answer_id: strawberry.ID | None = strawberry.field(description="The answer in the archive.")

    @strawberry.field
    async def resident(
        self,
    ) -> Annotated[Resident, strawberry.lazy("graphql_api.archive.resident")]:
        from graphql_api.archive.resident import resident_of

        return resident_of(self.key)


def evidence_of(evidence: Evidence, resident_id: ObjectId) -> TicketEvidence:
    return TicketEvidence(
        resource=evidence.resource,
        at=evidence.at,
        excerpt=evidence.excerpt,
        node_id=node_id(evidence.node, evidence.id, resident_id),
    )


def node_id(node: str | None, id_: str | None, resident_id: ObjectId) -> strawberry.ID | None:
    if node is None or id_ is None:
        return None
    return global_id(node, resident_id, ObjectId(id_))


def ticket_of(seen: Seen, info: Info) -> Ticket:
    context = info.context
    ticket, me, now = seen.ticket, context.viewer.account_id, context.services.core.clock.now()
    held = ticket.claim_until is not None and ticket.claim_until > now
    return Ticket(
        id=global_id("Ticket", ticket.resident_id, ticket.id),
        key=ticket.resident_id,
        asked_as=ticket.asked_as,
        kinship=ticket.kinship,
        mine=ticket.asked_by == me,
        reason=ticket.reason,
        urgency=ticket.urgency,
        state=ticket.state,
        stage=ticket.stage,
        question=seen.question,
        draft=seen.draft,
        evidence=[evidence_of(each, ticket.resident_id) for each in seen.evidence],
        thread=[
            TicketMessage(
                by_doctor=each.by == "doctor",
                mine=each.account_id == str(me),
                at=each.at,
                text=each.text,
            )
            for each in seen.thread
        ],
        whole=seen.whole,
        opened_at=ticket.opened_at,
        due_at=ticket.due_at,
        overdue=ticket.overdue,
        claimed=held,
        claimed_by_me=held and ticket.claimed_by == me,
        claim_until=ticket.claim_until if held else None,
        answered_at=ticket.answered_at,
        answer_id=global_id("Entry", ticket.resident_id, ticket.entry_id)
        if ticket.entry_id is not None and seen.whole
        else None,
    )
