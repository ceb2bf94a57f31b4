"""Calendar arithmetic in Asia/Shanghai: the spans that time words mean."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Window
from bot.assistant.lexicon.kinds import read_toml


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def days(first: date, last: date) -> Window:
    """Whole days, both ends included."""
    return Window(midnight(first), midnight(last + timedelta(days=1)))


def months_back(day: date, months: int) -> date:
    """The same day so many months earlier, or the month's last where it has none."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def rolling(now: datetime, unit: str, count: int) -> Window:
    """``unit`` is d, w, m or y: from 00:00 of the day that lies so far back, to now."""
    today = now.astimezone(SHANGHAI).date()
    if unit == "d":
        start = today - timedelta(days=count)
    elif unit == "w":
        start = today - timedelta(weeks=count)
    else:
        start = months_back(today, count * (12 if unit == "y" else 1))
    return Window(midnight(start), now)


def month(year: int, number: int) -> Window:
    return days(date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]))


def year(number: int) -> Window:
    return days(date(number, 1, 1), date(number, 12, 31))


def week(day: date) -> Window:
    """The Monday-to-Sunday week that holds the day."""
    monday = day - timedelta(days=day.weekday())
    return days(monday, monday + timedelta(days=6))


def month_offset(today: date, back: int) -> Window:
    anchor = months_back(today.replace(day=1), back)
    return month(anchor.year, anchor.month)


def months(year_number: int, first: int, last: int) -> Window:
    """From the first month's start to the last month's end, within one year."""
    return Window(month(year_number, first).start, month(year_number, last).end)


def latest_past(now: datetime, make: object, first_year: int) -> Window:
    """The latest year's span of a kind that has begun: 3 月 said in January is last year's."""
    assert callable(make)
    window: Window = make(first_year)
    return window if window.start <= now else make(first_year - 1)


@cache
def _lunar() -> dict[str, dict[str, str]]:
    return read_toml(__package__, "festivals.toml")


# name: (days before, days after) the festival's own day
_LUNAR_SPANS = {
    "spring_festival": (-1, 6),  # 除夕至初七
    "lantern": (0, 0),
    "dragon_boat": (0, 0),
    "qixi": (0, 0),
    "mid_autumn": (0, 0),
    "double_ninth": (0, 0),
    "qingming": (0, 0),
    "winter_solstice": (0, 0),
    "new_year_eve": (-1, -1),
}
_SOLAR = {
    "new_year": ((1, 1), (1, 1)),
    "labour_day": ((5, 1), (5, 5)),
    "national_day": ((10, 1), (10, 7)),
    "womens_day": ((3, 8), (3, 8)),
    "childrens_day": ((6, 1), (6, 1)),
    "christmas": ((12, 25), (12, 25)),
    "teachers_day": ((9, 10), (9, 10)),
    "army_day": ((8, 1), (8, 1)),
    "double_eleven": ((11, 11), (11, 11)),
    "double_twelve": ((12, 12), (12, 12)),
}


_SUNDAYS = {"mothers_day": (5, 2), "fathers_day": (6, 3)}  # which Sunday of which month
_OWN_DAY = {"spring_festival": 1}  # days from the span's start to the festival's own day


def festival_day(name: str, year_number: int) -> Window:
    """The festival's own day alone: 国庆节那天."""
    start = festival(name, year_number).start.astimezone(SHANGHAI).date()
    own = start + timedelta(days=_OWN_DAY.get(name, 0))
    return days(own, own)


def festival(name: str, year_number: int) -> Window:
    """The days a festival covers in that year; lunar ones from the table (1990–2050)."""
    if name in _SOLAR:
        (m1, d1), (m2, d2) = _SOLAR[name]
        return days(date(year_number, m1, d1), date(year_number, m2, d2))
    if name in _SUNDAYS:
        month_number, which = _SUNDAYS[name]
        first = date(year_number, month_number, 1)
        own = first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (which - 1))
        return days(own, own)
    if name in solar_terms():
        own = _day_of_term(name, year_number)
        return days(own, own)
    before, after = _LUNAR_SPANS[name]
    key = "spring_festival" if name == "new_year_eve" else name
    own = date.fromisoformat(f"{year_number}-{_lunar()[str(year_number)][key]}")
    return days(own + timedelta(days=before), own + timedelta(days=after))


def solar_terms() -> dict[str, dict[str, Any]]:
    """The 节气 by name: ``zh``, whether the word stands for it alone, month and days by year."""
    terms: dict[str, dict[str, Any]] = read_toml(__package__, "solar_terms.toml")["term"]
    return terms


def _day_of_term(name: str, year_number: int) -> date:
    row = solar_terms()[name]
    index = year_number - read_toml(__package__, "solar_terms.toml")["from_year"]
    if not 0 <= index < len(row["days"]):
        raise KeyError(year_number)
    return date(year_number, row["month"], row["days"][index])


def capped(window: Window, now: datetime) -> Window:
    """A span still running ends now."""
    return Window(window.start, min(window.end, now)) if window.start <= now else window
