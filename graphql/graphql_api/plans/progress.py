"""How a plan goes, computed from the readings, ticks and archive."""

from __future__ import annotations

from datetime import date

import strawberry

from backend.access.categories import Category
from backend.care.plans.documents import PlanState
from backend.care.plans.duties import Duty, DutyKind
from backend.care.plans.plan import Plan, local_day
from backend.care.plans.progress import Held, Progress
from backend.measurements.draft import Kind, Meal
from backend.measurements.kinds import spec
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.content.types import Article, article_of
from graphql_api.plans.forms import form_title
from graphql_api.plans.lab import CarePlanLabProgress, lab_progress

enum(DutyKind, name="CarePlanDutyKind")


@strawberry.type(description="Of today: parts that are due, and those with a reading.")
class CarePlanToday:
    kind: Kind
    due: list[str]
    done: list[str]


@strawberry.type(description="Measurements due and done; readings judged, and those in target.")
class CarePlanWeek:
    monday: date
    due: int
    done: int
    judged: int
    in_target: int
    in_target_share: float | None = strawberry.field(description="From 0 to 1.")


@strawberry.type(description="A step and how often it was ticked this week.")
class CarePlanStepDone:
    key: str
    title: str
    a_week: int
    done: int


@strawberry.type(description="A check, visit or questionnaire: when last, when next.")
class CarePlanDuty:
    kind: DutyKind
    key: str
    title: str
    last_on: date | None
    due_on: date
    overdue: bool
    every_days: int
    source: str


@strawberry.type(description="A piece that the plan asks to be learnt.")
class CarePlanLesson:
    week: int
    article: Article
    read: bool


@strawberry.type(description="Where readings should be: the guideline's, or the doctor's own.")
class CarePlanTarget:
    kind: Kind
    meal: Meal | None
    component: str
    low: float | None
    high: float | None
    unit: str
    source: str | None


@strawberry.type(
    description="`days…` are whole days of the running week with everything done; `withheld`: "
    "categories that the viewer is not granted, whose parts are empty."
)
class CarePlanProgress:
    week_of_plan: int
    days_due: int
    days_done: int
    today: list[CarePlanToday]
    weeks: list[CarePlanWeek]
    steps: list[CarePlanStepDone]
    duties: list[CarePlanDuty]
    lessons: list[CarePlanLesson]
    targets: list[CarePlanTarget]
    lab_targets: list[CarePlanLabProgress]
    withheld: list[Category]


async def progress_of(plan: Plan, info: Info) -> CarePlanProgress | None:
    """None for a plan that does not run."""
    if plan.state is not PlanState.ACTIVE:
        return None
    context = info.context
    found = await context.load.plan_progress.load(plan)
    language = context.language
    today = local_day(context.services.core.clock.now())
    return CarePlanProgress(
        week_of_plan=found.week_of_plan,
        days_due=found.days_due,
        days_done=found.days_done,
        today=[
            CarePlanToday(kind=kind, due=list(due), done=list(done))
            for kind, due, done in found.today_due
        ],
        weeks=_weeks(found),
        steps=[
            CarePlanStepDone(
                key=each.step.key,
                title=each.step.get(language),
                a_week=each.step.a_week,
                done=each.done,
            )
            for each in found.steps
        ],
        duties=[_duty(each, today, language) for each in found.duties],
        lessons=await _lessons(plan, found, info),
        targets=[_target(each, language) for each in found.targets],
        lab_targets=[lab_progress(each, plan, language) for each in found.lab],
        withheld=sorted(found.withheld),
    )


async def _lessons(plan: Plan, found: Progress, info: Info) -> list[CarePlanLesson]:
    wanted = [(each.week, slug) for each in found.lessons for slug in each.pieces]
    if not wanted:
        return []
    read = await info.context.load.read_pieces.load(plan.resident_id)
    library = info.context.services.content.library
    there = {piece.slug for piece in library.pieces}
    return [
        CarePlanLesson(week=week, article=article_of(library.named(slug), info), read=slug in read)
        for week, slug in wanted
        # A plan keeps what it was started with: a piece may have left the library since.
        if slug in there
    ]


def _weeks(found: Progress) -> list[CarePlanWeek]:
    return [
        CarePlanWeek(
            monday=monday,
            due=each.due,
            done=each.done,
            judged=each.judged,
            in_target=each.in_target,
            in_target_share=each.in_target / each.judged if each.judged else None,
        )
        for monday, each in found.weeks
    ]


def _duty(duty: Duty, today: date, language: str) -> CarePlanDuty:
    title = duty.title.get(language)
    if duty.kind is DutyKind.QUESTIONNAIRE:
        title = form_title(duty.key, language)
    return CarePlanDuty(
        kind=duty.kind,
        key=duty.key,
        title=title,
        last_on=duty.last,
        due_on=duty.due,
        overdue=duty.due < today,
        every_days=duty.every_days,
        source=duty.source,
    )


def _target(held: Held, language: str) -> CarePlanTarget:
    target = held.target
    return CarePlanTarget(
        kind=held.kind,
        meal=held.meal,
        component=target.component,
        low=target.lower.value if target.lower else None,
        high=target.upper.value if target.upper else None,
        unit=spec(held.kind).components[target.component].unit,
        source=target.source.get(language) if target.source else None,
    )
