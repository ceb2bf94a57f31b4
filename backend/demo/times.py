"""What can be booked at the clinic: the next two weeks' times, each published once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from backend.appointments.schedule import NewSchedule, NewSlot, Schedule
from backend.appointments.services import ServiceKind
from backend.appointments.stored import slots
from backend.core.clock import SHANGHAI
from backend.demo.tables import table
from backend.identity.viewer import Viewer
from backend.services import Services

_MOST_SCHEDULES = 100


async def ensure_times(services: Services, clinic: Viewer) -> int:
    """The days that are not published yet, from tomorrow on; how many times these were.

    Later starts go on after the last day there is: a time that was withdrawn stays away.
    """
    clinics, raw = services.appointments.clinics, table("times")
    known = {
        each.title: each for each in (await clinics.schedules(clinic, first=_MOST_SCHEDULES)).items
    }
    today = services.core.clock.now().astimezone(SHANGHAI).date()
    new = 0
    for each in raw["schedule"]:
        schedule = known.get(each["title"]) or await clinics.create(
            clinic, _schedule(each), idempotency_key=f"demo-schedule-{each['title']}"
        )
        after = max(today, await _last_day(schedule) or today)
        missing = list(_times(each, after, today + timedelta(days=raw["days_ahead"])))
        if missing:
            key = f"demo-times-{each['title']}-{after}"
            await clinics.publish(clinic, schedule.id, missing, idempotency_key=key)
        new += len(missing)
    return new


async def _last_day(schedule: Schedule) -> date | None:
    last = await slots().find_one({"schedule_id": schedule.id}, sort=[("start", -1)])
    start: datetime | None = last["start"] if last else None
    return start.astimezone(SHANGHAI).date() if start else None


def _schedule(raw: dict[str, Any]) -> NewSchedule:
    return NewSchedule(
        kind=ServiceKind(raw["kind"]),
        title=raw["title"],
        place=raw["place"],
        note=raw.get("note"),
        topics=tuple(raw["topics"]),
    )


def _times(raw: dict[str, Any], after: date, until: date) -> Iterator[NewSlot]:
    length = timedelta(minutes=raw["minutes"])
    for number in range(1, (until - after).days + 1):
        day = after + timedelta(days=number)
        for text in raw["starts"] if day.isoweekday() in raw["weekdays"] else ():
            start = datetime.combine(day, time.fromisoformat(text), SHANGHAI)
            yield NewSlot(start=start, end=start + length, capacity=raw["capacity"])
