"""Files into a report of their own, or at the end of one that is there."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from backend.core.database import Raw, Session
from backend.measurements.reading import RecordedBy
from backend.reports.documents import ReportDocument, ReportState
from backend.reports.errors import FILE_ERRORS, ReportNotInState
from backend.reports.limits import PAGES

OPEN = frozenset(
    {ReportState.READING, ReportState.READY, ReportState.FAILED, ReportState.CONFIRMED}
)
"""The states in which a report takes more pages."""


async def append(
    session: Session,
    resident_id: ObjectId,
    report_id: ObjectId,
    files: list[Raw],
    same_as: list[ObjectId],
    now: datetime,
) -> None:
    """Raises ``ReportNotInState`` and ``OCR_TOO_MANY_PAGES``."""
    collection = ReportDocument.get_pymongo_collection()
    here = {"_id": report_id, "resident_id": resident_id}
    raw = await collection.find_one(here, {"state": 1, "files.pages": 1}, session=session)
    if raw is None or raw["state"] not in OPEN:
        raise ReportNotInState(state=raw["state"] if raw else ReportState.DISCARDED.value)
    check_pages(sum(each["pages"] for each in (*raw["files"], *files)))
    await collection.update_one(
        here,
        {
            "$push": {"files": {"$each": files}},
            "$addToSet": {"same_as": {"$each": same_as}},
            "$set": {"state": ReportState.READING.value, "updated_at": now},
            "$inc": {"version": 1},
        },
        session=session,
    )


def check_pages(count: int) -> None:
    """Raises ``OCR_TOO_MANY_PAGES``."""
    if count > PAGES:
        raise FILE_ERRORS["OCR_TOO_MANY_PAGES"](pages=count, limit=PAGES)


def report_raw(
    report_id: ObjectId,
    resident_id: ObjectId,
    files: list[Raw],
    same_as: list[ObjectId],
    by: RecordedBy,
    now: datetime,
) -> Raw:
    return {
        "_id": report_id,
        "resident_id": resident_id,
        "state": ReportState.READING.value,
        "files": files,
        "reading": None,
        "corrections": [],
        "same_as": same_as,
        "links": [],
        "confirmed_by": None,
        "confirmed_at": None,
        "recorded_by": by.to_raw(),
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
