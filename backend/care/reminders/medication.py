"""From a medication of the archive to a reminder: the times that its instruction says."""

from __future__ import annotations

from datetime import date, time

from backend.archive.entry import Entry
from backend.archive.sections import MedicationBody
from backend.archive.sections.medication import PeriodUnit, Schedule, Weekday
from backend.care.reminders.errors import ScheduleUnclear
from backend.care.reminders.limits import ReminderKind, limits, medication_times
from backend.care.reminders.reminder import ReminderDraft

_DAYS = {day: day.value[:2].upper() for day in Weekday}
_FREQ = {PeriodUnit.DAY: "DAILY", PeriodUnit.WEEK: "WEEKLY", PeriodUnit.MONTH: "MONTHLY"}


def draft_of(entry: Entry, today: date, zone: str) -> ReminderDraft:
    """From today on, until the instruction's own end. Raises ``ScheduleUnclear``."""
    body = entry.body
    schedule = (
        body.dosages[0].schedule if isinstance(body, MedicationBody) and body.dosages else None
    )
    if not isinstance(body, MedicationBody) or schedule is None or body.dosages[0].as_needed:
        raise ScheduleUnclear
    end = schedule.end or body.end
    rule = _rule(schedule) + (f";UNTIL={end.start():%Y%m%d}" if end else "")
    return ReminderDraft(
        kind=ReminderKind.MEDICATION,
        title=(body.name.label or "")[: limits()["title"]],
        times=_times(schedule),
        start=today,
        rule=rule,
        zone=zone,
        subject=str(entry.id),
    )


def _times(schedule: Schedule) -> tuple[time, ...]:
    if schedule.times_of_day:
        return tuple(
            time.fromisoformat(str(each)).replace(microsecond=0) for each in schedule.times_of_day
        )
    daily = schedule.period_unit is PeriodUnit.DAY and schedule.period == 1
    found = medication_times(schedule.frequency or 1 if daily else 1)
    if found is None:
        raise ScheduleUnclear
    return found


def _rule(schedule: Schedule) -> str:
    """Days only. More often than daily, or by hours, is ``ScheduleUnclear``."""
    if schedule.days_of_week:
        return "FREQ=WEEKLY;BYDAY=" + ",".join(_DAYS[each] for each in schedule.days_of_week)
    freq = _FREQ.get(schedule.period_unit) if schedule.period_unit else None
    period = schedule.period
    if freq is None or period is None or period != int(period) or period < 1:
        raise ScheduleUnclear
    many = (schedule.frequency or 1) > 1
    if many and not (freq == "DAILY" and period == 1):
        raise ScheduleUnclear
    return f"FREQ={freq};INTERVAL={int(period)}"
