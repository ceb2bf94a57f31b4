"""What of an upload is here already: the same file, or a page that looks the same."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.reports.documents import ReportDocument, ReportState
from backend.reports.files import Fresh
from backend.reports.limits import SAME_PAGE_REPORTS
from backend.reports.lookalikes import looks_alike
from backend.reports.report import seen_in


async def homes_of(resident_id: ObjectId, marks: Sequence[bytes]) -> dict[bytes, Raw]:
    """By mark the report (``_id``, ``state``) that holds a file of this content."""
    query = {"resident_id": resident_id, "files.mark": {"$in": list(marks)}}
    shown = {"files.mark": 1, "state": 1}
    found: dict[bytes, Raw] = {}
    async for raw in ReportDocument.get_pymongo_collection().find(query, shown):
        found |= {bytes(file["mark"]): raw for file in raw["files"]}
    return {mark: raw for mark, raw in found.items() if mark in set(marks)}


async def resembling(
    resident_id: ObjectId, fresh: Sequence[Fresh], key: OwnerKey, *, but: ObjectId | None
) -> set[ObjectId]:
    """Reports other than ``but`` with a page that looks like one of the new ones."""
    mine = [page.phash for each in fresh for page in each.file.pages]
    found: set[ObjectId] = set()
    rows = ReportDocument.get_pymongo_collection().find(
        {"resident_id": resident_id, "state": {"$ne": ReportState.DISCARDED.value}},
        {"files": 1},
    )
    async for raw in rows.sort([("created_at", -1)]).limit(SAME_PAGE_REPORTS):
        theirs = [
            page["phash"]
            for file in raw["files"]
            for page in seen_in(file, raw["_id"], key)["pages"]
        ]
        if raw["_id"] != but and looks_alike(mine, theirs):
            found.add(raw["_id"])
    return found
