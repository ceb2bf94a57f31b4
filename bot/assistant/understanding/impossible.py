"""Days of no reading: those no calendar has (2月30号, 13月5日), those to come; and days near."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from backend.core.clock import SHANGHAI
from bot.assistant.understanding import spans
from bot.assistant.understanding.saying_en import MONTHS
from bot.assistant.understanding.text import Asked

_YEARS = {"今年": 0, "本年": 0, "去年": 1, "上年": 1, "前年": 2, "大前年": 3}
_DATE = re.compile(
    r"(?P<year>(?:(?P<y>\d{4}|\d{2})年|(?P<yw>大前年|今年|去年|前年|上年|本年)的?)?)"
    r"(?<!\d)(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]"
)
_ISO = re.compile(r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)[日号]?")
_RELATIVE = re.compile(r"(?P<w>上上|上|这|本)1?个?月份?的?(?P<d>\d{1,2})[日号]")
# A house, a bed, a patient has a number, too.
_NUMBERED = re.compile(
    r"(?<![\d月第./])(?P<d>\d{2})[号日](?!楼|院|床|病|桌|窗|房|文件|线|药|处方|选手|均)"
)
_NUMBERS = {name: at for at, month in enumerate(MONTHS, 1) for name in (month, month[:3])}
_NUMBERS["sept"] = 9
_MONTH_EN = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_EN = re.compile(
    rf"\b(?:(?P<mon>{_MONTH_EN})\.? (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?|"
    rf"(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<mon2>{_MONTH_EN}))\b"
    r"(?:,? (?P<y>\d{4}))?"
)


_NEXT = {"天": "今天", "周": "上周", "月": "上个月", "年": "今年"}
_FUTURE = re.compile(
    r"^(?:我|您|那)?的?(?P<said>(?:明|后|大后)天|下1?个?(?:周|星期|礼拜|月)|明年)"
    r"(?:[早晚]上?|上午|下午)?(?:的|我的?)*[^，,会能该要想应得吃提预复约]{1,8}?(?:会?是)?"
    r"(?:平均|最高|最低)?(?:是)?(?:多少|怎么样|如何|高不高|高吗|正常吗)[?？。]?$"
)
_FUTURE_EN = re.compile(
    r"^(?:what(?: is|'s|s)|how (?:is|high is)) (?:my|the) .{2,30}?"
    r"(?P<said>tomorrow|next (?:week|month|year))\??$"
)
_LAST_EN = {"tomorrow": "today", "next week": "last week", "next month": "last month"}


class NoSuchDay(NamedTuple):
    """``said`` as it stands in the plain question; ``near`` may stand in its place."""

    said: str
    near: tuple[str, ...]


def no_such_day(asked: Asked, now: datetime) -> NoSuchDay | None:
    """The first day named that does not exist; None where there is none such."""
    today = now.astimezone(SHANGHAI).date()
    found = _chinese if asked.language == "zh" else _english
    return next(found(asked.plain, today), None)


def not_yet(asked: Asked) -> NoSuchDay | None:
    """A value asked for of a time to come; None where there is none such."""
    pattern = _FUTURE if asked.language == "zh" else _FUTURE_EN
    match = pattern.search(asked.plain)
    if match is None:
        return None
    said = match["said"]
    if asked.language == "en":
        return NoSuchDay(said, (_LAST_EN.get(said, "this year"),))
    unit = said.replace("星期", "周").replace("礼拜", "周")[-1]
    return NoSuchDay(said, (_NEXT[unit],))


def _chinese(text: str, today: date) -> Iterator[NoSuchDay]:
    for match in [*_DATE.finditer(text), *_ISO.finditer(text)]:
        month, day = int(match["m"]), int(match["d"])
        if not _is_day(_year(match, today, month), month, day):
            prefix = match.groupdict().get("year", f"{match['y']}年") or ""
            year = _year(match, today, month)
            near = _near(year, month, day, today)
            yield NoSuchDay(match[0], tuple(f"{prefix}{each}" for each in near))
    for match in _RELATIVE.finditer(text):
        first = spans.month_offset(today, match["w"].count("上")).start.date()
        last = calendar.monthrange(first.year, first.month)[1]
        if not 1 <= int(match["d"]) <= last:
            word = f"{match['w']}个月"
            yield NoSuchDay(match[0], (f"{word}{last}号", word))
    for match in _NUMBERED.finditer(text):
        if int(match["d"]) > 31:
            yield NoSuchDay(match[0], ("这个月", "上个月"))


def _near(year: int, month: int, day: int, today: date) -> tuple[str, ...]:
    if 1 <= month <= 12:
        last = calendar.monthrange(year, month)[1]
        follows = day > last and month < 12 and date(year, month + 1, 1) <= today
        after = (f"{month + 1}月1日",) if follows else ()
        return (f"{month}月{last}日", *after, f"{month}月")
    return (f"{day}月{month}日",) if _is_day(year, day, month) else ()


def _english(text: str, today: date) -> Iterator[NoSuchDay]:
    for match in _EN.finditer(text):
        name, day = match["mon"] or match["mon2"], int(match["d"] or match["d2"])
        month = _NUMBERS[name]
        year = int(match["y"]) if match["y"] else _past(today, month)
        if not _is_day(year, month, day):
            last = calendar.monthrange(year, month)[1]
            tail = f" {match['y']}" if match["y"] else ""
            said = re.search(rf"(?:\b(?:on|in) )?(?:the )?{re.escape(match[0])}", text)
            near = (f"on {name} {last}{tail}", f"in {name}{tail}")
            yield NoSuchDay(said[0] if said else match[0], near)


def _year(match: re.Match[str], today: date, month: int) -> int:
    number = match["y"]
    if number:
        return int(number) if len(number) == 4 else 2000 + int(number)
    word = match.groupdict().get("yw")
    return today.year - _YEARS[word] if word else _past(today, month)


def _past(today: date, month: int) -> int:
    """The latest year in which the month has begun."""
    return today.year if month <= today.month or month > 12 else today.year - 1


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
