"""What was read, as a part of the download of everything."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from backend.identity.viewer import Viewer
from content.library import Library
from content.reading.record import Record
from content.reading.records import Records

_TIMES = ("opened_at", "read_at", "passed_at")


async def exported(
    records: Records, library: Library, viewer: Viewer, resident_id: ObjectId
) -> list[dict[str, Any]]:
    """Every piece that the resident met, oldest first, as plain JSON. Raises ``AccessDenied``."""
    titles = {each.slug: each.front.title for each in library.pieces}
    found = await records.everything(viewer, resident_id)
    return [_plain(each, titles.get(each.slug)) for each in found]


def _plain(record: Record, title: str | None) -> dict[str, Any]:
    times = {name: getattr(record, name) for name in _TIMES}
    return {
        "article": record.slug,
        "title": title,
        "shown_days": record.shown,
        **{name: at.isoformat() if at else None for name, at in times.items()},
        "dwell_seconds": record.dwell,
        "scroll": record.scroll,
        "feedback": record.feedback.value if record.feedback else None,
    }
