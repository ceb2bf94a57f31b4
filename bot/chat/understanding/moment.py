"""When: the time words of a clause, read from now on the wall clock of ``now``'s zone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.chat.understanding.tables import PartWords, time_words
from bot.chat.understanding.understood import Lack

_SMALL = "一二三四五六七八九"
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}|[一两二三四五六七八九十])\s*点(?:钟|整)?"
    r"(?:(?P<half>半)|(?P<quarter>一刻|1刻)|(?P<minute>[0-5]?\d)(?:分|(?![\d./比])))?"
    r"|(?<![\d.:])(?P<h>\d{1,2}):(?P<m>\d{2})(?![\d:])\s*(?P<apm>[ap]m)?"
    r"|\b(?:at )?(?P<eh>\d{1,2})\s*(?P<eapm>[ap]m)\b"
)
_AGO = re.compile(
    r"(?P<n>\d{1,3}|半|[一两二三四五六七八九十])\s*个?(?P<unit>分钟|小时|钟头|天)(?:之|以)?前"
    r"|(?P<en>\d{1,3}|an?|one|two|three)\s*(?P<eunit>minutes?|hours?|days?) ago"
)
_DATE = re.compile(
    r"(?:(?P<year>20\d\d)[年./-])?(?P<month>\d{1,2})(?:月|(?<=\d)-(?=\d{1,2}日?\s))"
    r"(?P<day>\d{1,2})[日号]?|(?<![\d.])(?P<only>\d{1,2})[日号]"
    r"|(?P<iso>20\d\d-\d\d-\d\d)"
)
_ENGLISH = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
_UNITS = {"分钟": 1, "minute": 1, "小时": 60, "钟头": 60, "hour": 60, "天": 1440, "day": 1440}


@dataclass(frozen=True, slots=True)
class Moment:
    """``at`` is None where the clause says no time, or one that cannot be (``lack``)."""

    at: datetime | None
    lack: Lack | None
    spans: list[tuple[int, int]]
    day: date | None = None
    """The day that was named, which later clauses without one are about, too."""


def moment(clause: str, now: datetime, earlier: date | None = None) -> Moment:
    """``now`` is aware; ``earlier`` is the day that a clause before named."""
    found = _moment(clause, now, earlier)
    if found.at is None or found.day is not None:
        return found
    return replace(found, day=_named_day(clause, now))


def _named_day(clause: str, now: datetime) -> date | None:
    day, _, _ = _day(clause, now, [])
    return None if day is _WRONG else day


def _moment(clause: str, now: datetime, earlier: date | None) -> Moment:
    ago = _AGO.search(clause)
    if ago:
        return Moment(now - timedelta(minutes=_minutes(ago)), None, [ago.span()])
    just = time_words().now.search(clause)
    spans: list[tuple[int, int]] = [just.span()] if just else []
    day, named, part = _day(clause, now, spans)
    part = _part(clause, spans) or part
    placed_on = day or earlier
    clock = _CLOCK.search(clause)
    if day is _WRONG:
        return Moment(None, Lack.TIME, spans)
    if clock:
        spans.append(clock.span())
        hour = _hour(clock, part)
        if hour is None:
            return Moment(None, Lack.TIME, spans)
        return _placed(placed_on, named, hour, now, spans, since=None)
    if part is not None:
        return _placed(placed_on, named, (0, part.hour), now, spans, since=part.since)
    if day is not None:
        at = datetime.combine(day, now.timetz())
        return Moment(None, Lack.FUTURE, spans) if at > now else Moment(at, None, spans)
    return Moment(now if just else None, None, spans)


_WRONG = date.min


def _day(
    clause: str, now: datetime, spans: list[tuple[int, int]]
) -> tuple[date | None, bool, PartWords | None]:
    """The day, whether it was named, and the part that its word holds (last night)."""
    written = _DATE.search(clause)
    if written:
        spans.append(written.span())
        return _date(written, now), True, None
    for each in time_words().days:
        found = each.words.search(clause)
        if found:
            spans.append(found.span())
            part = next((one for one in time_words().parts if one.name == each.part), None)
            return now.date() - timedelta(days=each.back), True, part
    return None, False, None


def _part(clause: str, spans: list[tuple[int, int]]) -> PartWords | None:
    for each in time_words().parts:
        found = each.words.search(clause)
        if found:
            spans.append(found.span())
            return each
    return None


def _placed(
    day: date | None,
    named: bool,
    hour: tuple[int, time],
    now: datetime,
    spans: list[tuple[int, int]],
    *,
    since: time | None,
) -> Moment:
    """``hour`` as days after and time; of the latest such time where no day was said."""
    wanted = (day or now.date()) + timedelta(days=hour[0])
    at = datetime.combine(wanted, hour[1], now.tzinfo)
    if at <= now:
        return Moment(at, None, spans)
    begun = since is not None and datetime.combine(wanted, since, now.tzinfo) <= now
    if begun:
        return Moment(now, None, spans)  # 早上 at half past six: just now, not at half past seven
    if named:
        return Moment(None, Lack.FUTURE, spans)
    return Moment(at - timedelta(days=1), None, spans)


def _hour(clock: re.Match[str], part: PartWords | None) -> tuple[int, time] | None:
    said = clock["hour"] or clock["h"] or clock["eh"]
    hour = int(said) if said.isdigit() else 10 if said == "十" else _small(said)
    minute = int(clock["minute"] or clock["m"] or 0)
    minute = 30 if clock["half"] else 15 if clock["quarter"] else minute
    english = clock["apm"] or clock["eapm"]
    after_noon = english == "pm" or (part is not None and part.name in ("afternoon", "evening"))
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if (part is not None and part.name == "evening" and hour == 12) or hour == 24:
        return 1, time(0, minute)  # 晚上十二点 is the end of that day
    if after_noon and hour < 12:
        hour += 12
    if english == "am" and hour == 12:
        hour = 0
    if part is not None and part.name == "noon" and hour < 3:
        hour += 12
    return 0, time(hour, minute)


def _date(found: re.Match[str], now: datetime) -> date:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        if found["only"]:
            day = now.date().replace(day=int(found["only"]))
            return day if day <= now.date() else _month_before(day)
        year = int(found["year"]) if found["year"] else now.year
        day = date(year, int(found["month"]), int(found["day"]))
        late = day > now.date() and not found["year"]
        return day.replace(year=year - 1) if late else day
    except ValueError:
        return _WRONG


def _month_before(day: date) -> date:
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=day.day)


def _minutes(ago: re.Match[str]) -> int:
    said, unit = ago["n"] or ago["en"], (ago["unit"] or ago["eunit"]).rstrip("s")
    if said == "半":
        return _UNITS[unit] // 2
    if said.isdigit():
        return int(said) * _UNITS[unit]
    number = _ENGLISH.get(said) or (10 if said == "十" else _small(said))
    return number * _UNITS[unit]


def _small(said: str) -> int:
    return 2 if said == "两" else _SMALL.index(said) + 1
