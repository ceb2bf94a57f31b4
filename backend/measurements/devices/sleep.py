"""From segments of a night to one sleep reading with its stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from backend.measurements.draft import Quantity

NIGHT_GAP = timedelta(hours=2)
"""Segments further apart are two sleeps. Engineering choice: longer than a wakeful
hour at night, shorter than the way from waking to an early nap."""
_ASLEEP = ("asleep", "light", "deep", "rem")


class Segment(NamedTuple):
    """``stage``: asleep (which is not known), light, deep, rem or awake; times aware."""

    start: datetime
    end: datetime
    stage: str


def nights(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """The segments of one source, in any order, parted where nothing is known for two hours."""
    night: list[Segment] = []
    last_end = None
    for segment in sorted(segments):
        if last_end is not None and segment.start - last_end > NIGHT_GAP:
            yield night
            night, last_end = [], None
        night.append(segment)
        last_end = segment.end if last_end is None else max(last_end, segment.end)
    if night:
        yield night


def stage_minutes(night: Sequence[Segment]) -> dict[str, Quantity]:
    """``duration`` asleep and each stage that occurs, in minutes; overlaps count once."""
    totals = {"duration": _covered(segment for segment in night if segment.stage in _ASLEEP)}
    for stage in ("deep", "light", "rem", "awake"):
        if any(segment.stage == stage for segment in night):
            totals[stage] = _covered(segment for segment in night if segment.stage == stage)
    return {name: Quantity(total / timedelta(minutes=1), "min") for name, total in totals.items()}


def span(night: Sequence[Segment]) -> tuple[datetime, datetime]:
    """From falling asleep, or lying awake as the device saw it, to the last segment's end."""
    first = min(night)
    end = max(segment.end for segment in night)
    return first.start, end.astimezone(first.start.tzinfo)


def _covered(segments: Iterable[Segment]) -> timedelta:
    total, reached = timedelta(), None
    for segment in sorted(segments):
        start = segment.start if reached is None else max(segment.start, reached)
        if segment.end > start:
            total += segment.end - start
            reached = segment.end
    return total
