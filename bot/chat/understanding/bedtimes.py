"""From when to when somebody slept: 昨晚十一点睡早上六点起, 10:30 to 6, across midnight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from bot.chat.understanding.days import DATE, WEEKDAY, day_in
from bot.chat.understanding.folding import digit
from bot.chat.understanding.lasting import lasting_words
from bot.chat.understanding.moment import CLOCK
from bot.chat.understanding.tables import time_words
from bot.chat.understanding.understood import Lack

_DAY = timedelta(days=1)
_NOON = 12
_LAST_NIGHT = "last night"
_LATEST_AFTER_MIDNIGHT, _EARLIEST_EVENING = 5, 7
"""Hours of going to bed that need no word: 1点 is after midnight, 9点 in the evening."""


@dataclass(frozen=True, slots=True)
class Night:
    """``lack`` where the words do not say it; ``span``: where they stand, ``up`` the waking."""

    start: datetime
    end: datetime
    span: tuple[int, int]
    up: tuple[int, int]
    lack: Lack | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """One clock time: ``hours`` it may be, ``on`` the calendar day if one was said."""

    hours: tuple[int, ...]
    minute: int
    on: date | None

    @property
    def times(self) -> tuple[time, ...]:
        return tuple(time(hour, self.minute) for hour in self.hours)


def nights(text: str, now: datetime) -> Iterator[Night]:
    """Each stretch that ``text`` says, in order."""
    hits = [hit for pattern in _patterns() for hit in pattern.finditer(text)]
    reached = 0
    for hit in sorted(hits, key=lambda each: (each.start(), -each.end())):
        if hit.start() >= reached:
            reached = hit.end()
            yield _night(hit, now)


def clocks_left(text: str) -> bool:
    """Whether there is one more time of sleeping or waking: 三点醒了一次."""
    return bool(_one_more().search(text))


def _night(hit: re.Match[str], now: datetime) -> Night:
    bed, up = hit["a"], hit["b"]
    if _LAST_NIGHT in up:  # from 11 to 6 last night
        bed, up = f"{_LAST_NIGHT} {bed}", up.replace(_LAST_NIGHT, "")
    try:
        start, end = _placed(_to_bed(bed, now), _up(up, now), now)
    except _Unclear as unclear:
        return Night(now, now, hit.span(), hit.span("b"), unclear.lack)
    vague = lasting_words().vague_clock.search(hit[0])
    late = Lack.FUTURE if end > now else None
    return Night(start, end, hit.span(), hit.span("b"), Lack.SLEEP if vague else late)


class _Unclear(Exception):
    def __init__(self, lack: Lack) -> None:
        super().__init__(lack)
        self.lack = lack


def _placed(bed: _Said, up: _Said, now: datetime) -> tuple[datetime, datetime]:
    """The first waking after going to bed; without a day the night that was last over."""
    if bed.on is not None:
        start = datetime.combine(bed.on, bed.times[0], now.tzinfo)
        end = min(_next(start, each) for each in up.times)
        if up.on is not None and end.date() != up.on:
            raise _Unclear(Lack.SLEEP)
        return start, end
    ends = [datetime.combine(up.on or now.date(), each, now.tzinfo) for each in up.times]
    if up.on is None:
        ends = [each if each <= now else each - _DAY for each in ends]
    ways = [(_before(each, bed.times[0]), each) for each in ends]
    return min(ways, key=lambda way: (way[1] > now, way[1] - way[0]))


def _before(end: datetime, clock: time) -> datetime:
    at = datetime.combine(end.date(), clock, end.tzinfo)
    return at if at < end else at - _DAY


def _next(start: datetime, clock: time) -> datetime:
    at = datetime.combine(start.date(), clock, start.tzinfo)
    return at if at > start else at + _DAY


def _to_bed(said: str, now: datetime) -> _Said:
    """昨晚1点 is after midnight, so on the day after; 昨天凌晨1点 is yesterday's."""
    hour, minute, sure, part = _clock(said, now)
    day = day_in(said, now)
    if day is not None and day.lack is not None:
        raise _Unclear(day.lack)
    if not sure:
        hour = _bed_hour(hour, part)
    on = day.on if day is not None else None
    at_night = bool(lasting_words().night.search(said))
    if on is not None and hour < _EARLIEST_EVENING and not lasting_words().small_hours.search(said):
        if not at_night and on != now.date():
            raise _Unclear(Lack.NIGHT)  # 昨天1点: of which night
        on = on + _DAY if at_night and on != now.date() else on
    return _Said((hour,), minute, on)


