"""When: the time words of a clause, read from now on the wall clock of ``now``'s zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.chat.understanding.days import Day, day_in
from bot.chat.understanding.folding import digit
from bot.chat.understanding.tables import PartWords, time_words
from bot.chat.understanding.understood import Lack

CLOCK = re.compile(
    r"(?P<hour>\d{1,2}|[一两二三四五六七八九十])\s*点(?:钟|整)?"
    r"(?:(?P<half>半)|(?P<quarter>一刻|1刻)|(?P<minute>[0-5]?\d)(?:分|(?![\d./比])))?"
    r"|(?<![\d.:])(?P<h>\d{1,2}):(?P<m>\d{2})(?![\d:])\s*(?P<apm>[ap]m)?"
    r"|\b(?:at )?(?P<eh>\d{1,2})\s*(?P<eapm>[ap]m)\b"
)
_AGO = re.compile(
    r"(?P<n>\d{1,3}|半|[一两二三四五六七八九十])\s*个?(?P<unit>分钟|小时|钟头|天)(?:之|以)?前"
    r"|(?P<en>\d{1,3}|an?|one|two|three)\s*(?P<eunit>minutes?|hours?|days?) ago"
)
_ENGLISH = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
_UNITS = {"分钟": 1, "minute": 1, "小时": 60, "钟头": 60, "hour": 60, "天": 1440, "day": 1440}
_NIGHT_ENDS, _NOON, _EVENING = 5, 12, 18
"""Hours: who says 晚上8点 before noon means the evening before."""


@dataclass(frozen=True, slots=True)
class Moment:
    """``at`` is None where the clause says no time, or one that cannot be (``lack``).

    ``day`` is the day that was named, which later clauses without one are about, too.
    """

    at: datetime | None
    lack: Lack | None
    spans: list[tuple[int, int]]
    day: date | None = None


def moment(clause: str, now: datetime, earlier: date | None = None) -> Moment:
    """``now`` is aware; ``earlier`` is the day that a clause before named."""
    ago = _AGO.search(clause)
    if ago:
        return Moment(now - timedelta(minutes=_minutes(ago)), None, [ago.span()])
    day, just = day_in(clause, now), time_words().now.search(clause)
    part, clock = _first(time_words().parts, clause), CLOCK.search(clause)
    spans = [each.span() for each in (just, part and part[1], clock) if each]
    spans += [day.span] if day else []
    at, lack = _moment(clause, now, day, earlier, part and part[0], clock)
    if at is None and lack is None and just:
        at = now
    return Moment(at, lack, spans, day.on if day else None)


def spans_in(clause: str, now: datetime) -> list[tuple[int, int]]:
    """Where the clause says a time, in order; words that only say now are none."""
    found: list[tuple[int, int]] = []
    rest = clause
    while True:
        day = day_in(rest, now)
        hits = [each.search(rest) for each in (_AGO, CLOCK, *(p.words for p in time_words().parts))]
        spans = [each.span() for each in hits if each] + ([day.span] if day else [])
        if not spans:
            return sorted(found)
        found += spans
        for start, end in spans:
            rest = rest[:start] + "\0" * (end - start) + rest[end:]


def _moment(
    clause: str,
    now: datetime,
    day: Day | None,
    earlier: date | None,
    part: PartWords | None,
    clock: re.Match[str] | None,
) -> tuple[datetime | None, Lack | None]:
    if day is not None and day.lack is not None:
        return None, day.lack
    part = part or (day.part if day else None)
    on, named = (day.on if day else None) or earlier, day is not None
    if clock:
        hour = _hour(clock, part)
        if hour is None:
            return None, Lack.TIME
        if clock["hour"] and part is None and _either_half(hour[1], on, now):
            return None, Lack.HALF
        return _placed(on, named, hour, now, since=None)
    meal = _first(time_words().meals, clause)
    if part is None and meal is not None:
        return _by_meal(meal[0], on, named, now)
    if part is not None:
        return _placed(on, named, (0, part.hour), now, since=part.since)
    if day is None or day.on is None:
        return None, None
    at = datetime.combine(day.on, now.timetz())
    return (None, Lack.FUTURE) if at > now else (at, None)


def _first(table: tuple[PartWords, ...], clause: str) -> tuple[PartWords, re.Match[str]] | None:
    hits = [(each, found) for each in table if (found := each.words.search(clause))]
    return min(hits, key=lambda hit: hit[1].start()) if hits else None


def _by_meal(
    meal: PartWords, on: date | None, named: bool, now: datetime
) -> tuple[datetime | None, Lack | None]:
    """昨天晚饭后 is after supper; 早饭后 said at ten is now, said at six in the evening is not."""
    today = on is None or on == now.date()
    if today and _within(meal, now.time()):
        return (now, None) if named else (None, None)
    return _placed(on, named, (0, meal.hour), now, since=None)


def _within(meal: PartWords, clock: time) -> bool:
    until = meal.until or time.max
    after, before = meal.since <= clock, clock <= until
    return after and before if meal.since <= until else after or before


def _placed(
    day: date | None, named: bool, hour: tuple[int, time], now: datetime, *, since: time | None
) -> tuple[datetime | None, Lack | None]:
    """``hour`` as days after and time. Without a day it is today's, or that of the night gone."""
    wanted = (day or now.date()) + timedelta(days=hour[0])
    at = datetime.combine(wanted, hour[1], now.tzinfo)
    if at <= now:
        return at, None
    if since is not None and datetime.combine(wanted, since, now.tzinfo) <= now:
        return now, None  # 早上 at half past six: just now, not at half past seven
    before_noon = now.hour < _NOON and hour[1].hour >= _EVENING
    if not named and (before_noon or now.hour < _NIGHT_ENDS):
        return at - timedelta(days=1), None
    return None, Lack.FUTURE


def _either_half(clock: time, on: date | None, now: datetime) -> bool:
    """Whether 8点 may be the morning's or the evening's: both have been."""
    if not 1 <= clock.hour < _NOON:
        return False
    later = datetime.combine(on or now.date(), clock, now.tzinfo) + timedelta(hours=_NOON)
    return later <= now


def _hour(clock: re.Match[str], part: PartWords | None) -> tuple[int, time] | None:
    said = clock["hour"] or clock["h"] or clock["eh"]
    hour = 10 if said == "十" else int(digit(said))
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


def _minutes(ago: re.Match[str]) -> int:
    said, unit = ago["n"] or ago["en"], (ago["unit"] or ago["eunit"]).rstrip("s")
    if said == "半":
        return _UNITS[unit] // 2
    number = int(said) if said.isdigit() else _ENGLISH.get(said) or _small(said)
    return number * _UNITS[unit]


def _small(said: str) -> int:
    return 10 if said == "十" else int(digit(said))
