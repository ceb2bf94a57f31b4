"""What is stored of questions to the family doctor. All words are sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId
from pydantic import Field

from backend.access.categories import Category
from backend.core.documents import ASC, DESC, ResidentOwned, index, unique


class TicketReason(StrEnum):
    """Why a question reached the doctor."""

    ASKED = "asked"  # somebody wished it
    URGENT = "urgent"
    DECLINED = "declined"  # a diagnosis, a prescription, a dose: not the assistant's
    UNANSWERED = "unanswered"  # several questions in a row had no answer
    EMERGENCY = "emergency"
    PLAN = "plan"  # a care plan's week was worse: nobody wrote the question


class TicketUrgency(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"  # today
    EMERGENCY = "emergency"


class TicketState(StrEnum):
    WAITING = "waiting"  # for a doctor
    ASKED_BACK = "asked_back"  # for the resident's side
    ANSWERED = "answered"
    REFERRED = "referred"  # to somebody else, with words
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """Who is asked: each stage those before it, too."""

    DOCTOR = "doctor"  # with a contract of their own
    TEAM = "team"
    DUTY = "duty"


class Ticket(ResidentOwned):
    """One question. ``words`` seals question, draft, evidence and what was said since."""

    asked_by: PydanticObjectId
    asked_as: str
    kinship: str | None = None
    reason: TicketReason
    urgency: TicketUrgency
    categories: frozenset[Category]
    """What draft and evidence were made of: who may not see one of them sees neither."""
    conversation_id: PydanticObjectId | None = None
    turn_id: PydanticObjectId | None = None
    state: TicketState = TicketState.WAITING
    open: bool = True
    stage: Stage
    institutions: list[PydanticObjectId] = Field(default_factory=list)
    """Whose doctors on duty are asked at the last stage; none means any."""
    words: bytes
    opened_at: datetime
    asked_at: datetime
    """When the clock began: at opening, and again with each answer to a question back."""
    due_at: datetime
    look_at: datetime | None = None
    overdue: bool = False
    claimed_by: PydanticObjectId | None = None
    claim_until: datetime | None = None
    answered_by: PydanticObjectId | None = None
    answered_at: datetime | None = None
    entry_id: PydanticObjectId | None = None
    """The answer in the archive."""
    version: int = 1

    class Settings:
        name = "care_tickets"
        indexes: ClassVar = [
            unique(
                "one_open_ticket_per_conversation_and_urgency",
                ("resident_id", ASC),
                ("conversation_id", ASC),
                ("urgency", ASC),
                partialFilterExpression={
                    "open": True,
                    "conversation_id": {"$type": "objectId"},
                },
            ),
            index("tickets_by_resident", ("resident_id", ASC), ("opened_at", DESC), ("_id", DESC)),
            index("tickets_by_stage", ("open", ASC), ("stage", ASC), ("institutions", ASC)),
            index("tickets_by_next_look", ("look_at", ASC), sparse=True),
        ]


DOCUMENTS = (Ticket,)
