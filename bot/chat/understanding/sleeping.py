"""Sleep in free words: how long, or from when to when, and of which night."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import cache

from backend.measurements.draft import Draft, Kind, Quantity, Source
from bot.chat.understanding.around import Taken, clause_of, with_its_time
from bot.chat.understanding.bedtimes import Night, clocks_left, nights
from bot.chat.understanding.days import day_in
from bot.chat.understanding.lasting import lasting_words
from bot.chat.understanding.lengths import (
    BREAKS,
    LENGTH,
    blank,
    length,
    minutes,
    vague,
    vague_after,
)
from bot.chat.understanding.understood import Found, Lack

_A_NAP = 240
"""Minutes: less than that by day, or without a word for the night, may be a nap."""
_BY_DAY = range(6, 18)
_STILL_NIGHT = 4
"""Until this hour 昨晚 may be the night that goes on, or the one before it."""
_BY_HAND = Source(system="manual")


def sleep_in(text: str, now: datetime) -> Taken:
    """``text`` as ``lengths.spoken`` has it. One night a message; more are asked about."""
    if not lasting_words().some_word.search(text):
        return Taken((), (), text)
    stretches = [each for each in nights(text, now) if not _not_over(text, each.span)]
    bare = blank(text, [each.span for each in stretches])
    stages, bare = _stages(bare)
    hits = [hit for hit in _lengths(bare) if not _not_over(bare, hit.span())]
    if not stretches and not hits:
        return _not_exact(text)
    rest = blank(bare, [span for hit in hits for span in with_its_time(bare, hit, now)])
    if len(stretches) > 1 or len(hits) > 1 or (stretches and clocks_left(rest)):
        return Taken((), (Lack.SLEEP,), rest)
    stretch = stretches[0] if stretches else None
    hit = hits[0] if hits else None
    read = _read(bare, stretch, hit, stages, now)
    if stretch is not None and re.search(r"\d", clause_of(rest, stretch.span)[0]):
        a, b = stretch.up  # 六点起来血压135/85: it is the pressure's time, too
        rest = rest[:a] + text[a:b] + rest[b:]
    return Taken((), (read,), rest) if isinstance(read, Lack) else Taken((read,), (), rest)


def _not_exact(text: str) -> Taken:
    table = lasting_words()
    words = f"{table.not_asleep}{table.asleep}{table.glue}*|{table.asleep_en}{table.glue_en}*"
    hit = vague_after(words, text)
    if hit is None or _not_over(text, hit.span()):
        return Taken((), (), text)
    return Taken((), (Lack.SLEEP,), blank(text, [hit.span()]))


def _read(
    text: str,
    night: Night | None,
    hit: re.Match[str] | None,
    stages: dict[str, Quantity],
    now: datetime,
) -> Found | Lack:
    said = length(hit) if hit is not None else None
    if hit is not None and vague(clause_of(text, hit.span())[0]):
        return Lack.SLEEP
    if night is None:
        assert hit is not None
        assert said is not None
        on = _evening(text, hit.span(), minutes(said), now)
        if isinstance(on, Lack):
            return on
        bedtime = datetime.combine(on, lasting_words().bedtime, now.tzinfo)
        latest = (now - timedelta(minutes=minutes(said))).replace(second=0, microsecond=0)
        return _found(min(bedtime, latest), None, said, stages, text)
    if night.lack is not None:
        return night.lack
    lasted = (night.end - night.start) / timedelta(minutes=1)
    if night.start.hour in _BY_DAY and lasted < _A_NAP:
        return Lack.NAP
    if said is not None and minutes(said) > lasted:
        return Lack.SLEEP
    return _found(night.start, night.end, said or Quantity(lasted, "min"), stages, text)


def _found(
    at: datetime, end: datetime | None, asleep: Quantity, stages: dict[str, Quantity], text: str
) -> Found:
    values = {"duration": asleep, **stages}
    draft = Draft(kind=Kind.SLEEP, at=at, end=end, values=values, source=_BY_HAND)
    return Found(draft=draft, said=text.strip(), timed=True)


def _evening(text: str, span: tuple[int, int], asleep: float, now: datetime) -> date | Lack:
    """The day in whose evening the night began."""
    table = lasting_words()
    own, before = clause_of(text, span)
    if not day_in(own, now) and not table.night.search(own) and table.night.search(before):
        own = f"{before} {own}"  # 昨晚失眠，只睡了4个小时
    day = day_in(own, now)
    at_night = bool(table.night.search(own))
    if table.nap.search(own) or (table.by_day.search(own) and not at_night):
        return Lack.NAP
    if day is not None and (day.on is None or day.lack is not None):
        return day.lack or Lack.TIME
    today = now.date()
    if day is not None and day.on is not None and day.on != today:
        small = table.small_hours.search(own)
        return day.on if _over(day.on, now) and at_night and not small else Lack.NIGHT
    if day is not None and at_night and not table.small_hours.search(own):
        return Lack.FUTURE  # 今晚
    if asleep < _A_NAP and not at_night:
        return Lack.NIGHT
    return today - timedelta(days=1) if now.hour >= _STILL_NIGHT else Lack.NIGHT


def _over(on: date, now: datetime) -> bool:
    yesterday = now.date() - timedelta(days=1)
    return on < yesterday or (on == yesterday and now.hour >= _STILL_NIGHT)


def _not_over(text: str, span: tuple[int, int]) -> bool:
    """我每天睡7小时, 想睡8小时, 还没醒: no night that is over."""
    own, before = clause_of(text, span)
    table = lasting_words()
    more = re.split(rf"[{BREAKS}]", text[span[1] :], maxsplit=2)[:2]
    return bool(
        table.habit.search(f"{before},{own}")
        or table.unreal.search(own)
        or table.asleep_still.search(",".join(more))
    )


def _stages(text: str) -> tuple[dict[str, Quantity], str]:
    """深睡1小时50分, as a band shows it beside the whole."""
    found: dict[str, Quantity] = {}
    for name, pattern in lasting_words().stages.items():
        hit = re.search(rf"(?:{pattern.pattern}){lasting_words().glue}*{LENGTH}", text)
        if hit is not None:
            found[name] = length(hit)
            text = blank(text, [hit.span()])
    return found, text


def _lengths(text: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    for pattern in _patterns():
        for hit in pattern.finditer(text):
            if all(hit.end() <= each.start() or each.end() <= hit.start() for each in found):
                found.append(hit)
    return found


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    table = lasting_words()
    return (
        re.compile(rf"{table.not_asleep}{table.asleep}{table.glue}*{LENGTH}"),
        re.compile(rf"(?:{table.nap.pattern}){table.glue}*{LENGTH}"),
        re.compile(rf"{table.asleep_en}{table.glue_en}*{LENGTH}"),
        re.compile(rf"{LENGTH}{table.after}"),
    )
