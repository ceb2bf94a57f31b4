"""The page's parts as texts, alike in HTML and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.core.clock import SHANGHAI
from backend.summary.model import Indicator, Lab, Point, Some, Span, Spark, Summary
from backend.summary.rules import say

_CATEGORY_WORDS = {"medications": "medications_category", "reports": "reports_category"}
HEADS = ("indicator", "latest", "now", "before", "change", "target", "range", "trend")


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """The table's cells, without the last one, which is the picture."""

    cells: tuple[str, ...]
    spark: Spark | None


@dataclass(frozen=True, slots=True)
class LabRow:
    name: str
    value: str
    flag: str
    detail: str
    spark: Spark | None


def heads(language: str) -> list[str]:
    return [say(f"h_{each}", language) for each in HEADS]


def who(summary: Summary) -> list[str]:
    """Name, sex and age; in the name's place that it is not granted."""
    person = summary.who
    name = person.name or say("nameless", summary.language)
    return [each for each in (name, person.sex, person.age) if each]


def made(summary: Summary) -> str:
    at = summary.window.until.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return say("made", summary.language, at=at)


def withheld(summary: Summary) -> str:
    """Which categories are not granted; empty where all are."""
    if not summary.withheld:
        return ""
    names = [
        say(_CATEGORY_WORDS.get(each.value, each.value), summary.language)
        for each in summary.withheld
    ]
    return say("withheld", summary.language, what=listed(names, summary.language))


def more(some: Some[Any], language: str) -> str:
    return say("more", language, n=some.left_out) if some.left_out else ""


def indicator_row(row: Indicator, language: str) -> IndicatorRow:
    return IndicatorRow(
        cells=(
            f"{row.name} {row.unit}".strip(),
            f"{row.latest.text}{_aside(_short(row.latest), language)}",
            _mean(row.now, language),
            _mean(row.before, language),
            row.change or "–",
            _shares(row),
            _range(row),
        ),
        spark=row.spark,
    )


def lab_row(row: Lab, language: str) -> LabRow:
    parts = [_day(row.latest.at)]
    if row.range:
        parts.append(say("range", language, range=row.range))
    if row.before is not None:
        before = say("before_value", language, value=row.before.text, at=_day(row.before.at))
        parts.append(before)
    joiner = ", " if language.startswith("en") else "，"
    return LabRow(row.name, row.latest.text, row.flag, joiner.join(parts), row.spark)


def listed(parts: Sequence[str], language: str) -> str:
    return (", " if language.startswith("en") else "、").join(parts)


def _mean(span: Span | None, language: str) -> str:
    return "–" if span is None else f"{span.mean}{_aside(str(span.count), language)}"


def _shares(row: Indicator) -> str:
    shares = [_share(row.now), _share(row.before)]
    return " / ".join(shares) if set(shares) != {"–"} else "–"


def _share(span: Span | None) -> str:
    return "–" if span is None or span.in_target is None else f"{span.in_target:.0%}"


def _range(row: Indicator) -> str:
    if row.lowest is None or row.highest is None:
        return "–"
    return f"{row.lowest.text}–{row.highest.text}"


def _aside(text: str, language: str) -> str:
    return f" ({text})" if language.startswith("en") else f"（{text}）"


def _short(point: Point) -> str:
    return point.at.astimezone(SHANGHAI).strftime("%m-%d")


def _day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).date().isoformat()
