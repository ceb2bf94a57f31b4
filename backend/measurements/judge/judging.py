"""One reading against the limits of the one it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from backend.measurements.draft import Kind, Meal
from backend.measurements.judge.finding import Occasion, make_finding
from backend.measurements.judge.model import Judgement, Rule
from backend.measurements.judge.texts import values_text
from backend.measurements.thresholds import (
    Direction,
    Level,
    Limit,
    Limits,
    Override,
    Person,
    Place,
    limits_for,
    rounded,
)
from backend.measurements.thresholds.rows import table


def judge(
    kind: Kind,
    values: Mapping[str, float],
    *,
    meal: Meal | None = None,
    at: datetime,
    person: Person,
    overrides: Iterable[Override] = (),
    place: Place = Place.HOME,
    resting: bool = True,
) -> Judgement | None:
    """What one reading comes to; None where no limit exists for any of its components.

    ``values`` by component in canonical units, ``at`` aware. Values are
    compared as people read them, rounded half-up to the kind's precision, so
    a reason never contradicts its own numbers. ValueError for NaN and
    infinity, which normalising refuses long before.
    """
    limits = limits_for(kind, person, at, overrides, meal=meal, place=place, resting=resting)
    seen = {name: rounded(kind, value) for name, value in values.items()}
    if not _known(limits) & seen.keys():
        return None
    crossed = worst_crossed(limits, seen)
    finding = None
    if crossed:
        occasion = Occasion(kind=kind, meal=meal, rule=Rule.SINGLE, person=person, at=at)
        facts = {"values": values_text(kind, seen, crossed[0].component)}
        finding = make_finding(occasion, crossed[0].level, crossed, facts)
    return Judgement(
        kind=kind,
        meal=meal,
        rule=Rule.SINGLE,
        in_target=in_target(limits, seen),
        finding=finding,
    )


def judge_all(
    kind: Kind,
    values: Mapping[str, float],
    *,
    meal: Meal | None = None,
    at: datetime,
    person: Person,
    overrides: Iterable[Override] = (),
    place: Place = Place.HOME,
    resting: bool = True,
) -> tuple[Judgement, ...]:
    """The reading's own judgement and those of what came with it: a cuff's pulse as heart rate."""
    own = tuple(overrides)
    jobs = [(kind, values, meal)]
    for other in table()["also_judged"]:
        if other["kind"] == kind and other["component"] in values:
            pulse = {other["as_component"]: values[other["component"]]}
            jobs.append((Kind(other["as_kind"]), pulse, None))
    judged = (
        judge(k, v, meal=m, at=at, person=person, overrides=own, place=place, resting=resting)
        for k, v, m in jobs
    )
    return tuple(judgement for judgement in judged if judgement is not None)


def with_red_flag(judgement: Judgement, *, person: Person, at: datetime) -> Judgement:
    """The same reading in somebody with a red-flag symptom: high is urgent, urgent an emergency.

    Which symptoms those are the assistant's triage knows. A notice, and a
    reading without a finding, stay what they are: there the symptom speaks alone.
    """
    old = judgement.finding
    if old is None or old.level not in (Level.HIGH, Level.URGENT):
        return judgement
    occasion = Occasion(
        kind=judgement.kind, meal=judgement.meal, rule=judgement.rule, person=person, at=at
    )
    raised = make_finding(occasion, Level(old.level + 1), old.crossed, old.facts)
    return replace(judgement, finding=raised)


def in_target(limits: Limits, values: Mapping[str, float]) -> bool | None:
    """Whether every component that has a target is inside it; None when none has one."""
    inside = [
        target.contains(values[target.component])
        for target in limits.targets
        if target.component in values
    ]
    return all(inside) if inside else None


def worst_crossed(limits: Limits, values: Mapping[str, float]) -> tuple[Limit, ...]:
    """The limits of the highest level crossed, one a component, all of one direction."""
    crossed = [
        limit
        for limit in limits.limits
        if limit.component in values and limit.crossed_by(values[limit.component])
    ]
    if not crossed:
        return ()
    level = max(limit.level for limit in crossed)
    worst = [limit for limit in crossed if limit.level is level]
    high = [limit for limit in worst if limit.direction is Direction.HIGH]
    return _outermost(high or worst)


def _outermost(limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """Of several limits of one component the one furthest out, which says most."""
    sign = 1 if limits[0].direction is Direction.HIGH else -1
    ordered = sorted(limits, key=lambda limit: (sign * limit.value, limit.id))
    furthest = {limit.component: limit for limit in ordered}
    components = [limit.component for limit in limits]
    return tuple(furthest[component] for component in dict.fromkeys(components))


def _known(limits: Limits) -> set[str]:
    return {x.component for x in limits.limits} | {x.component for x in limits.targets}
