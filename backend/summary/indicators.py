"""Key indicators: home readings since the last visit against those before it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import fmean

from backend.archive.fhir.home_readings import precision_of
from backend.measurements.judge.judging import in_target
from backend.measurements.judge.texts import name_of, unit_of
from backend.measurements.reading import Reading
from backend.measurements.thresholds import Limits, rounded, shown
from backend.summary.model import Indicator, Point, Some, Span, Spark, Window
from backend.summary.rules import IndicatorRule, rules
from backend.summary.spark import spark

LimitsOf = Callable[[IndicatorRule], Limits]


def indicators(
    readings: Sequence[Reading], window: Window, limits_of: LimitsOf, language: str
) -> Some[Indicator]:
    """The rows that have any reading in the window, in the order of the rules."""
    ordered = sorted(readings, key=lambda each: (each.at, each.id))
    rows = [
        _row(rule, found, window, limits_of(rule), language)
        for rule in rules().indicators
        if (found := [each for each in ordered if _belongs(each, rule)])
    ]
    return Some.of(rows, rules().most["indicators"])


def _belongs(reading: Reading, rule: IndicatorRule) -> bool:
    if reading.kind is not rule.kind or (rule.meal and reading.meal is not rule.meal):
        return False
    return all(name in reading.values for name in rule.components)


def _row(
    rule: IndicatorRule, found: list[Reading], window: Window, limits: Limits, language: str
) -> Indicator:
    recent = [each for each in found if each.at >= window.since]
    earlier = [each for each in found if each.at < window.since]
    now, before = (_span(rule, some, limits) for some in (recent, earlier))
    by_height = sorted(recent, key=lambda each: _numbers(rule, each))
    return Indicator(
        id=rule.id,
        name=name_of(rule.kind, rule.meal).get(language),
        unit=unit_of(rule.kind).get(language).strip(),
        latest=_point(rule, found[-1]),
        now=now,
        before=before,
        change=_change(rule, now, before),
        lowest=_point(rule, by_height[0]) if by_height else None,
        highest=_point(rule, by_height[-1]) if by_height else None,
        spark=_spark(rule, found, window),
    )


def _numbers(rule: IndicatorRule, reading: Reading) -> tuple[float, ...]:
    return tuple(reading.values[name] for name in rule.components)


def _text(rule: IndicatorRule, numbers: Sequence[float]) -> str:
    return "/".join(shown(rule.kind, number) for number in numbers)


def _point(rule: IndicatorRule, reading: Reading) -> Point:
    return Point(
        text=_text(rule, _numbers(rule, reading)),
        at=reading.at,
        precision=precision_of(reading.attributes),
        source=reading.id,
    )


def _span(rule: IndicatorRule, some: list[Reading], limits: Limits) -> Span | None:
    if not some:
        return None
    means = tuple(fmean(column) for column in zip(*(_numbers(rule, r) for r in some), strict=True))
    judged = [inside for each in some if (inside := in_target(limits, _rounded(each))) is not None]
    return Span(
        mean=_text(rule, means),
        values=means,
        count=len(some),
        in_target=sum(judged) / len(judged) if judged else None,
        sources=tuple(each.id for each in some),
    )


def _rounded(reading: Reading) -> dict[str, float]:
    return {name: rounded(reading.kind, value) for name, value in reading.values.items()}


def _change(rule: IndicatorRule, now: Span | None, before: Span | None) -> str:
    """``-6/-3``, of the means as they are shown, so that the columns agree."""
    if now is None or before is None:
        return ""
    return "/".join(
        _signed(rule, rounded(rule.kind, new) - rounded(rule.kind, old))
        for new, old in zip(now.values, before.values, strict=True)
    )


def _signed(rule: IndicatorRule, difference: float) -> str:
    text = shown(rule.kind, abs(difference))
    if float(text) == 0:
        return "0"
    return f"{'+' if difference > 0 else '−'}{text}"


def _spark(rule: IndicatorRule, found: list[Reading], window: Window) -> Spark | None:
    days: dict[datetime, list[tuple[float, ...]]] = {}
    for each in found:
        noon = each.at.replace(hour=12, minute=0, second=0, microsecond=0)
        days.setdefault(noon, []).append(_numbers(rule, each))
    at = sorted(days)
    lines = [
        [fmean(numbers[index] for numbers in days[day]) for day in at]
        for index in range(len(rule.components))
    ]
    return spark(at, lines, start=window.before, end=window.until, split=window.since)
