"""Which answers reach the family doctor by rule, and what is handed over with them."""

from __future__ import annotations

from bson import ObjectId

from backend.access.categories import Category
from backend.access.relations import Relation
from backend.care.documents import TicketReason, TicketUrgency
from backend.care.opening import Question
from backend.care.words import Evidence
from bot.assistant.answer import Answer, Outcome, Urgency
from bot.assistant.composing.wording import phrase
from bot.assistant.stored.documents import TurnOutcome
from bot.assistant.stored.limits import limits
from bot.assistant.stored.phrases import say
from bot.assistant.stored.turn import TurnWords

_NOT_FOR_DOCTORS = ("reason_other", "reason_system")
"""Other people's records, and attempts on the assistant itself: nothing a doctor could answer."""


def reason_of(
    outcome: TurnOutcome, answer: Answer | None, language: str, unanswered: int
) -> tuple[TicketReason, TicketUrgency] | None:
    """Why and how urgently the doctor is asked; None where they are not.

    ``unanswered`` counts the questions in a row that found no answer, this one included.
    """
    escalation = answer.escalation if answer is not None else None
    if answer is not None and answer.outcome is Outcome.EMERGENCY:
        return TicketReason.EMERGENCY, TicketUrgency.EMERGENCY
    if outcome is TurnOutcome.NOT_GRANTED:
        return None
    if escalation is not None and escalation.reason not in _ignored(language):
        if escalation.urgency is Urgency.URGENT:
            return TicketReason.URGENT, TicketUrgency.URGENT
        return TicketReason.DECLINED, TicketUrgency(escalation.urgency.value)
    if outcome is TurnOutcome.NOT_FOUND and unanswered >= limits().unanswered:
        return TicketReason.UNANSWERED, TicketUrgency.ROUTINE
    return None


def question_for_doctor(
    words: TurnWords,
    reason: tuple[TicketReason, TicketUrgency],
    *,
    resident_id: ObjectId,
    relation: Relation,
    asked_by: ObjectId,
    categories: frozenset[Category],
    conversation_id: ObjectId,
    turn_id: ObjectId,
    discreet: bool,
) -> Question:
    """The question with the assistant's draft and the evidence it rests on."""
    return Question(
        resident_id=resident_id,
        relation=relation,
        asked_by=asked_by,
        text=words.question,
        reason=reason[0],
        urgency=reason[1],
        categories=categories,
        draft=draft_of(words),
        evidence=tuple(Evidence(**each.model_dump()) for each in words.citations),
        conversation_id=conversation_id,
        turn_id=turn_id,
        discreet=discreet,
    )


def draft_of(words: TurnWords) -> str | None:
    """The answer as a doctor could send it on: without what it says of asking the doctor."""
    text = words.text
    for said in (
        phrase(words.language, "offer_doctor"),
        phrase(words.language, "ask_doctor"),
        say(words.language, "asked_doctor"),
    ):
        text = text.replace(said, "")
    return text.strip() or None


def _ignored(language: str) -> set[str]:
    return {phrase(language, key) for key in _NOT_FOR_DOCTORS}
