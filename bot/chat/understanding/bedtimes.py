"""From when to when somebody slept: 昨晚十一点睡早上六点起, 10:30 to 6, across midnight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache

from bot.chat.understanding.bed_clocks import Said, Unclear, to_bed, up
from bot.chat.understanding.days import DATE, WEEKDAY
from bot.chat.understanding.lasting import lasting_words
from bot.chat.understanding.moment import CLOCK
from bot.chat.understanding.tables import time_words
from bot.chat.understanding.understood import Lack

_DAY = timedelta(days=1)
_LAST_NIGHT = "last night"


@dataclass(frozen=True, slots=True)
class Night:
    """``lack`` where the words do not say it; ``span``: where they stand, ``up`` the waking."""

    start: datetime
    end: datetime
    span: tuple[int, int]
    up: tuple[int, int]
    lack: Lack | None = None


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
    bed_said, up_said = hit["a"], hit["b"]
    if _LAST_NIGHT in up_said:  # from 11 to 6 last night
        bed_said, up_said = f"{_LAST_NIGHT} {bed_said}", up_said.replace(_LAST_NIGHT, "")
    try:
        start, end = _placed(to_bed(bed_said, now), up(up_said, now), now)
    except Unclear as unclear:
        return Night(now, now, hit.span(), hit.span("b"), unclear.lack)
    vague = lasting_words().vague_clock.search(hit[0])
    late = Lack.FUTURE if end > now else None
    return Night(start, end, hit.span(), hit.span("b"), Lack.SLEEP if vague else late)


def _placed(bed: Said, up: Said, now: datetime) -> tuple[datetime, datetime]:
    """The first waking after going to bed; without a day the night that was last over."""
    if bed.on is not None:
        start = datetime.combine(bed.on, bed.times[0], now.tzinfo)
        end = min(_next(start, each) for each in up.times)
        if up.on is not None and end.date() != up.on:
            raise Unclear(Lack.SLEEP)
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
