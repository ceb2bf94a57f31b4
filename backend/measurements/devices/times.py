"""Times as files write them. What does not exist (24:00, 29 February 2025, month 13) is refused.

Times without offset are read in the caller's zone. A placeholder that devices
write while their clock is not set (1900-01-01, the epochs of Unix, Excel and
classic Mac) is refused too, lest it become the resident's oldest reading.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from backend.measurements.devices.errors import TimeAmbiguous, TimeInvalid, TimePlaceholder

PLACEHOLDERS = frozenset(
    {date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1904, 1, 1), date(1970, 1, 1)}
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAME = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES = [
    re.compile(
        r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    ),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?=\D|$|\d{4}$|\d{6}$)"),
    re.compile(rf"{_NAME}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"),
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]*{_NAME}[\s,-]*(?P<year>\d{{4}})"),
    # With points the day comes first wherever dates are written so.
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"),
    re.compile(r"(?P<first>\d{1,2})[-/](?P<second>\d{1,2})[-/](?P<year>\d{4})"),
]
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_CLOCK = re.compile(
    r"(?P<before>上午|下午|晚上|凌晨|中午|早上|傍晚|am|pm)?\s*"
    r"(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})?\s*分?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?\s*秒?)?\s*(?P<after>am|pm)?\s*"
    r"(?P<offset>z|utc|gmt|[+-]\d{2}:?\d{2})?"
)
_COMPACT_CLOCK = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?")
_AFTERNOON = frozenset({"下午", "晚上", "傍晚", "pm"})
_MORNING = frozenset({"上午", "凌晨", "早上", "am"})


def parse_time(text: str, zone: tzinfo, *, day_first: bool | None, field: str) -> datetime:
    """Date and time of day, or an epoch of 10 or 13 digits.

    Raises ``TimeInvalid``, ``TimeAmbiguous``, ``TimePlaceholder``.
    """
    plain = _plain(text)
    if _EPOCH.fullmatch(plain):
        return from_epoch(int(plain) / (1000 if len(plain) == 13 else 1), zone, field=field)
    day, rest = _date(plain, day_first, field)
    return _on(day, rest.lstrip("t ,"), zone, field)


def parse_date(text: str, *, day_first: bool | None, field: str) -> date:
    """A date alone. Raises as ``parse_time``."""
    day, rest = _date(_plain(text), day_first, field)
    if rest:
        raise TimeInvalid(field=field)
    return _real(day, field)


def has_clock(text: str) -> bool:
    """Whether more than a date stands in the text."""
    plain = _plain(text)
    matches = (pattern.match(plain) for pattern in _DATES)
    return any(match and plain[match.end() :].strip() for match in matches) or bool(
        _EPOCH.fullmatch(plain)
    )


def combine(day: date, clock: str, zone: tzinfo, *, field: str) -> datetime:
    """A date and a time of day from two columns. Raises as ``parse_time``."""
    return _on(day, _plain(clock), zone, field)


def from_epoch(seconds: float, zone: tzinfo, *, field: str) -> datetime:
    """Seconds since 1970 UTC, shown in ``zone``. Raises ``TimeInvalid``, ``TimePlaceholder``."""
    if seconds == 0:
        raise TimePlaceholder(field=field)
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(zone)
    except (OverflowError, ValueError):
        raise TimeInvalid(field=field) from None


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo | None:
    """An IANA zone, or an offset such as -0800; None where it is neither."""
    if match := re.fullmatch(r"([+-])(\d{2}):?(\d{2})", name):
        sign, hours, minutes = match.groups()
        if int(hours) > 14 or int(minutes) > 59:
            return None
        return timezone(timedelta(hours=int(hours), minutes=int(minutes)) * int(f"{sign}1"))
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _date(text: str, day_first: bool | None, field: str) -> tuple[date, str]:
    for pattern in _DATES:
        if match := pattern.match(text):
            return _day(match.groupdict(), day_first, field), text[match.end() :].strip()
    raise TimeInvalid(field=field)


def _day(parts: dict[str, str], day_first: bool | None, field: str) -> date:
    if "first" in parts:
        day, month = _ordered(int(parts["first"]), int(parts["second"]), day_first, field)
    else:
        day = int(parts["day"])
        month = int(parts["month"]) if "month" in parts else _MONTHS.index(parts["name"]) + 1
    try:
        return date(int(parts["year"]), month, day)
    except ValueError:
        raise TimeInvalid(field=field) from None


def _ordered(first: int, second: int, day_first: bool | None, field: str) -> tuple[int, int]:
    if first > 12 or first == second:
        return first, second
    if second > 12:
        return second, first
    if day_first is None:
        raise TimeAmbiguous(field=field)
    return (first, second) if day_first else (second, first)


def _on(day: date, clock: str, zone: tzinfo, field: str) -> datetime:
    match = _CLOCK.fullmatch(clock) or _COMPACT_CLOCK.fullmatch(clock)
    if match is None:
        raise TimeInvalid(field=field)
    parts = match.groupdict()
    hour = _hour(int(parts["hour"]), parts.get("before") or parts.get("after"), field)
    fraction = (parts.get("fraction") or "")[:6].ljust(6, "0")
    offset = _offset(parts.get("offset"), zone, field)
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    try:
        clock_time = time(hour, minute, second, int(fraction), tzinfo=offset)
    except ValueError:
        raise TimeInvalid(field=field) from None
    return datetime.combine(_real(day, field), clock_time)


def _hour(hour: int, half: str | None, field: str) -> int:
    if half is not None and hour > 12 and half in _MORNING:
        raise TimeInvalid(field=field)
    if half in _AFTERNOON and hour < 12:
        return hour + 12
    if half in _MORNING and hour == 12:
        return 0
    return hour


def _offset(text: str | None, zone: tzinfo, field: str) -> tzinfo:
    if text is None:
        return zone
    found = UTC if text in {"z", "utc", "gmt"} else zone_named(text)
    if found is None:
        raise TimeInvalid(field=field)
    return found


def _real(day: date, field: str) -> date:
    if day in PLACEHOLDERS:
        raise TimePlaceholder(field=field)
    return day
