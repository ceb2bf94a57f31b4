"""Interleaved rounds and their medians."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

WARM_UP = 3

Side = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Ratio:
    """``ratio`` is the median of ``ours`` by the median of ``base``; times in milliseconds.

    Without a ``limit`` it is told for information.
    """

    name: str
    ours_ms: float
    base_ms: float
    limit: float | None
    rounds: int

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.base_ms

    @property
    def ok(self) -> bool:
        return self.limit is None or self.ratio <= self.limit

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ratio": round(self.ratio, 2),
            "limit": self.limit,
            "ok": self.ok,
            "ours_ms": round(self.ours_ms, 3),
            "base_ms": round(self.base_ms, 3),
            "rounds": self.rounds,
        }


async def compare(
    name: str, ours: Side, base: Side, *, limit: float | None, rounds: int, warm_up: int = WARM_UP
) -> Ratio:
    """Both sides in turn, so that what else the machine does hits both alike."""
    for _ in range(warm_up):
        await ours()
        await base()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, taken in zip((ours, base), times, strict=True):
            start = time.perf_counter()
            await side()
            taken.append((time.perf_counter() - start) * 1000)
    ours_ms, base_ms = (statistics.median(each) for each in times)
    return Ratio(name, ours_ms, base_ms, limit, rounds)
