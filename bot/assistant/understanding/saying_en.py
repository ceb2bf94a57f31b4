"""What English time words span: one function per way of saying it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Window
from bot.assistant.understanding import spans
from bot.assistant.understanding.spans import capped

Make = Callable[[re.Match[str], datetime], Window | None]
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WORDS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "couple of": 2,
    "a couple of": 2,
    "few": 3,
    "a few": 3,
    "fourteen": 14,
    "fifteen": 15,
    "thirty": 30,
}
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
FESTIVALS = {
    "spring festival": "spring_festival",
    "chinese new year": "spring_festival",
    "lunar new year": "spring_festival",
    "mid-autumn festival": "mid_autumn",
    "mid autumn festival": "mid_autumn",
    "mid-autumn": "mid_autumn",
    "national day": "national_day",
    "golden week": "national_day",
    "dragon boat festival": "dragon_boat",
    "new year's day": "new_year",
    "christmas": "christmas",
    "labour day": "labour_day",
    "labor day": "labour_day",
    "lantern festival": "lantern",
}


def local_day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def count_span(word: str | None) -> int:
    if not word:
        return 1
    return int(word) if word.isdigit() else WORDS[word]


def rolling(m: re.Match[str], now: datetime) -> Window | None:
    count, unit = count_span(m["n"]), m["u"][0]
    if m.groupdict().get("half"):
        return spans.rolling(now, "m", 6)
    if m["u"].startswith("fortnight"):
        return spans.rolling(now, "w", 2 * count)
    return spans.rolling(now, unit, count)


def ago(m: re.Match[str], now: datetime) -> Window | None:
    count, unit, today = count_span(m["n"]), m["u"], local_day(now)
    if unit.startswith("day"):
        day = today - timedelta(days=count)
        return spans.days(day, day)
    if unit.startswith("week"):
        return spans.week(today - timedelta(weeks=count))
    if unit.startswith("month"):
        return spans.month_offset(today, count)
    return spans.year(today.year - count)


def calendar(m: re.Match[str], now: datetime) -> Window | None:
    back = 1 if m["w"] == "last" or m["w"] == "previous" else 0
    today, unit = local_day(now), m["u"]
    if unit == "week":
        return capped(spans.week(today - timedelta(weeks=back)), now)
    if unit == "month":
        return capped(spans.month_offset(today, back), now)
    return capped(spans.year(today.year - back), now)


def month_number(m: re.Match[str]) -> int:
    return next(i for i, name in enumerate(MONTHS, 1) if name.startswith(m["mon"][:3]))


def past_year(now: datetime, month: int, day: int) -> int:
    today = local_day(now)
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def year_span(m: re.Match[str], now: datetime, month: int, day: int) -> int:
    if m.groupdict().get("y"):
        return int(m["y"])
    if m.groupdict().get("ly"):
        return local_day(now).year - 1
    return past_year(now, month, day)


def date_span(m: re.Match[str], now: datetime) -> date | None:
    month, day = month_number(m), int(m["d"])
    try:
        return date(year_span(m, now, month, day), month, day)
    except ValueError:
        return None


def one_day(m: re.Match[str], now: datetime) -> Window | None:
    day = date_span(m, now)
    return capped(spans.days(day, day), now) if day else None


def since_date(m: re.Match[str], now: datetime) -> Window | None:
    day = date_span(m, now)
    return Window(spans.midnight(day), now) if day else None


def month_span(m: re.Match[str], now: datetime) -> Window | None:
    number = month_number(m)
    return capped(spans.month(year_span(m, now, number, 1), number), now)


def since_month(m: re.Match[str], now: datetime) -> Window | None:
    number = month_number(m)
    return Window(spans.month(year_span(m, now, number, 1), number).start, now)


def months(m: re.Match[str], now: datetime) -> Window | None:
    first = next(i for i, name in enumerate(MONTHS, 1) if name.startswith(m["a"][:3]))
    last = next(i for i, name in enumerate(MONTHS, 1) if name.startswith(m["b"][:3]))
    year = int(m["y"]) if m["y"] else past_year(now, first, 1)
    end = spans.month(year if last >= first else year + 1, last).end
    return capped(Window(spans.month(year, first).start, end), now)


def iso(m: re.Match[str], now: datetime) -> Window | None:
    try:
        day = date(int(m["y"]), int(m["m"]), int(m["d"]))
    except ValueError:
        return None
    return capped(spans.days(day, day), now)


def iso_range(m: re.Match[str], now: datetime) -> Window | None:
    try:
        return capped(spans.days(date.fromisoformat(m["a"]), date.fromisoformat(m["b"])), now)
    except ValueError:
        return None


def whole_year(m: re.Match[str], now: datetime) -> Window | None:
    number = int(m["y"])
    return capped(spans.year(number), now) if 1900 < number < 2100 else None


def since_year(m: re.Match[str], now: datetime) -> Window | None:
    return Window(spans.year(int(m["y"])).start, now)


def word_day(m: re.Match[str], now: datetime) -> Window | None:
    back = {"today": 0, "this": 0, "tonight": 0, "yesterday": 1, "last night": 1}
    word = m["w"]
    offset = 2 if word.startswith("the day") else back.get(word, 0)
    day = local_day(now) - timedelta(days=offset)
    return capped(spans.days(day, day), now)


def weekday(m: re.Match[str], now: datetime) -> Window | None:
    today, index = local_day(now), DAYS.index(m["d"])
    if m["w"] == "last":
        monday = today - timedelta(days=today.weekday() + 7)
        day = monday + timedelta(days=index)
    else:
        day = today - timedelta(days=(today.weekday() - index) % 7)
    return capped(spans.days(day, day), now)


def festival(m: re.Match[str], now: datetime) -> Window | None:
    name = FESTIVALS[m["f"]]
    if m["y"]:
        return capped(spans.festival(name, int(m["y"])), now)
    year = local_day(now).year - (1 if m["ly"] else 0)
    window = spans.festival(name, year)
    return capped(window if window.start <= now else spans.festival(name, year - 1), now)


def half(m: re.Match[str], now: datetime) -> Window | None:
    year = int(m["y"]) if m["y"] else local_day(now).year - (1 if m["ly"] else 0)
    first, last = (1, 6) if m["h"] == "first" else (7, 12)
    return capped(spans.months(year, first, last), now)


def since_calendar(m: re.Match[str], now: datetime) -> Window | None:
    window = calendar(m, now)
    return Window(window.start, now) if window else None
