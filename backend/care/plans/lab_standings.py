"""Targets of laboratory items and the newest results beside them: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.archive.entry import Entry
from backend.archive.sections import ObservationBody
from backend.care.plans.fitting import Known
from backend.care.plans.goal import LabGoal
from backend.care.plans.lab import LabItem, LabTarget, lab_items, value_of, within
from backend.care.plans.plan import Plan
from backend.care.plans.signs import level_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult:
    """``value`` in the item's unit."""

    value: float
    at: datetime
    entry_id: ObjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class LabStanding:
    """From ``low`` on, below ``high``. ``own``: the doctor's target; else it is the pathway's, and
    ``source`` says whose. ``latest``: None also where reports are not granted."""

    item: LabItem
    low: float | None
    high: float | None
    own: LabTarget | None
    source: str | None
    latest: LabResult | None

    @property
    def in_target(self) -> bool | None:
        return None if self.latest is None else within(self.latest.value, self.low, self.high)


def lab_goals(plan: Plan) -> tuple[LabGoal, ...]:
    return tuple(each for each in plan.content.goal if isinstance(each, LabGoal))


def lab_standings(
    plan: Plan, results: Sequence[Entry], known: Sequence[Known]
) -> tuple[LabStanding, ...]:
    """The pathway's goals first, then what the doctor has a target for beside them. ``results``
    newest first; ``known``: diagnoses, which a goal's level may rest on."""
    own = {each.item: each for each in plan.lab}
    about = [each for each in known if each.category is plan.category]
    goals = {each.key: each for each in lab_goals(plan) if each.key in lab_items()}
    found = []
    for key in [*goals, *(key for key in own if key not in goals)]:
        item, target = lab_items()[key], own.get(key)
        level = level_of(goals[key], about) if target is None else None
        found.append(
            LabStanding(
                item=item,
                low=target.low if target else None,
                high=target.high if target else level.reached_below if level else None,
                own=target,
                source=level.source if level else None,
                latest=_latest(item, results),
            )
        )
    return tuple(found)


def _latest(item: LabItem, results: Sequence[Entry]) -> LabResult | None:
    for each in results:
        if isinstance(each.body, ObservationBody):
            value = value_of(each.body, item.loinc, item.units)
            if value is not None:
                return LabResult(value=value, at=each.at, entry_id=each.id)
    return None
