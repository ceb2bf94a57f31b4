"""Times of day by the clock: 晚上10点以后, 下午3点到5点, before 8 am, between 3 and 5 pm."""

from __future__ import annotations

import re
from typing import NamedTuple

Hours = tuple[int, int]
EVENING: Hours = (17, 24)


class TimeOfDay(NamedTuple):
    """早上, in the evening: as it was said, and from and to which hour (exclusive)."""

    said: str
    hours: Hours


_ZH = re.compile(
    r"(?P<part>凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|半夜)?(?P<from>\d{1,2})(?:点钟?|:00|时)"
    r"(?:(?:到|至|-|~)(?P<to>\d{1,2})(?:点钟?|:00|时)(?:之?间)?|(?:以|之)?(?P<side>后|前))"
)
_HALF = r"(?:am|pm|a\.m\.|p\.m\.)"
_CLOCK = r"\d{1,2}(?::00)?"
_EN = re.compile(
    rf"(?:(?P<side>after|before|past|until) (?P<from>{_CLOCK}) ?(?P<part>{_HALF})|"
    rf"between (?P<from2>{_CLOCK}) ?(?P<part2>{_HALF})? ?(?:and|to|-) ?"
    rf"(?P<to>{_CLOCK}) ?(?P<part3>{_HALF}))"
)
_NIGHT_ENDS = 6
_AFTERNOON = {"下午", "傍晚", "晚上", "夜里", "半夜", "pm", "p.m."}
_BEGINS = {"凌晨": 0, "早上": 4, "早晨": 4, "清晨": 4, "上午": 6, "中午": 11, "下午": 12}
_BEGINS |= {"傍晚": 16, "晚上": 17}
_ENDS = {"凌晨": 6, "早上": 11, "早晨": 11, "清晨": 11, "上午": 12, "中午": 14, "下午": 18}
_ENDS |= {"傍晚": 20}


def by_the_clock(text: str, language: str) -> tuple[TimeOfDay, tuple[int, int]] | None:
    """The time and where it stands in ``text``; None where no hour is named."""
    match = (_ZH if language == "zh" else _EN).search(text)
    if match is None:
        return None
    hours = _zh(match) if language == "zh" else _en(match)
    if hours is None:
        return None
    return TimeOfDay(match[0].strip(), hours), match.span()


def _zh(match: re.Match[str]) -> Hours | None:
    part = match["part"] or ""
    start = _hour(int(match["from"]), part)
    if match["to"]:
        return _between(start, _hour(int(match["to"]), part))
    if match["side"] == "后":
        return _between(start, _ENDS.get(part, 24) if start < 24 else _NIGHT_ENDS)
    return _between(_BEGINS.get(part, 0), start)


def _en(match: re.Match[str]) -> Hours | None:
    if match["to"]:
        last = match["part3"]
        return _between(
            _hour(_number(match["from2"]), match["part2"] or last),
            _hour(_number(match["to"]), last),
        )
    start = _hour(_number(match["from"]), match["part"])
    return _between(start, 24) if match["side"] in ("after", "past") else _between(0, start)


def _number(clock: str) -> int:
    return int(clock.partition(":")[0])


def _hour(said: int, part: str) -> int:
    """晚上12点 and 12 am are midnight."""
    if said == 12 and part in ("晚上", "夜里", "半夜"):
        return 24
    if said == 12 and part in ("am", "a.m.", "凌晨"):
        return 0
    if part in ("夜里", "半夜") and said < 6:
        return said
    if part == "中午" and said < 4:
        return said + 12
    return said + 12 if part in _AFTERNOON and said < 12 else said


def _between(start: int, end: int) -> Hours | None:
    """May pass midnight; None where it is no span of a day."""
    return (start % 24, end) if 0 <= start <= 24 and 0 <= end <= 24 and start != end else None
