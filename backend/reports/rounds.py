"""Reasons to read a report: the first, and every further one. The worker's side is ``queue``."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from backend.core.database import Raw, Session
from backend.reports.documents import JobState, ReportJob, Step


def first_round(report_id: ObjectId, resident_id: ObjectId, pages: int, now: datetime) -> Raw:
    return {
        "_id": report_id,
        "resident_id": resident_id,
        "state": JobState.PENDING.value,
        "round": 1,
        "attempts": 0,
        "available_at": now,
        "leased_by": None,
        "pages": pages,
        "steps": [{"step": Step.RECEIVED.value, "page": None, "at": now}],
        "failure": None,
        "updated_at": now,
    }


async def queue_again(
    session: Session,
    resident_id: ObjectId,
    report_id: ObjectId,
    now: datetime,
    *,
    more_pages: int = 0,
) -> None:
    """Another round of reading; one that runs now will find that it is no longer asked for."""
    received = {"step": Step.RECEIVED.value, "page": None, "at": now}
    await ReportJob.get_pymongo_collection().update_one(
        {"_id": report_id, "resident_id": resident_id},
        {
            "$set": {
                "state": JobState.PENDING.value,
                "available_at": now,
                "attempts": 0,
                "leased_by": None,
                "steps": [received],
                "failure": None,
                "updated_at": now,
            },
            "$inc": {"round": 1, "pages": more_pages},
        },
        session=session,
    )
