"""How a plan goes: this week's measurements, steps, what is due, the share in target."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.access.categories import Category
from backend.access.service import NOTHING, Access
from backend.care.plans.deciding import PURPOSE
from backend.care.plans.documents import PlanState, TickDocument
from backend.care.plans.duties import Duty, DutyKind, duties
from backend.care.plans.facts import Archive
from backend.care.plans.judging import Week
from backend.care.plans.measuring import Counted, Measuring, week
from backend.care.plans.pathway import Lesson, Step
from backend.care.plans.plan import Plan, local_day, monday
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
    withheld: frozenset[Category] = frozenset()

    def overdue(self, today: date) -> int:
        return sum(each.due < today for each in self.duties)


class Progressing:
    """Some ten commands for a plan, whatever it holds."""

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
        now = self._core.clock.now()
        today = local_day(now)
        if plan.state is not PlanState.ACTIVE:
            return Progress(week_of_plan=plan.week_of(now))
        granted, withheld = await self._granted(viewer, plan)
        steps, past, measured = await asyncio.gather(
            self._steps(plan, today),
            self._archive.past(plan.resident_id, granted),
            self._measured(plan, today, granted),
        )
        reports = Category.REPORTS in granted
        return Progress(
            week_of_plan=plan.week_of(now),
            steps=steps,
            duties=tuple(
                each for each in duties(plan, past) if reports or each.kind is not DutyKind.CHECK
            ),
            lessons=tuple(each for each in plan.content.lesson if each.week <= plan.week_of(now)),
            withheld=withheld,
            **measured,
        )

    async def _granted(
        self, viewer: Viewer, plan: Plan
    ) -> tuple[frozenset[Category], frozenset[Category]]:
        needed = {category_of(each.kind) for each in plan.content.measure}
        needed |= {Category.REPORTS} if plan.content.check else set()
        resident_id = plan.resident_id
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        for category in sorted(allowed & needed):
            await self._access.require(viewer, resident_id, category, purpose=PURPOSE)
        return (allowed & needed) | {plan.category}, frozenset(needed - allowed)

    async def _steps(self, plan: Plan, today: date) -> tuple[StepDone, ...]:
        stages: list[dict[str, Any]] = [
            {
                "$match": {
                    "resident_id": plan.resident_id,
                    "plan_id": plan.id,
                    "day": {"$gte": monday(today).isoformat(), "$lte": today.isoformat()},
                }
            },
            {"$group": {"_id": "$step", "done": {"$sum": 1}}},
        ]
        rows = await TickDocument.get_pymongo_collection().aggregate(stages)
        done = {raw["_id"]: raw["done"] async for raw in rows}
        return tuple(StepDone(each, done.get(each.key, 0)) for each in plan.content.step)

    async def _measured(
        self, plan: Plan, today: date, granted: frozenset[Category]
    ) -> dict[str, Any]:
        kinds = [each.kind for each in plan.content.measure if category_of(each.kind) in granted]
        schedule = await self._scheduling.of(plan.resident_id)
        if not kinds or schedule is None:
            return {}
        first = monday(today) - WEEK * (_WEEKS - 1)
        limits = await self._measuring.limits(plan.resident_id, kinds, self._core.clock.now())
        counted = await self._measuring.counted(plan.resident_id, limits, first, today)
        judged = plan.content.judged & set(kinds)
        mondays = [first + WEEK * number for number in range(_WEEKS)]
        tomorrow = today + timedelta(days=1)
        weeks = [
            (each, week(schedule.phases, counted, kinds, judged, each, until=tomorrow))
            for each in mondays
        ]
        days = _days(schedule.phases, counted, kinds, monday(today), today)
        return {
            "weeks": tuple(each for each in weeks if each[1].due or each[1].judged),
            "days_due": len(days),
            "days_done": sum(days),
            "today_due": _today(schedule.phases, counted, kinds, today),
            "targets": _targets(limits, judged),
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
