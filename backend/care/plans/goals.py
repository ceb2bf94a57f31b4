"""Goals of plans, seen through confirmed results, weights and questionnaires of the archive.

Whoever calls acts for the program.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from backend.archive.sections import Section
from backend.care.plans.facts import Archive, sizes
from backend.care.plans.goal import FormGoal, GainGoal, Goal, LabGoal, LossGoal
from backend.care.plans.judging import Sign
from backend.care.plans.measuring import daily_weights
from backend.care.plans.plan import Plan, local_day
from backend.care.plans.signs import Found, sign
from backend.measurements.draft import Kind

_YEAR = timedelta(days=365)


class Goals:
    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    async def signs(self, plan: Plan, mondays: Sequence[date]) -> list[tuple[Sign, ...]]:
        """By week, of every goal of the plan; nothing is read where there is none."""
        if not plan.content.goal or not mondays or plan.started_at is None:
            return [() for _ in mondays]
        started = local_day(plan.started_at)
        found = await self._found(plan, started, mondays[-1])
        return [
            tuple(sign(goal, found, started, day) for goal in plan.content.goal) for day in mondays
        ]

    async def _found(self, plan: Plan, started: date, last: date) -> Found:
        resident_id, goals = plan.resident_id, plan.content.goal
        facts, entries, measured = await asyncio.gather(
            self._archive.facts(resident_id),
            self._archive.results(resident_id, _sections(goals)),
            sizes(resident_id),
        )
        weights: dict[date, float] = {}
        if any(isinstance(each, LossGoal | GainGoal) for each in goals):
            weights = await daily_weights(
                resident_id, min(started, last) - _YEAR, last + timedelta(days=6)
            )
        return Found(
            entries=entries,
            # As for what a plan is proposed by: nothing that is kept more privately.
            known=[each for each in facts.conditions if each.category is plan.category],
            born=facts.born,
            weights=weights,
            height=measured.get(Kind.HEIGHT, {}).get("height"),
            targets={each.item: each for each in plan.lab},
        )


def _sections(goals: Sequence[Goal]) -> list[Section]:
    of: dict[type[Any], Section] = {
        LabGoal: Section.OBSERVATION,
        FormGoal: Section.QUESTIONNAIRE,
        GainGoal: Section.PREGNANCY,
    }
    return sorted({of[type(each)] for each in goals if type(each) in of})
