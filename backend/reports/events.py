"""What happens to reports. Subscribers: alerts, points, notifications."""

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


class ResultsOutside(Event):
    """A confirmed report gives reason to tell somebody: ``level`` as of alerts (1 to 3)."""

    name: ClassVar[str] = "results_outside"
    report_id: PydanticObjectId
    level: str
