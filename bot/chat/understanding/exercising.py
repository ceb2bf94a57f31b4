"""Exercise in free words: 散步半小时, 打太极一小时, 跑步5公里30分钟."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from backend.measurements.draft import Draft, Kind, Quantity, Source
from bot.chat.understanding.around import Taken, clause_of, with_its_time
from bot.chat.understanding.lasting import Activity, lasting_words
from bot.chat.understanding.lengths import LENGTH, blank, length, minutes, vague, vague_after
from bot.chat.understanding.moment import moment
from bot.chat.understanding.understood import Found, Lack

_UNITS = {"公里": "km", "千米": "km", "km": "km", "米": "m"}
_BY_HAND = Source(system="manual")


def exercise_in(text: str, now: datetime) -> Taken:
    """``text`` as ``lengths.spoken`` has it. What is a habit, or brought a complaint, is taken
    out and not found: no number of it is anything else."""
    found: list[Found] = []
    lacks: list[Lack] = []
    rest = text
    table = lasting_words().exercise
    for activity, hit in _hits(text):
        own, before = clause_of(text, hit.span())
        rest = blank(rest, with_its_time(text, hit, now))
        if table.not_one_day.search(f"{before},{own}") or table.complaint.search(own):
            continue
        read = Lack.EXERCISE if vague(own) else _read(activity, hit, own, now)
        if isinstance(read, Lack):
            lacks.append(read)
        else:
            found.append(read)
    if rest == text and (hit_about := vague_after(_all_words(), text)) is not None:
        own, before = clause_of(text, hit_about.span())
        if not table.not_one_day.search(f"{before},{own}"):
            return Taken((), (Lack.EXERCISE,), blank(text, [hit_about.span()]))
    return Taken(tuple(found), tuple(lacks), rest)


def _read(activity: Activity, hit: re.Match[str], own: str, now: datetime) -> Found | Lack:
    """It began when it was said to, or so that it is over by now."""
    lasted = length(hit)
    when = moment(own.replace(hit[0], " " * len(hit[0])), now)
    if when.lack is not None:
        return when.lack
    at = min(when.at or now, now - timedelta(minutes=minutes(lasted)))
    values = {"duration": lasted}
    far = re.search(lasting_words().exercise.distance, hit[0])
    if far is not None:
        values["distance"] = Quantity(float(far["far"]), _UNITS[far["of"]])
    draft = Draft(
        kind=Kind.EXERCISE,
        at=at,
        values=values,
        source=_BY_HAND,
        attributes={"activity": activity.code} if activity.code else {},
    )
    return replace(Found(draft=draft, said=own.strip()), timed=when.at is not None)


def _hits(text: str) -> list[tuple[Activity, re.Match[str]]]:
    """The first of the activities that claims a place has it: 健身操 is no 健身."""
    found: list[tuple[Activity, re.Match[str]]] = []
    for activity, pattern in _patterns():
        for hit in pattern.finditer(text):
            if all(hit.end() <= each.start() or each.end() <= hit.start() for _, each in found):
                found.append((activity, hit))
    return sorted(found, key=lambda each: each[1].start())


@cache
def _all_words() -> str:
    table = lasting_words().exercise
    return "|".join(f"(?:{each.words.pattern}){table.glue}*" for each in table.activities)


@cache
def _patterns() -> list[tuple[Activity, re.Pattern[str]]]:
    table = lasting_words().exercise
    # 散步半小时后血压135/85: the length is of the time between.
    long = rf"{LENGTH}(?!{table.not_one})"
    patterns = []
    for activity in table.activities:
        words = f"(?:{activity.words.pattern})"
        far = rf"(?:{table.glue}*{table.distance})?"
        patterns.append((activity, re.compile(rf"{words}{far}{table.glue}*{long}")))
        patterns.append((activity, re.compile(rf"{long}的?(?:{activity.words.pattern})")))
    return patterns
