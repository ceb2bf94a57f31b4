"""What happens with questions to the doctor: ids and codes only, for who tells people."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class TicketEvent(Event):
    name: ClassVar[str] = "ticket"
    ticket_id: PydanticObjectId
    urgency: str


class TicketOpened(TicketEvent):
    """``stage`` says who is asked. An emergency is also told to those who receive alerts, unless
    it is ``discreet``: who hurts somebody may be among them."""

    name: ClassVar[str] = "ticket_opened"
    stage: str
    reason: str
    discreet: bool = False


class TicketReminded(TicketEvent):
    """Part of the time is over and nobody answered."""

    name: ClassVar[str] = "ticket_reminded"
    stage: str


class TicketEscalated(TicketEvent):
    """More people are asked now."""

    name: ClassVar[str] = "ticket_escalated"
    stage: str


class TicketOverdue(TicketEvent):
    name: ClassVar[str] = "ticket_overdue"
    stage: str


class TicketAskedBack(TicketEvent):
    name: ClassVar[str] = "ticket_asked_back"
    doctor_id: PydanticObjectId


class TicketReplied(TicketEvent):
    """The resident's side said what was asked back; to the doctor who asked."""

    name: ClassVar[str] = "ticket_replied"
    doctor_id: PydanticObjectId | None


class TicketAnswered(TicketEvent):
    """Answered, or referred."""

    name: ClassVar[str] = "ticket_answered"
    doctor_id: PydanticObjectId
    entry_id: PydanticObjectId
    state: str
