"""The room put together."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bson import ObjectId

from backend.access.service import Access
from backend.archive.entries import Entries
from backend.archive.residents import Residents
from backend.care.reminders.exporting import ReminderRows
from backend.care.reminders.medication import draft_of
from backend.care.reminders.occurrences import Occurrences
from backend.care.reminders.recurrence import checked_zone
from backend.care.reminders.reminder import ReminderDraft
from backend.care.reminders.reminders import Reminders
from backend.care.reminders.stock import Stocks
from backend.care.reminders.suggesting import Suggesting
from backend.care.reminders.worker import ReminderWorker
from backend.core.clock import SHANGHAI, Clock
from backend.core.container import Core
from backend.identity.viewer import Viewer
from backend.notifications.wiring import Notifications


@dataclass(frozen=True, slots=True)
class ReminderServices:
    """What GraphQL, plans, the bot and the worker stand on."""

    reminders: Reminders
    occurrences: Occurrences
    suggesting: Suggesting
    worker: ReminderWorker
    rows: ReminderRows
    entries: Entries
    clock: Clock

    async def of_medication(
        self, viewer: Viewer, resident_id: ObjectId, entry_id: ObjectId, zone: str = SHANGHAI.key
    ) -> ReminderDraft:
        """What a medication's instruction asks for. Raises ``AccessDenied``, ``EntryNotFound``,
        ``ScheduleUnclear``, ``ReminderRuleInvalid``."""
        today = self.clock.now().astimezone(ZoneInfo(checked_zone(zone))).date()
        return draft_of(await self.entries.get(viewer, resident_id, entry_id), today, zone)


def build_reminders(
    core: Core, access: Access, residents: Residents, entries: Entries, room: Notifications
) -> ReminderServices:
    reminders = Reminders(core, access)
    stocks = Stocks(core, room.telling, room.recipients)
    occurrences = Occurrences(core, access, reminders, room.telling, stocks)
    return ReminderServices(
        reminders=reminders,
        occurrences=occurrences,
        suggesting=Suggesting(core, residents, reminders, occurrences),
        worker=ReminderWorker(core, room.telling, room.recipients),
        rows=ReminderRows(core, reminders),
        entries=entries,
        clock=core.clock,
    )
