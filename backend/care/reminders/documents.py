"""What is stored of reminders. ``words`` is sealed; the rest are codes and times."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId
from pydantic import BaseModel

from backend.care.reminders.limits import ReminderKind
from backend.core.documents import ASC, DESC, ResidentOwned, index, unique


class ReminderState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class OccurrenceState(StrEnum):
    DUE = "due"
    LATER = "later"  # put off
    TAKEN = "taken"  # taken, measured, done
    SKIPPED = "skipped"
    MISSED = "missed"
    UNTOLD = "untold"  # nobody could be told in time: counts for nothing


class Stock(BaseModel):
    """What is left of a medicine, in the unit that ``per_dose`` is counted in."""

    left: float
    per_dose: float
    warn_days: int
    refills: int = 0
    told: bool = False


class ReminderDocument(ResidentOwned):
    kind: ReminderKind
    words: bytes
    subject: str | None = None
    """A kind of measurement, an entry's id, a LOINC code or a vaccine's key."""
    rule: str | None = None
    start: str
    """A day of the place's calendar, YYYY-MM-DD."""
    times: list[str]
    zone: str
    missed_minutes: int
    tell_family: bool = False
    stock: Stock | None = None
    source: str | None = None
    """Who made it, where no person did; at most one reminder of a resident has it."""
    state: ReminderState = ReminderState.ACTIVE
    next_at: datetime | None
    """The next time it falls due; only ever moves on."""
    look_at: datetime | None
    """When a worker is to look: ``next_at``, or the end of a lease."""
    leased_by: str | None = None
    created_by: PydanticObjectId | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    class Settings:
        name = "reminders"
        indexes: ClassVar = [
            unique(
                "one_reminder_per_source",
                ("resident_id", ASC),
                ("source", ASC),
                partialFilterExpression={"source": {"$type": "string"}},
            ),
            index("reminders_by_time", ("resident_id", ASC), ("created_at", DESC), ("_id", DESC)),
            index(
                "reminders_by_next_look",
                ("look_at", ASC),
                partialFilterExpression={"state": ReminderState.ACTIVE.value},
            ),
        ]


class OccurrenceDocument(ResidentOwned):
    """One time that a reminder fell due."""

    reminder_id: PydanticObjectId
    kind: ReminderKind
    subject: str | None = None
    due_at: datetime
    missed_at: datetime
    """From when on it is missed."""
    state: OccurrenceState
    told: int = 0
    """How often somebody was told."""
    tell_family: bool = False
    later_until: datetime | None = None
    look_at: datetime | None
    leased_by: str | None = None
    answered_at: datetime | None = None
    answered_by: PydanticObjectId | None = None
    version: int = 1

    class Settings:
        name = "reminder_occurrences"
        indexes: ClassVar = [
            unique(
                "one_occurrence_per_reminder_and_time",
                ("resident_id", ASC),
                ("reminder_id", ASC),
                ("due_at", ASC),
            ),
            index("occurrences_by_time", ("resident_id", ASC), ("due_at", DESC), ("_id", DESC)),
            index("occurrences_by_next_look", ("look_at", ASC), sparse=True),
        ]

    @property
    def at(self) -> datetime:
        return self.due_at


DOCUMENTS = (ReminderDocument, OccurrenceDocument)
