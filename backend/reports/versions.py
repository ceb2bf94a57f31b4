"""A report's next version, written only over the one that was read."""

from __future__ import annotations

from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile
from backend.reports.documents import ReportDocument
from backend.reports.report import Report


async def change_report(session: Session, report: Report, changes: Raw) -> None:
    """The next version. Raises ``ChangedMeanwhile``."""
    result = await ReportDocument.get_pymongo_collection().update_one(
        {"_id": report.id, "resident_id": report.resident_id, "version": report.version},
        {"$set": changes, "$inc": {"version": 1}},
        session=session,
    )
    if result.matched_count == 0:
        raise ChangedMeanwhile
