"""What happens in measurements. Subscribers: alerts, points, retrieval index, notifications."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.outbox import Event


class ReadingsRecorded(Event):
    name: ClassVar[str] = "readings_recorded"
    reading_ids: tuple[ObjectId, ...]


class ReadingCorrected(Event):
    name: ClassVar[str] = "reading_corrected"
    reading_id: PydanticObjectId
    version: int


class ReadingWithdrawn(Event):
    name: ClassVar[str] = "reading_withdrawn"
    reading_id: PydanticObjectId


class AlertRaised(Event):
    name: ClassVar[str] = "alert_raised"
    alert_id: PydanticObjectId
    level: str
