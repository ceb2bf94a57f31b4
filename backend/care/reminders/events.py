"""What happens with reminders: ids and codes. Subscribers: points, plans."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class OccurrenceAnswered(Event):
    """``state`` is ``taken`` or ``skipped``; an answer may change."""

    name: ClassVar[str] = "reminder_answered"
    reminder_id: PydanticObjectId
    occurrence_id: PydanticObjectId
    kind: str
    state: str


class OccurrenceMissed(Event):
    name: ClassVar[str] = "reminder_missed"
    reminder_id: PydanticObjectId
    occurrence_id: PydanticObjectId
    kind: str