def _bed_hour(hour: int, part: str | None) -> int:
    if part in ("noon", "afternoon"):
        return hour % _NOON + _NOON
    if part == "morning":
        return hour
    if hour == _NOON:
        return 0
    if hour <= _LATEST_AFTER_MIDNIGHT:
        return hour
    if hour >= _EARLIEST_EVENING or part in ("evening", "dawn"):
        return hour + _NOON
    raise _Unclear(Lack.SLEEP)  # 6点睡: in the evening or in the morning


def _up(said: str, now: datetime) -> _Said:
    hour, minute, sure, part = _clock(said, now)
    day = day_in(said, now)
    if day is not None and day.lack is not None:
        raise _Unclear(day.lack)
    on = day.on if day is not None else None
    if sure:
        return _Said((hour,), minute, on)
    if part in ("noon", "afternoon", "evening"):
        return _Said((hour % _NOON + _NOON,), minute, on)
    early = hour % _NOON if part == "dawn" else hour
    return _Said((early,) if part else (early, (hour + _NOON) % 24), minute, on)


def _clock(said: str, now: datetime) -> tuple[int, int, bool, str | None]:
    """Hour, minute, whether they are of a day of 24 hours or am and pm, and the part named."""
    found = CLOCK.search(said) or re.search(r"(?P<bare>\d{1,2})", said)
    assert found is not None
    named = found.groupdict()
    hour_said = named.get("bare") or named.get("hour") or named.get("h") or named.get("eh") or ""
    hour = 10 if hour_said == "十" else int(digit(hour_said))
    minute = int(named.get("minute") or named.get("m") or 0)
    minute = 30 if named.get("half") else 15 if named.get("quarter") else minute
    english = named.get("apm") or named.get("eapm")
    if hour > 24 or minute > 59 or (english and not 1 <= hour <= _NOON):
        raise _Unclear(Lack.TIME)
    if english:
        return hour % _NOON + (_NOON if english == "pm" else 0), minute, True, None
    parts = [each.name for each in time_words().parts if each.words.search(said)]
    sure = hour > _NOON or hour == 0 or hour_said.startswith("0")
    day = day_in(said, now)
    part = parts[0] if parts else day.part.name if day and day.part else None
    return hour % 24, minute, sure, part


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    table = lasting_words()
    a, b = f"(?P<a>{_expression()})", f"(?P<b>{_expression()})"
    fill, bed, up, until = table.about, table.to_bed, table.up, table.until
    apart = r"[\s,、]*(?:[^,。;\n\d点]{1,12}[,、])?"  # 夜里醒了两次
    bare = r"(?<![\d./:])\d{1,2}(?![\d./:]|\s*(?:hours?|h\b|min))"
    en_a, en_b = (
        rf"(?P<{name}>(?:{_expression()}|{bare}){table.after_clock_en})" for name in ("a", "b")
    )
    return tuple(
        re.compile(each)
        for each in (
            rf"{a}{fill}{bed}{apart}(?:一觉|一直|然后)*{until}?{fill}{b}{fill}{up}",
            rf"从?{a}{fill}(?:一直|开始)?{bed}{apart}(?:一觉|一直)?{until}{fill}{b}",
            rf"(?:睡觉?|睡眠)(?:时间)?[\s:是从]*{a}\s*{until}\s*{b}",
            rf"从?{a}\s*{until}\s*{b}{fill}在?睡(?:觉|眠|着|的|了)",
            rf"{b}{fill}{up}{apart}{a}{fill}{bed}",
            rf"{table.to_bed_en}{en_a}{table.up_en}{en_b}",
        )
    )


@cache
def _expression() -> str:
    """A clock time with the words for its day and part before it."""
    named = [each.words for each in time_words().days]
    named += [each.words for each in time_words().parts]
    before = "|".join(_nameless(each.pattern) for each in (*named, WEEKDAY, DATE))
    return rf"(?:(?:{before})[\s的]*)*(?:{_nameless(CLOCK.pattern)})"


@cache
def _one_more() -> re.Pattern[str]:
    table, clock = lasting_words(), _nameless(CLOCK.pattern)
    return re.compile(
        rf"(?:{clock}){table.about}(?:又|才|再)?(?:{table.to_bed}|{table.up})"
        rf"|(?:睡|醒){table.until}?{table.about}(?:{clock})"
    )


def _nameless(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)
