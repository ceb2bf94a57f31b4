"""One clock time of going to bed or getting up: which hour, which half, which day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.chat.understanding.days import day_in
from bot.chat.understanding.folding import digit
from bot.chat.understanding.lasting import lasting_words
from bot.chat.understanding.moment import CLOCK
from bot.chat.understanding.tables import time_words
from bot.chat.understanding.understood import Lack

_DAY = timedelta(days=1)
_NOON = 12
_LATEST_AFTER_MIDNIGHT, _EARLIEST_EVENING = 5, 7
"""Hours of going to bed that need no word: 1点 is after midnight, 9点 in the evening."""


@dataclass(frozen=True, slots=True)
class Said:
    """One clock time: ``hours`` it may be, ``on`` the calendar day if one was said."""

    hours: tuple[int, ...]
    minute: int
    on: date | None

    @property
    def times(self) -> tuple[time, ...]:
        return tuple(time(hour, self.minute) for hour in self.hours)


class Unclear(Exception):
    def __init__(self, lack: Lack) -> None:
        super().__init__(lack)
        self.lack = lack


def to_bed(said: str, now: datetime) -> Said:
    """昨晚1点 is after midnight, so on the day after; 昨天凌晨1点 is yesterday's."""
    hour, minute, sure, part = _clock(said, now)
    day = day_in(said, now)
    if day is not None and day.lack is not None:
        raise Unclear(day.lack)
    if not sure:
        hour = _bed_hour(hour, part)
    on = day.on if day is not None else None
    at_night = bool(lasting_words().night.search(said))
    if on is not None and hour < _EARLIEST_EVENING and not lasting_words().small_hours.search(said):
        if not at_night and on != now.date():
            raise Unclear(Lack.NIGHT)  # 昨天1点: of which night
        on = on + _DAY if at_night and on != now.date() else on
    return Said((hour,), minute, on)


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
    raise Unclear(Lack.SLEEP)  # 6点睡: in the evening or in the morning


def up(said: str, now: datetime) -> Said:
    hour, minute, sure, part = _clock(said, now)
    day = day_in(said, now)
    if day is not None and day.lack is not None:
        raise Unclear(day.lack)
    on = day.on if day is not None else None
    if sure:
        return Said((hour,), minute, on)
    if part in ("noon", "afternoon", "evening"):
        return Said((hour % _NOON + _NOON,), minute, on)
    early = hour % _NOON if part == "dawn" else hour
    return Said((early,) if part else (early, (hour + _NOON) % 24), minute, on)


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
        raise Unclear(Lack.TIME)
    if english:
        return hour % _NOON + (_NOON if english == "pm" else 0), minute, True, None
    parts = [each.name for each in time_words().parts if each.words.search(said)]
    sure = hour > _NOON or hour == 0 or hour_said.startswith("0")
    day = day_in(said, now)
    part = parts[0] if parts else day.part.name if day and day.part else None
    return hour % 24, minute, sure, part
