"""Dates as printed on Chinese paper, to ISO 8601 with the Chinese offset."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

_DATE = re.compile(
    r"(20\d{2}|19\d{2})\s*[-/.,年—–]\s*(\d{1,2})\s*[-/.,月—–]\s*(0[1-9]|[12]\d|3[01]|[1-9])(?:\s*日)?"
)
_TIME = re.compile(r"^\s*[T,，]?\s*(\d{1,2})\s*[:：时;.]\s*(\d{2})(?:\s*[:：分;.]?\s*(\d{2}))?")
_SOLID = re.compile(r"\b(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:\s?(\d{2})(\d{2}))?\b")
CHINA = timezone(timedelta(hours=8))


def read_date(text: str) -> str | None:
    """``2026-11-03T08:12:00+08:00``, or ``2026-11-03`` where no time is printed."""
    text = text.translate(str.maketrans("OoIl", "0011")) if re.search(r"\d", text) else text
    found = _DATE.search(text)
    if found is None:
        solid = _SOLID.search(text)
        if solid is None:
            return None
        return _iso(solid.group(1, 2, 3), solid.group(4, 5) if solid.group(4) else None)
    time = _TIME.match(text[found.end() :])
    if time is None and len(found.group(3)) == 2:
        time = _TIME.match(text[found.end(3) :])
    return _iso(found.group(1, 2, 3), time.group(1, 2, 3) if time else None)


def _iso(day: tuple[str, ...], time: tuple[str, ...] | None) -> str | None:
    try:
        whole = date(int(day[0]), int(day[1]), int(day[2]))
        if time is None:
            return whole.isoformat()
        second = int(time[2]) if len(time) > 2 and time[2] else 0
        clock = datetime(
            whole.year, whole.month, whole.day, int(time[0]), int(time[1]), second, tzinfo=CHINA
        )
    except ValueError:
        return None
    return clock.isoformat()
