"""Which day the words name: 昨天, 20号, 11月20日, 11/20, 周五, 上周五, on Friday."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.chat.understanding.tables import PartWords, time_words
from bot.chat.understanding.understood import Lack

_MONTH, _DAY = r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12]\d|0?[1-9])"
DATE = re.compile(
    r"(?:(?P<year>20\d\d)[年./-])?(?P<month>\d{1,2})(?:月|(?<=\d)-(?=\d{1,2}日?\s))"
    r"(?P<day>\d{1,2})[日号]?|(?<![\d.])(?P<only>\d{1,2})[日号]"
    r"|(?P<iso>20\d\d-\d\d-\d\d)"
    # No pressure: its first number would be 12 at most.
    rf"|(?<![\d./])(?P<m>{_MONTH})/(?P<d>{_DAY})(?![\d./])"
)
WEEKDAY = re.compile(
    r"(?P<week>上个?|下个?|这个?|本)?(?:周|星期|礼拜)(?P<zh>[一二三四五六日天])(?![共般样起次回定切岁])"
    r"|\b(?:last |on )?(?P<en>mon|tues?|wednes|thurs|fri|satur|sun)(?:day)\b"
)
_ZH, _EN = "一二三四五六日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Day:
    """``on`` is None where ``lack`` says why; ``part``: what the word holds (last night)."""

    span: tuple[int, int]
    on: date | None
    lack: Lack | None = None
    part: PartWords | None = None


def day_in(clause: str, now: datetime) -> Day | None:
    """The first day that ``clause`` names; a date before a word, a word before a weekday."""
    written = DATE.search(clause)
    if written:
        on = _date(written, now)
        return Day(written.span(), on, None if on else Lack.TIME)
    for each in time_words().days:
        found = each.words.search(clause)
        if found:
            part = next((one for one in time_words().parts if one.name == each.part), None)
            on = now.date() - timedelta(days=each.back)
            return Day(found.span(), on, Lack.FUTURE if each.back < 0 else None, part)
    weekday = WEEKDAY.search(clause)
    if weekday:
        on = _of_week(weekday, now.date())
        return Day(weekday.span(), on, Lack.FUTURE if on > now.date() else None)
    return None


def _of_week(found: re.Match[str], today: date) -> date:
    """The latest such day; 上周五 is of the week before, weeks beginning on Monday."""
    if found["en"]:
        wanted = _EN.index(found["en"][:3])
    else:
        wanted = _ZH.index(found["zh"].replace("天", "日"))
    monday = today - timedelta(days=today.weekday())
    week = (found["week"] or "")[:1]
    if week in ("上", "下", "这", "本"):
        return monday + timedelta(days=wanted + {"上": -7, "下": 7}.get(week, 0))
    return today - timedelta(days=(today.weekday() - wanted) % 7)


def _date(found: re.Match[str], now: datetime) -> date | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        if found["only"]:
            day = now.date().replace(day=int(found["only"]))
            return day if day <= now.date() else _month_before(day)
        year = int(found["year"]) if found["year"] else now.year
        day = date(year, int(found["month"] or found["m"]), int(found["day"] or found["d"]))
        late = day > now.date() and not found["year"]
        return day.replace(year=year - 1) if late else day
    except ValueError:
        return None


def _month_before(day: date) -> date:
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=day.day)
