"""How a plan goes: this week's measurements, steps, what is due, the share in target."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bson import ObjectId

from backend.access.categories import Category
from backend.access.service import NOTHING, Access
from backend.care.plans.documents import PlanState, TickDocument
from backend.care.plans.duties import Duty, DutyKind, duties
from backend.care.plans.facts import Archive, Past
from backend.care.plans.fitting import Known
from backend.care.plans.judging import Week
from backend.care.plans.lab_standings import LabStanding, lab_goals, lab_standings
from backend.care.plans.looking import PURPOSE
from backend.care.plans.measuring import Counted, Measuring, week
from backend.care.plans.pathway import Lesson, Step
from backend.care.plans.plan import Plan, local_day, monday, step_mark
from backend.care.plans.programme import WEEK
from backend.care.plans.schedule import asked_on
from backend.care.plans.scheduling import Scheduling
from backend.core.container import Core
from backend.identity.viewer import Viewer
from backend.measurements.draft import Kind, Meal
from backend.measurements.granted import category_of
from backend.measurements.thresholds import Limits, Target

_WEEKS = 5  # of which the last is the running one: what is shown as a little row of bars


@dataclass(frozen=True, slots=True)
class StepDone:
    step: Step
    done: int


@dataclass(frozen=True, slots=True)
class Held:
    """What a kind's readings should be, for this person; ``meal`` for glucose."""

    kind: Kind
    meal: Meal | None
    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """``week`` counts what was due until now; ``days_due`` and ``days_done`` whole days of the
    running week. ``withheld``: categories that the viewer is not granted, with what needs them."""

    week_of_plan: int
    today_due: tuple[tuple[Kind, tuple[str, ...], tuple[str, ...]], ...] = ()
    """By kind: parts of today that are due, and those done."""
    weeks: tuple[tuple[date, Week], ...] = ()
    days_due: int = 0
    days_done: int = 0
    steps: tuple[StepDone, ...] = ()
    duties: tuple[Duty, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    """Of the weeks until now, the newest last."""
    targets: tuple[Held, ...] = ()
    lab: tuple[LabStanding, ...] = ()
    withheld: frozenset[Category] = frozenset()


class Progressing:
    """Some ten commands, however many plans a resident has."""

    def __init__(
        self,
        core: Core,
        access: Access,
        archive: Archive,
        measuring: Measuring,
        scheduling: Scheduling,
    ) -> None:
        self._core = core
        self._access = access
        self._archive = archive
        self._measuring = measuring
        self._scheduling = scheduling

    async def of(self, viewer: Viewer, plan: Plan) -> Progress:
        """Of a plan that the viewer was shown. Raises ``AccessDenied``."""
        return (await self.all(viewer, plan.resident_id, [plan]))[plan.id]

    async def all(
        self, viewer: Viewer, resident_id: ObjectId, plans: Sequence[Plan]
    ) -> dict[ObjectId, Progress]:
        """By plan; of plans of one resident that the viewer was shown."""
        now = self._core.clock.now()
        active = [each for each in plans if each.state is PlanState.ACTIVE]
        idle = [each for each in plans if each.state is not PlanState.ACTIVE]
        found = {each.id: Progress(week_of_plan=each.week_of(now)) for each in idle}
        if not active:
            return found
        today = local_day(now)
        granted = await self._granted(viewer, resident_id, active)
        ticks, past, schedule, measured, known = await asyncio.gather(
            _ticks(resident_id, active, today),
            self._archive.past(resident_id, granted),
            self._scheduling.of(resident_id),
            self._measured(resident_id, active, granted, today),
            self._known(resident_id, active),
        )
        phases = schedule.phases if schedule else []
        key = await self._core.keyring.key(resident_id)
        for plan in active:
            found[plan.id] = Progress(
                week_of_plan=plan.week_of(now),
                steps=tuple(
                    StepDone(each, ticks.get((plan.id, key.token(step_mark(each.key))), 0))
                    for each in plan.content.step
                ),
                duties=_granted_duties(plan, past, granted),
                lab=lab_standings(plan, past.results if Category.REPORTS in granted else (), known),
                lessons=tuple(
                    each for each in plan.content.lesson if each.week <= plan.week_of(now)
                ),
                withheld=needed(plan) - granted,
                **_shown(plan, phases, measured, granted, today),
            )
        return found

    async def _granted(
        self, viewer: Viewer, resident_id: ObjectId, plans: Sequence[Plan]
    ) -> frozenset[Category]:
        asked = frozenset(category for plan in plans for category in needed(plan))
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        for category in sorted(allowed & asked):
            await self._access.require(viewer, resident_id, category, purpose=PURPOSE)
        return (allowed & asked) | {plan.category for plan in plans}

    async def _known(self, resident_id: ObjectId, plans: Sequence[Plan]) -> list[Known]:
        """Read only where a goal's level may rest on it."""
        own = {(plan.id, each.item) for plan in plans for each in plan.lab}
        if all((plan.id, each.key) in own for plan in plans for each in lab_goals(plan)):
            return []
        return await self._archive.known(resident_id)

    async def _measured(
        self,
        resident_id: ObjectId,
        plans: Sequence[Plan],
        granted: frozenset[Category],
        today: date,
    ) -> _Measured:
        kinds = {
            each.kind
            for plan in plans
            for each in plan.content.measure
            if category_of(each.kind) in granted
        }
        if not kinds:
            return _Measured({}, {})
        now = self._core.clock.now()
        limits = await self._measuring.limits(resident_id, sorted(kinds), now)
        first = monday(today) - WEEK * (_WEEKS - 1)
        counted = await self._measuring.counted(resident_id, limits, first, today)
        return _Measured(limits, counted)


@dataclass(frozen=True, slots=True)
class _Measured:
    limits: Mapping[Kind, Mapping[Meal | None, Limits]]
    counted: Mapping[Kind, Mapping[date, Counted]]


async def _ticks(
    resident_id: ObjectId, plans: Sequence[Plan], today: date
) -> dict[tuple[ObjectId, bytes], int]:
    """This week's, by plan and the step's hash."""
    stages: list[dict[str, Any]] = [
        {
            "$match": {
                "resident_id": resident_id,
                "plan_id": {"$in": [each.id for each in plans]},
                "day": {"$gte": monday(today).isoformat(), "$lte": today.isoformat()},
            }
        },
        {"$group": {"_id": {"plan": "$plan_id", "step": "$step"}, "done": {"$sum": 1}}},
    ]
    rows = await TickDocument.get_pymongo_collection().aggregate(stages)
    return {(raw["_id"]["plan"], bytes(raw["_id"]["step"])): raw["done"] async for raw in rows}


def needed(plan: Plan) -> frozenset[Category]:
    """What its progress is made of, beside the plan itself."""
    measured = {category_of(each.kind) for each in plan.content.measure}
    reports = bool(plan.content.check or plan.lab or lab_goals(plan))
    return frozenset(measured | ({Category.REPORTS} if reports else set()))


def _granted_duties(plan: Plan, past: Past, granted: frozenset[Category]) -> tuple[Duty, ...]:
    reports = Category.REPORTS in granted
    found = duties(plan, past)
    return tuple(each for each in found if reports or each.kind is not DutyKind.CHECK)


def _shown(
    plan: Plan,
    phases: list[dict[str, Any]],
    measured: _Measured,
    granted: frozenset[Category],
    today: date,
) -> dict[str, Any]:
    kinds = [each.kind for each in plan.content.measure if category_of(each.kind) in granted]
    if not kinds:
        return {}
    counted, judged = measured.counted, plan.content.judged & set(kinds)
    first, tomorrow = monday(today) - WEEK * (_WEEKS - 1), today + timedelta(days=1)
    weeks = [
        (each, week(phases, counted, kinds, judged, each, until=tomorrow))
        for each in (first + WEEK * number for number in range(_WEEKS))
    ]
    days = _days(phases, counted, kinds, monday(today), today)
    return {
        "weeks": tuple(each for each in weeks if each[1].due or each[1].judged),
        "days_due": len(days),
        "days_done": sum(days),
        "today_due": _today(phases, counted, kinds, today),
        "targets": _targets(measured.limits, judged),
    }


def _days(
    phases: list[dict[str, Any]],
    counted: Mapping[Kind, Mapping[date, Counted]],
    kinds: list[Kind],
    first: date,
    last: date,
) -> list[bool]:
    """Each day with something due until today: whether all of it was done."""
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        asked = {k: parts for k, parts in asked_on(phases, day).items() if k in kinds}
        if asked:
            found.append(
                all(
                    {part.value for part in parts} <= _parts(counted, kind, day)
                    for kind, parts in asked.items()
                )
            )
    return found


def _today(
    phases: list[dict[str, Any]],
    counted: Mapping[Kind, Mapping[date, Counted]],
    kinds: list[Kind],
    today: date,
) -> tuple[tuple[Kind, tuple[str, ...], tuple[str, ...]], ...]:
    return tuple(
        (
            kind,
            tuple(part.value for part in parts),
            tuple(part.value for part in parts if part.value in _parts(counted, kind, today)),
        )
        for kind, parts in asked_on(phases, today).items()
        if kind in kinds
    )


def _parts(counted: Mapping[Kind, Mapping[date, Counted]], kind: Kind, day: date) -> set[str]:
    found = counted.get(kind, {}).get(day)
    return found.parts if found else set()


def _targets(
    limits: Mapping[Kind, Mapping[Meal | None, Limits]], judged: frozenset[Kind]
) -> tuple[Held, ...]:
    """Each once: meals that share a target are told as one of any meal."""
    found = []
    for kind in sorted(judged):
        by_meal = limits[kind]
        for meal, each in by_meal.items():
            if kind is Kind.GLUCOSE and meal not in (Meal.FASTING, Meal.AFTER_MEAL):
                continue
            found += [Held(kind, meal, target) for target in each.targets]
    return tuple(found)
