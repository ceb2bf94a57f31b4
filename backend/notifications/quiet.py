"""Quiet hours (免打扰时段) on the wall clock of a place."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES = 24 * 60


def quiet_until(now: datetime, zone: ZoneInfo, since: int, until: int) -> datetime | None:
    """When the quiet hours that hold at ``now`` end, in UTC; None outside of them.

    ``since`` and ``until`` are minutes of the day; over midnight where ``since`` is later. Equal
    ones are no quiet hours. On a day whose clocks change the end is the wall clock's: an hour
    that is skipped ends when it would have begun.
    """
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    if since <= until:
        if not since <= minute < until:
            return None
        day = local.date()
    else:
        if until <= minute < since:
            return None
        day = local.date() + timedelta(days=1 if minute >= since else 0)
    wall = time(until // 60 % 24, until % 60)
    end = datetime.combine(day, wall, zone).astimezone(UTC)
    if until == MINUTES:
        end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    # Clocks set back: the second time round the end may lie behind.
    return end if end > now else None
