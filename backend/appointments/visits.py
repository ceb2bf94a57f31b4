"""The reminder of a visit, and the reminder that a visit answers."""

from __future__ import annotations

import contextlib
from datetime import time, timedelta

from bson import ObjectId

from backend.appointments.documents import AppointmentState
from backend.appointments.events import AttendanceRecorded
from backend.appointments.services import ServiceKind, limits
from backend.appointments.stored import appointments
from backend.care.reminders.documents import (
    OccurrenceDocument,
    OccurrenceState,
    ReminderDocument,
)
from backend.care.reminders.errors import (
    OccurrenceSettled,
    ReminderChanged,
    ReminderNeverDue,
    ReminderNotFound,
)
from backend.care.reminders.occurrences import Occurrences
from backend.care.reminders.reminder import ReminderDraft
from backend.care.reminders.reminders import Reminders
from backend.core.clock import SHANGHAI
from backend.core.database import Raw, Session

_UNANSWERED = [
    OccurrenceState.DUE.value,
    OccurrenceState.LATER.value,
    OccurrenceState.MISSED.value,
]


class VisitReminders:
    def __init__(self, reminders: Reminders, occurrences: Occurrences) -> None:
        self._reminders = reminders
        self._occurrences = occurrences

    async def known(self, resident_id: ObjectId, reminder_id: ObjectId) -> None:
        """Raises ``ReminderNotFound``."""
        query = {"resident_id": resident_id, "_id": reminder_id}
        if await ReminderDocument.find_one(query) is None:
            raise ReminderNotFound

    async def booked(self, session: Session, raw: Raw) -> None:
        """Reminds on the day before; of a visit moved or booked too late for that, nothing."""
        await self.cancelled(session, raw)
        # What was ended stays ended under its source: a visit that is moved takes another.
        source = f"{_source(raw['_id'])}{raw['version']}"
        with contextlib.suppress(ReminderNeverDue):
            await self._reminders.put(
                raw["resident_id"], draft_of(raw), source=source, session=session
            )

    async def cancelled(self, session: Session, raw: Raw) -> None:
        source = _source(raw["_id"])
        await self._reminders.withdraw(raw["resident_id"], source=source, session=session)

    async def on_attendance(self, event: AttendanceRecorded, entry_id: ObjectId) -> None:
        """Who was there has answered the reminder; the same event again changes nothing."""
        query = {"resident_id": event.resident_id, "_id": event.appointment_id}
        raw = await appointments().find_one(query)
        if raw is None or raw["state"] != AppointmentState.FULFILLED:
            return
        wanted = {
            "resident_id": event.resident_id,
            "reminder_id": {"$in": await self._answered_by(raw)},
            "state": {"$in": _UNANSWERED},
        }
        for each in await OccurrenceDocument.find(wanted).to_list():
            try:
                by = raw["institution_id"]
                await self._occurrences.settle(each, OccurrenceState.TAKEN, by=by)
            except (OccurrenceSettled, ReminderChanged):  # too old, or answered meanwhile
                continue

    async def _answered_by(self, raw: Raw) -> list[ObjectId]:
        """The visit's own reminders, and the one that it was booked for."""
        source = _source(raw["_id"])
        query = {
            "resident_id": raw["resident_id"],
            "source": {"$gte": source, "$lt": source + "\uffff"},
        }
        rows = ReminderDocument.get_pymongo_collection().find(query, {"_id": 1})
        own = [each["_id"] async for each in rows]
        return own if raw["reminder_id"] is None else [*own, raw["reminder_id"]]


def _source(appointment_id: ObjectId) -> str:
    return f"appointment:{appointment_id}:"


def draft_of(raw: Raw) -> ReminderDraft:
    kind = ServiceKind(raw["kind"])
    start = raw["start"].astimezone(SHANGHAI)
    return ReminderDraft(
        kind=kind.reminder,
        title=f"{start:%m-%d %H:%M} {kind.zh}",
        times=(time.fromisoformat(limits()["remind_at"]),),
        start=start.date() - timedelta(days=1),
        missed_after=timedelta(hours=24),
        subject=str(raw["_id"]),
    )
