"""What happens to reports. Subscribers: points, retrieval index, notifications."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class ReportReceived(Event):
    name: ClassVar[str] = "report_received"
    report_id: PydanticObjectId


class ReportRead(Event):
    """Ready for review, or ``failed`` with a code."""

    name: ClassVar[str] = "report_read"
    report_id: PydanticObjectId
    failed: str | None = None


class ReportConfirmed(Event):
    """``abnormal``: entries whose result lies outside the report's own range."""

    name: ClassVar[str] = "report_confirmed"
    report_id: PydanticObjectId
    entry_ids: tuple[PydanticObjectId, ...] = ()
    reading_ids: tuple[PydanticObjectId, ...] = ()
    abnormal: tuple[PydanticObjectId, ...] = ()


class ReportWithdrawn(Event):
    """Everything that came from it counts no more."""

    name: ClassVar[str] = "report_withdrawn"
    report_id: PydanticObjectId
