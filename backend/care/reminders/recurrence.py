"""When a reminder falls due: RFC 5545 recurrence on the wall clock of a place. Pure.

The rule gives days, ``times`` the times of each. A wall time that a change of clocks skips is
taken with the offset before the change, one that comes twice is the first (RFC 5545, 3.3.5).
Days are computed by dateutil; what makes its search long (rules that nearly never match) is
refused by their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrule, rrulestr  # type: ignore[import-untyped]

from backend.care.reminders.errors import ReminderRuleInvalid
from backend.care.reminders.limits import limits

_PART = re.compile(r"[A-Z]+=[A-Z0-9,+\-]+", re.ASCII)
_PARTS = {
    "DAILY": {"INTERVAL", "BYDAY"},
    "WEEKLY": {"INTERVAL", "BYDAY", "WKST"},
    "MONTHLY": {"INTERVAL", "BYMONTHDAY", "BYDAY", "BYSETPOS"},
    "YEARLY": {"INTERVAL", "BYMONTH", "BYMONTHDAY"},
}
_ALWAYS = {"FREQ", "COUNT", "UNTIL"}
_LONGEST = 366  # INTERVAL and COUNT
_DAYS_OF = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HORIZON = timedelta(days=366 * 10)
_UNTIL = re.compile(r"[0-9]{8}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """``rule`` is an RRULE without DTSTART (UNTIL as a date); None falls on ``start`` only."""

    start: date
    times: tuple[time, ...]
    zone: str
    rule: str | None = None

    def next_after(self, instant: datetime) -> datetime | None:
        """The first time strictly after ``instant``, in UTC; None where there is none."""
        return next(self.after(instant), None)

    def after(self, instant: datetime) -> Iterator[datetime]:
        """Every time strictly after ``instant``, in order, for ten years."""
        zone = ZoneInfo(self.zone)
        first = instant.astimezone(zone).date() - timedelta(days=1)
        last = first + _HORIZON
        for day in self._days(first, last):
            # Sorted by instant: a change of clocks can turn two wall times round.
            walls = (datetime.combine(day, each, zone).astimezone(UTC) for each in self.times)
            for due in sorted(set(walls)):
                if due > instant:
                    yield due

    def _days(self, first: date, last: date) -> Iterator[date]:
        if self.rule is None:
            if first <= self.start <= last:
                yield self.start
            return
        rule: rrule = rrulestr(self.rule, dtstart=datetime.combine(self.start, time()))
        for each in rule.xafter(datetime.combine(first, time()), inc=True):
            if each.date() > last:
                return
            yield each.date()


def checked_zone(name: str) -> str:
    """Raises ``ReminderRuleInvalid``."""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ReminderRuleInvalid(reason="time zone") from None


def checked_rule(rule: str) -> str:
    """The rule in capitals, without the name before it. Raises ``ReminderRuleInvalid``."""
    rule = rule.strip().upper().removeprefix("RRULE:").rstrip(";")
    if not rule or len(rule) > limits()["rule"]:
        raise ReminderRuleInvalid(reason="length")
    parts: dict[str, str] = {}
    for each in rule.split(";"):
        name, _, value = each.partition("=")
        if _PART.fullmatch(each) is None or name in parts:
            raise ReminderRuleInvalid(reason=each[:20])
        parts[name] = value
    allowed = _PARTS.get(parts.get("FREQ", ""))
    if allowed is None:
        raise ReminderRuleInvalid(reason="FREQ")
    strange = parts.keys() - allowed - _ALWAYS
    if strange:
        raise ReminderRuleInvalid(reason=sorted(strange)[0])
    _check_numbers(parts)
    try:
        rrulestr(rule, dtstart=datetime(2026, 1, 1))  # noqa: DTZ001  wall time, as RFC 5545 has it
    except (ValueError, TypeError, KeyError, IndexError):
        raise ReminderRuleInvalid(reason="value") from None
    return rule


def _check_numbers(parts: dict[str, str]) -> None:
    for name in ("INTERVAL", "COUNT"):
        value = parts.get(name, "1")
        if not value.isdecimal() or not 1 <= int(value) <= _LONGEST:
            raise ReminderRuleInvalid(reason=name)
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise ReminderRuleInvalid(reason="COUNT, UNTIL")
    if "UNTIL" in parts and _UNTIL.fullmatch(parts["UNTIL"]) is None:
        raise ReminderRuleInvalid(reason="UNTIL")
    if parts["FREQ"] == "YEARLY" and not {"BYMONTH", "BYMONTHDAY"} <= parts.keys():
        raise ReminderRuleInvalid(reason="BYMONTH, BYMONTHDAY")
    _check_days(parts)


def _check_days(parts: dict[str, str]) -> None:
    """A day that no month of the rule has would be looked for until the end of the calendar."""
    try:
        days = [int(each) for each in parts.get("BYMONTHDAY", "1").split(",")]
        months = [int(each) for each in parts.get("BYMONTH", "1").split(",")]
        longest = max(_DAYS_OF[each - 1] if each > 0 else 0 for each in months)
        places = [int(each) for each in parts.get("BYSETPOS", "1").split(",")]
    except (ValueError, IndexError):
        raise ReminderRuleInvalid(reason="value") from None
    if not all(1 <= abs(each) <= 31 for each in days) or min(map(abs, days)) > longest:
        raise ReminderRuleInvalid(reason="BYMONTHDAY")
    if not all(1 <= abs(each) <= 5 for each in places):
        raise ReminderRuleInvalid(reason="BYSETPOS")
    if {"BYMONTHDAY", "BYDAY"} <= parts.keys() or ("BYSETPOS" in parts and "BYDAY" not in parts):
        raise ReminderRuleInvalid(reason="BYDAY")
    for each in parts.get("BYDAY", "MO").split(","):
        form = r"[+-]?[1-4]?(MO|TU|WE|TH|FR|SA|SU)" if parts["FREQ"] == "MONTHLY" else r"[A-Z]{2}"
        if re.fullmatch(form, each, re.ASCII) is None:
            raise ReminderRuleInvalid(reason="BYDAY")
