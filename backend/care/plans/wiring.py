"""The room put together."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from backend.access.service import Access
from backend.archive.added import added
from backend.archive.events import EntriesAdded
from backend.archive.residents import Residents
from backend.care.opening import Opening
from backend.care.plans.birthdays import Birthdays
from backend.care.plans.book import Book, book
from backend.care.plans.days import Days
from backend.care.plans.deciding import Deciding
from backend.care.plans.facts import CHECKED, Archive
from backend.care.plans.goals import Goals
from backend.care.plans.learning import Learning
from backend.care.plans.looking import Looking
from backend.care.plans.measuring import Measuring
from backend.care.plans.progress import Progressing
from backend.care.plans.proposing import Proposing
from backend.care.plans.revising import Revising
from backend.care.plans.scheduling import Scheduling
from backend.care.plans.weekly import WeeklyWorker
from backend.care.reminders.reminders import Reminders
from backend.core.container import Core
from backend.core.outbox import Event
from backend.measurements.overrides import Overrides
from backend.measurements.people import People


@dataclass(frozen=True, slots=True)
class CarePlans:
    """What GraphQL, the worker and the composition root stand on."""

    book: Book
    proposing: Proposing
    deciding: Deciding
    looking: Looking
    progressing: Progressing
    learning: Learning
    scheduling: Scheduling
    days: Days
    worker: WeeklyWorker
    birthdays: Birthdays

    async def on_duty_done(self, event: Event, _: ObjectId) -> None:
        """``EntryChanged`` and the like: what was done may be due at another time now."""
        await self.scheduling.renew(event.resident_id)

    async def on_entries(self, event: EntriesAdded, _: ObjectId) -> None:
        """What was checked is due later now."""
        if await added(event, CHECKED):
            await self.scheduling.renew(event.resident_id)


def build_care_plans(
    core: Core,
    access: Access,
    residents: Residents,
    reminders: Reminders,
    overrides: Overrides,
    people: People,
    opening: Opening,
) -> CarePlans:
    """Raises ``PathwayFileInvalid``: nothing starts with a pathway that is wrong."""
    pathways = book()
    archive = Archive(core, residents)
    scheduling = Scheduling(core, reminders, archive)
    revising = Revising(core, scheduling)
    measuring = Measuring(overrides, people)
    looking = Looking(core, access, pathways)
    proposing = Proposing(core, pathways, archive, revising)
    return CarePlans(
        book=pathways,
        proposing=proposing,
        deciding=Deciding(core, access, pathways, revising, overrides),
        looking=looking,
        learning=Learning(core, access, looking),
        progressing=Progressing(core, access, archive, measuring, scheduling),
        scheduling=scheduling,
        days=Days(core),
        birthdays=Birthdays(core, pathways, residents, proposing),
        worker=WeeklyWorker(
            core, measuring, Goals(archive), revising, scheduling, proposing, opening
        ),
    )
