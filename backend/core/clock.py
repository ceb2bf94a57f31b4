"""What time it is. Everything that needs to know asks a ``Clock``, so that tests can fix it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Answers ``now()`` as an aware UTC datetime, cut to milliseconds (BSON's precision)."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return to_milliseconds(datetime.now(UTC))


class FixedClock:
    """A clock that stands still until told otherwise."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return to_milliseconds(self._at.astimezone(UTC))

    def advance(self, by: timedelta) -> None:
        self._at += by

    def set(self, at: datetime) -> None:
        self._at = at


def to_milliseconds(at: datetime) -> datetime:
    """Cut off what BSON cannot store, so that a value read back equals the one written."""
    beyond = at.microsecond % 1000
    return at.replace(microsecond=at.microsecond - beyond) if beyond else at


def offset_minutes(at: datetime) -> int:
    """The datetime's own UTC offset in whole minutes; ``at`` must be aware."""
    offset = at.utcoffset()
    if offset is None:
        raise ValueError("naive datetime: every time in Kangban carries its offset")
    return int(offset.total_seconds() // 60)
