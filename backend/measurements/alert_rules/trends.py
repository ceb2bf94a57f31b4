"""Trends that deserve an alert: out of target again and again, a raised mean, fast weight gain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.measurements.alert_rules.dedupe import Judged
from backend.measurements.alert_rules.points import Point, distinct, mean, sittings
from backend.measurements.draft import Kind, Meal
from backend.measurements.judge.finding import Occasion, make_finding
from backend.measurements.judge.judging import worst_crossed
from backend.measurements.judge.model import Judgement, Rule
from backend.measurements.judge.texts import text_of, values_text, words
from backend.measurements.thresholds import (
    Direction,
    Level,
    Limit,
    Limits,
    Op,
    Override,
    Person,
    Target,
    limits_for,
    rounded,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """The readings of one kind and meal, with what holds for the person now."""

    kind: Kind
    meal: Meal | None
    person: Person
    points: Sequence[Point]
    limits: Limits
    now: datetime

    def within(self, days: float) -> list[Point]:
        return distinct(self.points, since=self.now - timedelta(days=days), until=self.now)

    def judged(
        self,
        rule: Rule,
        level: Level,
        crossed: tuple[Limit, ...],
        facts: Mapping[str, str],
        run: Sequence[datetime],
    ) -> Judged:
        at = run[-1]
        occasion = Occasion(kind=self.kind, meal=self.meal, rule=rule, person=self.person, at=at)
        judgement = Judgement(
            kind=self.kind,
            meal=self.meal,
            rule=rule,
            in_target=None if rule is Rule.WEIGHT_GAIN else False,
            finding=make_finding(occasion, level, crossed, facts),
        )
        key = f"{rule}:{self.meal or ''}:{run[0].isoformat()}/{at.isoformat()}"
        return Judged(reading=key, at=at, judgement=judgement)


def judge_trends(
    kind: Kind,
    points: Iterable[Point],
    *,
    person: Person,
    now: datetime,
    overrides: Iterable[Override] = (),
) -> tuple[Judged, ...]:
    """The trend findings of one kind's readings of the last 14 days, as of ``now`` (aware).

    Each has level notice or high and a ``reading`` that names its run of
    readings, so that ``should_alert`` takes the same run only once. The order
    of ``points`` does not matter, nor do doubles. Each meal is a trend of its own.
    """
    seen, own = tuple(points), tuple(overrides)
    findings: list[Judged | None] = []
    for meal in sorted({point.meal for point in seen}, key=lambda meal: meal or ""):
        series = _Series(
            kind=kind,
            meal=meal,
            person=person,
            points=[point for point in seen if point.meal is meal],
            limits=limits_for(kind, person, now, own, meal=meal),
            now=now,
        )
        findings += [_in_a_row(series), _weekly_mean(series), _weight_gain(series)]
    return tuple(finding for finding in findings if finding is not None)


def _in_a_row(series: _Series) -> Judged | None:
    rule: Mapping[str, Any] = words()["trends"]["in_a_row"]
    if series.kind not in rule["kinds"]:
        return None
    count, apart = rule["count"], timedelta(minutes=rule["apart_minutes"])
    last = sittings(series.within(rule["within_days"]), apart=apart)[-count:]
    values = [{name: rounded(series.kind, v) for name, v in s.values.items()} for s in last]
    if len(last) < count:
        return None
    for direction in (Direction.HIGH, Direction.LOW):
        outside = [_outside(series.limits, value, direction) for value in values]
        if all(outside):
            latest = values_text(series.kind, values[-1], outside[-1][0].component)
            facts = {"count": str(count), "values": latest}
            level = _raised(Level[rule["level"].upper()], series.limits, values, direction)
            run = [sitting.at for sitting in last]
            return series.judged(Rule.IN_A_ROW, level, outside[-1], facts, run)
    return None


def _weekly_mean(series: _Series) -> Judged | None:
    rule: Mapping[str, Any] | None = words()["trends"]["weekly_mean"].get(series.kind.value)
    if rule is None or (rule["meals"] and series.meal not in rule["meals"]):
        return None
    points = series.within(rule["days"])
    days = {point.at.date() for point in points}
    if len(points) < rule["min_readings"] or len(days) < rule["min_days"]:
        return None
    exact = {name: rounded(series.kind, v, extra=1) for name, v in mean(points).items()}
    crossed = _outside(series.limits, exact, Direction.HIGH)
    if not crossed:
        return None
    facts = {
        "days": str(rule["days"]),
        "count": str(len(points)),
        "values": _mean_text(series.kind, exact, crossed),
    }
    level = _raised(Level[rule["level"].upper()], series.limits, [exact], Direction.HIGH)
    return series.judged(Rule.WEEKLY_MEAN, level, crossed, facts, [point.at for point in points])


def _weight_gain(series: _Series) -> Judged | None:
    rule: Mapping[str, Any] = words()["trends"]["weight_gain"]
    if series.kind is not Kind.WEIGHT or rule["condition"] not in series.person.conditions:
        return None
    points = [point for point in series.within(rule["days"]) if "weight" in point.values]
    if not points:
        return None
    lightest = min(points, key=lambda point: (point.values["weight"], point.at))
    gain = rounded(Kind.WEIGHT, points[-1].values["weight"] - lightest.values["weight"])
    level = Level[rule["level"].upper()]
    limit = Limit("weight-gain", "weight", Op.GTE, rule["gte"], level, text_of(rule))
    if not limit.crossed_by(gain):
        return None
    facts = {
        "days": str(rule["days"]),
        "values": values_text(Kind.WEIGHT, {"weight": gain}, "weight"),
    }
    return series.judged(Rule.WEIGHT_GAIN, level, (limit,), facts, [lightest.at, points[-1].at])


def _outside(
    limits: Limits, values: Mapping[str, float], direction: Direction
) -> tuple[Limit, ...]:
    """The ends of the targets that ``values`` are beyond in that direction."""
    return tuple(
        _end(target, direction)
        for target in limits.targets
        if target.component in values and target.side(values[target.component]) is direction
    )


def _end(target: Target, direction: Direction) -> Limit:
    if direction is Direction.HIGH:
        bound, ops = target.upper, (Op.GTE, Op.GT)
    else:
        bound, ops = target.lower, (Op.LTE, Op.LT)
    if bound is None:
        raise ValueError(f"{target.component} is never {direction} of an open end")
    op = ops[bound.inclusive]
    return Limit("target", target.component, op, bound.value, Level.NOTICE, bound.source)


def _raised(
    level: Level, limits: Limits, values: Sequence[Mapping[str, float]], direction: Direction
) -> Level:
    """``level``, or high where every one of ``values`` is high or worse by itself."""
    return max(level, Level.HIGH) if all(_is_high(limits, v, direction) for v in values) else level


def _is_high(limits: Limits, values: Mapping[str, float], direction: Direction) -> bool:
    crossed = worst_crossed(limits, values)
    return bool(crossed) and crossed[0].direction is direction and crossed[0].level >= Level.HIGH


def _mean_text(kind: Kind, exact: Mapping[str, float], crossed: Sequence[Limit]) -> str:
    """As few decimals as keep the number on its side of the limit."""
    plain = all(limit.crossed_by(rounded(kind, exact[limit.component])) for limit in crossed)
    return values_text(kind, exact, crossed[0].component, extra=0 if plain else 1)
