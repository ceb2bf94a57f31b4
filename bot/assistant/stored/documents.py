"""What is stored of conversations. All words are sealed with the key of whom they are about."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId
from pydantic import BaseModel

from backend.access.categories import Category
from backend.core.documents import ASC, DESC, ResidentOwned, Stored, index, unique


class TurnOutcome(StrEnum):
    """What a turn came to: the engine's outcomes, and two that need a store or a viewer."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    DECLINED = "declined"
    EMERGENCY = "emergency"
    NOT_GRANTED = "not_granted"  # the viewer may not see what was asked for
    UNCLEAR = "unclear"  # asked back, with choices


class Conversation(ResidentOwned):
    """One account's talk beside one resident's record, through one channel."""

    account_id: PydanticObjectId
    channel: str
    began_at: datetime
    last_at: datetime
    turns: int = 0
    unanswered: int = 0
    """Questions in a row that found no answer."""

    class Settings:
        name = "conversations"
        indexes: ClassVar = [
            index(
                "conversations_by_account",
                ("resident_id", ASC),
                ("account_id", ASC),
                ("last_at", DESC),
                ("_id", DESC),
            )
        ]


class Rating(BaseModel):
    """``citation`` is the position of the one that is wrong."""

    helpful: bool
    citation: int | None = None
    at: datetime


class Turn(ResidentOwned):
    """A question and its answer. ``resident_id`` is whom it is about, erased with them."""

    conversation_id: PydanticObjectId
    account_id: PydanticObjectId
    at: datetime
    outcome: TurnOutcome
    urgency: str
    categories: frozenset[Category]
    """What the answer was made of: shown again only to who may still see all of it."""
    words: bytes
    ticket_id: PydanticObjectId | None = None
    rating: Rating | None = None

    class Settings:
        name = "conversation_turns"
        indexes: ClassVar = [
            index(
                "turns_by_conversation",
                ("resident_id", ASC),
                ("conversation_id", ASC),
                ("at", DESC),
                ("_id", DESC),
            )
        ]


class QuestionDay(Stored):
    """How many questions an account asked on a day in Asia/Shanghai."""

    account_id: PydanticObjectId
    day: str
    questions: int
    at: datetime

    class Settings:
        name = "question_days"
        indexes: ClassVar = [
            unique("one_question_count_per_day", ("account_id", ASC), ("day", ASC)),
            index("question_days_expire", ("at", ASC), expireAfterSeconds=3 * 86_400),
        ]


DOCUMENTS = (Conversation, Turn, QuestionDay)
