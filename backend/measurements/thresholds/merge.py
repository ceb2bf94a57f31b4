"""The guideline and the doctor's override, made one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from backend.measurements.draft import Kind, Meal
from backend.measurements.thresholds.model import (
    Bound,
    Direction,
    Level,
    Limit,
    Limits,
    Op,
    Place,
    Target,
    Text,
)
from backend.measurements.thresholds.person import (
    Circumstances,
    Override,
    Person,
    age_in_months,
)
from backend.measurements.thresholds.rows import Who, guideline, table


def limits_for(
    kind: Kind,
    person: Person,
    at: datetime,
    overrides: Iterable[Override] = (),
    *,
    meal: Meal | None = None,
    place: Place = Place.HOME,
    resting: bool = True,
    include_unverified: bool = False,
) -> Limits:
    """What holds for ``person`` at ``at`` (aware): the guideline, then the valid overrides.

    Of several valid overrides of one component the one for that very meal
    wins, then the one that began last. An override sets the target; it widens
    the guideline's limits to its own ends, except the ``fixed`` ones, and
    leaving it is a notice at least. No value inside a target crosses a limit.
    Empty (falsy) where nobody has published a limit for such a person.
    """
    how = Circumstances(meal=meal, place=place, resting=resting)
    limits, targets = guideline(kind, who_is(person, at), how, include_unverified)
    chosen = _chosen(overrides, kind, meal, at)
    for override in chosen:
        limits = _widened(limits, override)
        targets = _retargeted(targets, override)
    return Limits(kind, meal, limits, _clipped(targets, limits))


def override_source(override: Override) -> Text:
    """Who set it and until when, as it is shown."""
    zh, en = f"{override.set_by}设定", f"Set by {override.set_by}"
    if override.valid_until is None:
        return Text(zh, en)
    until = override.valid_until.isoformat()
    return Text(f"{zh}，{until} 前", f"{en}, until {until}")


def who_is(person: Person, at: datetime) -> Who:
    """The person as rows see them, at the age they had at ``at``."""
    if person.birth_date is None:
        months = int(table()["assumed_age_years"]) * 12
    else:
        months = age_in_months(person.birth_date, at.date())
    return Who(
        age_months=months,
        sex=person.sex,
        conditions=person.conditions,
        pregnant=person.pregnant,
    )


def _chosen(
    overrides: Iterable[Override], kind: Kind, meal: Meal | None, at: datetime
) -> list[Override]:
    valid = [override for override in overrides if override.holds(kind, meal, at)]
    valid.sort(key=_precedence)
    return list({override.component: override for override in valid}.values())


def _precedence(override: Override) -> tuple[object, ...]:
    # the numbers only make the choice between equals independent of the order given
    return (
        override.meal is not None,
        override.valid_from,
        override.set_by,
        override.low is not None,
        override.low or 0.0,
        override.high is not None,
        override.high or 0.0,
    )


def _widened(limits: tuple[Limit, ...], override: Override) -> tuple[Limit, ...]:
    source = override_source(override)
    own = []
    if override.low is not None:
        own.append(Limit("override", override.component, Op.LT, override.low, Level.NOTICE, source))
    if override.high is not None:
        own.append(
            Limit("override", override.component, Op.GT, override.high, Level.NOTICE, source)
        )
    return tuple(_moved(limit, override, source) for limit in limits) + tuple(own)


def _moved(limit: Limit, override: Override, source: Text) -> Limit:
    end = override.high if limit.direction is Direction.HIGH else override.low
    if limit.component != override.component or limit.fixed or end is None:
        return limit
    if not limit.crossed_by(end):
        return limit
    op = Op.GT if limit.direction is Direction.HIGH else Op.LT
    return replace(limit, op=op, value=end, source=source, unverified=False)


def _retargeted(targets: tuple[Target, ...], override: Override) -> tuple[Target, ...]:
    source = override_source(override)
    old = next((target for target in targets if target.component == override.component), None)
    lower, upper = (old.lower, old.upper) if old else (None, None)
    if override.low is not None:
        lower = Bound(override.low, True, source)
    if override.high is not None:
        upper = Bound(override.high, True, source)
    new = Target(override.component, lower, upper)
    return (*(target for target in targets if target is not old), new)


def _clipped(targets: tuple[Target, ...], limits: tuple[Limit, ...]) -> tuple[Target, ...]:
    clipped = (_clip(target, limits) for target in targets)
    return tuple(target for target in clipped if not _empty(target))


def _clip(target: Target, limits: tuple[Limit, ...]) -> Target:
    for limit in limits:
        if limit.component != target.component:
            continue
        edge = Bound(limit.value, limit.op in (Op.GT, Op.LT), limit.source)
        if limit.direction is Direction.HIGH:
            target = replace(target, upper=_tighter(target.upper, edge, highest=True))
        else:
            target = replace(target, lower=_tighter(target.lower, edge, highest=False))
    return target


def _tighter(bound: Bound | None, edge: Bound, *, highest: bool) -> Bound:
    if bound is None:
        return edge
    if bound.value == edge.value:
        return bound if not bound.inclusive else edge
    return bound if (bound.value < edge.value) == highest else edge


def _empty(target: Target) -> bool:
    lower, upper = target.lower, target.upper
    if lower is None or upper is None:
        return False
    if lower.value == upper.value:
        return not (lower.inclusive and upper.inclusive)
    return lower.value > upper.value
