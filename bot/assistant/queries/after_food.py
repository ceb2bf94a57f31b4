"""Which meal, and how long after it: 早餐后1小时 among the glucose readings taken after food."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.core.clock import SHANGHAI
from bot.assistant.records import Reading

# Where a reading does not note its meal, its hour tells: breakfast until 11, lunch until 17.
_MEALS = (
    (re.compile(r"早(?:餐|饭)|breakfast"), (4, 11)),
    (re.compile(r"(?:午|中)(?:餐|饭)|lunch"), (11, 17)),
    (re.compile(r"晚(?:餐|饭)|夜饭|dinner|supper"), (17, 24)),
)
_HOURS = re.compile(
    r"(?<!\d)([123])\s*(?:个?(?:小时|钟头)|h(?![a-z])|hours?)|([一二两三])个?小时", re.I
)
_NUMBERS = {"一": "1", "二": "2", "两": "2", "三": "3"}


def of_the_meal(readings: Sequence[Reading], asked: str) -> list[Reading]:
    """The readings after the meal, and so long after it, that the plain question names.

    A name that notes its meal or its hours is believed; where no reading notes hours, the
    question's are not held against any.
    """
    rows = list(readings)
    for pattern, (first, last) in _MEALS:
        if pattern.search(asked):
            rows = [r for r in rows if _is_of(r, pattern, first, last)]
            break
    hours = _hours(asked)
    noted = [r for r in rows if _hours(r.name) is not None]
    if hours is None or not noted:
        return rows
    return [r for r in noted if _hours(r.name) == hours]


def _is_of(r: Reading, pattern: re.Pattern[str], first: int, last: int) -> bool:
    if any(each.search(r.name.lower()) for each, _ in _MEALS):
        return bool(pattern.search(r.name.lower()))
    return not r.day_only and first <= r.at.astimezone(SHANGHAI).hour < last


def _hours(text: str) -> str | None:
    match = _HOURS.search(text)
    if match is None:
        return None
    return match[1] or _NUMBERS[match[2]]
