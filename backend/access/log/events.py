"""What the log tells the other rooms."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class AccessEntryReported(Event):
    """A resident says that an entry should not be there: operators are to look into it."""

    name: ClassVar[str] = "access_entry_reported"
    report_id: PydanticObjectId
    entry_id: PydanticObjectId


class AccessReportAnswered(Event):
    name: ClassVar[str] = "access_report_answered"
    report_id: PydanticObjectId
