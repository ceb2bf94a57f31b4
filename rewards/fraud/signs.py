"""What a row of readings shows. Pure; the numbers are in ``data/limits.toml``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# A serial number or hardware address; a model's name stands for thousands of devices.
_SERIAL = re.compile(r"\d{6,}|(?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """A reading as the watch looks at it: when, and its figures as one text."""

    at: datetime
    values: str


def rhythm(seen: Sequence[Seen], most: int, within: timedelta) -> int:
    """The most readings in any such time, where they are more than ``most``; else 0."""
    times = sorted(each.at for each in seen)
    start, found = 0, 0
    for end, at in enumerate(times):
        while at - times[start] > within:
            start += 1
        found = max(found, end - start + 1)
    return found if found > most else 0


def copied(seen: Sequence[Seen], least: int) -> int:
    """The longest row of days with the same figures, where it is ``least`` or longer; else 0."""
    longest, length, last = 0, 0, None
    for each in sorted(seen, key=lambda one: one.at):
        if last is not None and each.values == last.values:
            length += each.at.date() != last.at.date()
        else:
            length = 1
        longest, last = max(longest, length), each
    return longest if longest >= least else 0


def has_serial(device: str | None) -> bool:
    """Whether the device's name tells it from others of its model."""
    return device is not None and _SERIAL.search(device) is not None
