"""Sparklines: values over time brought into a unit square."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backend.summary.model import Spark

_FEWEST = 3  # two points are a difference, not a course


def spark(
    at: Sequence[datetime],
    lines: Sequence[Sequence[float]],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    split: datetime | None = None,
) -> Spark | None:
    """``at`` ascending, each line with a value for each time; None where there are too few.

    The square spans ``start`` to ``end`` (else the first to the last time) and the least to
    the greatest value of all lines together.
    """
    if len(at) < _FEWEST:
        return None
    first, last = start or at[0], end or at[-1]
    length = (last - first).total_seconds() or 1.0
    values = [value for line in lines for value in line]
    low, high = min(values), max(values)
    height = (high - low) or 1.0

    def x(moment: datetime) -> float:
        return round(min(max((moment - first).total_seconds() / length, 0.0), 1.0), 4)

    return Spark(
        lines=tuple(
            tuple(
                (x(moment), round((value - low) / height, 4) if high > low else 0.5)
                for moment, value in zip(at, line, strict=True)
            )
            for line in lines
        ),
        split=x(split) if split is not None and first < split < last else None,
    )
