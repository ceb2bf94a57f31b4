"""What is left of a medicine, and saying so before it is too late."""

from __future__ import annotations

from datetime import timedelta
from itertools import takewhile
from typing import Any

from bson import ObjectId

from backend.care.reminders.documents import OccurrenceDocument, OccurrenceState, ReminderDocument
from backend.care.reminders.limits import ReminderKind
from backend.care.reminders.reminder import recurrence_of
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.notifications.kinds import Urgency
from backend.notifications.recipients import Recipients
from backend.notifications.telling import Occasion, Telling


class Stocks:
    def __init__(self, core: Core, telling: Telling, recipients: Recipients) -> None:
        self._core = core
        self._telling = telling
        self._recipients = recipients

    async def count(
        self, before: OccurrenceDocument, state: OccurrenceState, session: Session
    ) -> None:
        """Take one dose off, or put it back where the answer was corrected."""
        taken = state is OccurrenceState.TAKEN
        if not taken and before.state is not OccurrenceState.TAKEN:
            return
        place = {"resident_id": before.resident_id, "_id": before.reminder_id}
        sign = -1 if taken else 1
        left = {"$add": ["$stock.left", {"$multiply": [sign, "$stock.per_dose"]}]}
        raw = await _reminders().find_one_and_update(
            {**place, "stock": {"$type": "object"}},
            [{"$set": {"stock.left": {"$max": [0, left]}}}],
            return_document=True,
            session=session,
        )
        if raw is not None and taken and not raw["stock"]["told"] and self._low(raw):
            await _reminders().update_one(place, {"$set": {"stock.told": True}}, session=session)
            await self._telling.tell(session, [await self._occasion(raw)])

    def _low(self, raw: Raw) -> bool:
        """Whether what is left does not last for the days that are warned of."""
        now = self._core.clock.now()
        stock = raw["stock"]
        end = now + timedelta(days=stock["warn_days"])
        coming = takewhile(lambda due: due <= end, recurrence_of(raw).after(now))
        return bool(sum(1 for _ in coming) * stock["per_dose"] > stock["left"])

    async def _occasion(self, raw: Raw) -> Occasion:
        resident_id: ObjectId = raw["resident_id"]
        relations = await self._recipients.relations([resident_id])
        return Occasion(
            key=f"stock:{raw['_id']}:{raw['stock']['refills']}",
            resident_id=resident_id,
            accounts=self._recipients.own(relations.get(resident_id, [])),
            text="reminder_stock",
            topic="reminders",
            urgency=Urgency.IMPORTANT,
            category=ReminderKind.MEDICATION.category,
            about=("Reminder", raw["_id"]),
        )


def _reminders() -> Any:
    return ReminderDocument.get_pymongo_collection()
