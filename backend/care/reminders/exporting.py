"""The download's part: every reminder, and what became of each time it fell due."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from bson import ObjectId

from backend.care.reminders.documents import OccurrenceDocument, ReminderDocument
from backend.care.reminders.reminder import Reminder, from_raw
from backend.care.reminders.reminders import Reminders
from backend.core.container import Core
from backend.core.database import Raw
from backend.identity.viewer import Viewer


class ReminderRows:
    def __init__(self, core: Core, reminders: Reminders) -> None:
        self._core = core
        self._reminders = reminders

    async def exported(self, viewer: Viewer, resident_id: ObjectId) -> list[dict[str, Any]]:
        """Plain rows of granted kinds, oldest first. Raises ``AccessDenied``."""
        kinds = await self._reminders.granted(viewer, resident_id)
        query: Raw = {"resident_id": resident_id, "kind": {"$in": kinds}}
        raws = ReminderDocument.get_pymongo_collection().find(query).sort("created_at", 1)
        found = await raws.to_list()
        if not found:
            return []
        times: dict[ObjectId, list[dict[str, Any]]] = defaultdict(list)
        async for each in OccurrenceDocument.find(query).sort("due_at"):
            times[each.reminder_id].append(_time(each))
        key = await self._core.keyring.key(resident_id)
        return [_row(from_raw(each, key), times[each["_id"]]) for each in found]


def _row(reminder: Reminder, times: list[dict[str, Any]]) -> dict[str, Any]:
    draft = reminder.draft
    return {
        "kind": draft.kind.value,
        "title": draft.title,
        "note": draft.note,
        "times": [each.isoformat("minutes") for each in draft.times],
        "start": draft.start.isoformat(),
        "rule": draft.rule,
        "time_zone": draft.zone,
        "subject": draft.subject,
        "tell_family": draft.tell_family,
        "stock_left": reminder.stock.left if reminder.stock else None,
        "state": reminder.state.value,
        "occurrences": times,
    }


def _time(each: OccurrenceDocument) -> dict[str, Any]:
    return {
        "due_at": each.due_at.isoformat(),
        "state": each.state.value,
        "answered_at": each.answered_at.isoformat() if each.answered_at else None,
    }
