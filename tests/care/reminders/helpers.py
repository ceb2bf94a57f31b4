"""Reminders and workers as tests need them."""

from __future__ import annotations

from datetime import date, time

from bson import ObjectId

from backend.care.reminders.documents import OccurrenceDocument
from backend.care.reminders.limits import ReminderKind
from backend.care.reminders.reminder import Reminder, ReminderDraft, StockDraft
from backend.identity.viewer import Viewer
from backend.services import Services
from tests.factories import a_key

DAILY = "FREQ=DAILY"


def a_draft(
    *times: str,
    kind: ReminderKind = ReminderKind.MEDICATION,
    rule: str | None = DAILY,
    title: str = "氨氯地平",
    start: str = "2026-11-21",
    tell_family: bool = False,
    subject: str | None = None,
    stock: StockDraft | None = None,
) -> ReminderDraft:
    return ReminderDraft(
        kind=kind,
        title=title,
        times=tuple(map(time.fromisoformat, times or ("12:00",))),
        start=date.fromisoformat(start),
        rule=rule,
        tell_family=tell_family,
        subject=subject,
        stock=stock,
    )


async def a_reminder(
    services: Services, viewer: Viewer, resident_id: ObjectId, draft: ReminderDraft | None = None
) -> Reminder:
    return await services.reminders.reminders.create(
        viewer, resident_id, draft or a_draft(), idempotency_key=a_key()
    )


async def occurrences(resident_id: ObjectId) -> list[OccurrenceDocument]:
    found = OccurrenceDocument.find({"resident_id": resident_id})
    return await found.sort("due_at").to_list()
