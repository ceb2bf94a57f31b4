"""The truth, computed in the simplest way from the generator's rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from backend.core.clock import SHANGHAI
from tests.evals.assistant.residents import NOW, Resident, Row

Span = tuple[datetime, datetime]


def day(y: int, m: int, d: int) -> datetime:
    return datetime(y, m, d, tzinfo=SHANGHAI)


def back(days: int) -> Span:
    first = NOW.date() - timedelta(days=days)
    return day(first.year, first.month, first.day), NOW


# Spans written out by hand for NOW = Saturday 2026-11-21 10:00.
SPANS: dict[str, Span] = {
    "7d": back(7),
    "10d": back(10),
    "15d": back(15),
    "30d": back(30),
    "2w": back(14),
    "1m": (day(2026, 10, 21), NOW),
    "2m": (day(2026, 9, 21), NOW),
    "3m": (day(2026, 8, 21), NOW),
    "6m": (day(2026, 5, 21), NOW),
    "1y": (day(2025, 11, 21), NOW),
    "18m": (day(2025, 5, 21), NOW),
    "last_week": (day(2026, 11, 9), day(2026, 11, 16)),
    "this_week": (day(2026, 11, 16), NOW),
    "last_month": (day(2026, 10, 1), day(2026, 11, 1)),
    "this_month": (day(2026, 11, 1), NOW),
    "last_year": (day(2025, 1, 1), day(2026, 1, 1)),
    "this_year": (day(2026, 1, 1), NOW),
    "oct": (day(2026, 10, 1), day(2026, 11, 1)),
    "mar": (day(2026, 3, 1), day(2026, 4, 1)),
    "national": (day(2026, 10, 1), day(2026, 10, 8)),
    "since_sep": (day(2026, 9, 1), NOW),
    "h1": (day(2026, 1, 1), day(2026, 7, 1)),
    "stay": (day(2026, 8, 3), day(2026, 8, 11)),
    "after_stay": (datetime(2026, 8, 10, 11, 0, tzinfo=SHANGHAI), NOW),
    "range": (day(2026, 10, 5), day(2026, 10, 26)),
    "summer": (day(2026, 6, 1), day(2026, 9, 1)),
}


def rows(p: Resident, kind: str, span: Span | None = None, meal: str | None = None) -> list[Row]:
    found = [r for r in p.rows if r.kind == kind and (meal is None or r.meal == meal)]
    if span is not None:
        found = [r for r in found if span[0] <= r.at < span[1]]
    return sorted(found, key=lambda r: r.at)


def mean(values: list[Decimal]) -> Decimal:
    return (sum(values, Decimal(0)) / len(values)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def parts(found: list[Row]) -> list[str]:
    return list(found[0].values)


def average(found: list[Row]) -> list[Decimal]:
    return [mean([r.values[p] for r in found]) for p in parts(found)]


def extreme(
    found: list[Row], choose: Callable[[list[Decimal]], Decimal]
) -> tuple[list[Decimal], list[Row]]:
    values, hits = [], []
    for p in parts(found):
        best = choose([r.values[p] for r in found])
        values.append(best)
        hits += [r for r in found if r.values[p] == best]
    return values, hits


def on(found: list[Row], d: date) -> list[Row]:
    return [r for r in found if r.at.date() == d]
