"""A care plan: what it asks for, why, and how it became so."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.care.plans.documents import Change, PlanState
from backend.care.plans.pathway import Measure
from backend.care.plans.plan import Plan
from backend.care.plans.plan import Revision as Stored
from backend.care.plans.programme import Part, Stage, programme
from backend.care.plans.schedule import due_of
from backend.core.clock import SHANGHAI
from backend.measurements.draft import Kind
from backend.measurements.kinds import spec
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import Node, global_id
from graphql_api.plans.forms import form_title
from graphql_api.plans.lab import CarePlanLabItem, CarePlanLabTarget, items_of, own_targets
from graphql_api.plans.newer import CarePlanNewer, newer_of
from graphql_api.plans.progress import CarePlanProgress, progress_of

enum(PlanState, name="CarePlanState")
enum(Stage, name="CarePlanStage")
enum(Change, name="CarePlanChange")
enum(Part, name="CarePlanPart")


@strawberry.type(description="What is measured now: `weekdays` as in RFC 5545 (MO to SU).")
class CarePlanMeasure:
    kind: Kind
    name: str
    weekdays: list[str]
    parts: list[Part]
    source: str


@strawberry.type(description="Something of daily life, to be ticked so many times a week.")
class CarePlanStep:
    key: str
    title: str
    a_week: int
    source: str


@strawberry.type(description="A check, visit or questionnaire that comes again after some days.")
class CarePlanInterval:
    key: str
    title: str
    every_days: int
    source: str


@strawberry.type(description="Who changed what and why; `byMe`, a relation, or the program.")
class CarePlanRevision:
    number: int
    what: Change
    at: datetime
    why: str
    stage: Stage
    relation: str | None = strawberry.field(description="Null where the program adapted it.")
    by_me: bool


@strawberry.type(
    description="A care plan: proposed, running, or over. In the archive it is a CarePlan."
)
class HealthPlan(Node):
    key: strawberry.Private[Plan]
    pathway: str
    title: str
    aim: str
    reason: str = strawberry.field(description="Why it was proposed.")
    state: PlanState
    stage: Stage
    stage_name: str
    set_by_doctor: bool = strawberry.field(
        description="How often is measured is the doctor's, and no week changes it."
    )
    proposed_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    measures: list[CarePlanMeasure]
    steps: list[CarePlanStep]
    checks: list[CarePlanInterval]
    visits: list[CarePlanInterval]
    questionnaires: list[CarePlanInterval]
    lab_targets: list[CarePlanLabTarget] = strawberry.field(
        description="Of the doctor; the pathway's stand in `progress`."
    )
    source: str
    version: int
    pathway_version: int

    @strawberry.field(description="Null where the plan has the newest version, or does not run.")
    def newer(self, info: Info) -> CarePlanNewer | None:
        return newer_of(self.key, info)

    @strawberry.field(description="What a doctor can set a target for.")
    def lab_items(self, info: Info) -> list[CarePlanLabItem]:
        return items_of(info)

    @strawberry.field(description="This week and what is due; of a plan that runs.")
    async def progress(self, info: Info) -> CarePlanProgress | None:
        return await progress_of(self.key, info)

    @strawberry.field(description="Every change, the newest first.")
    async def revisions(self, info: Info) -> list[CarePlanRevision] | None:
        place = (self.key.resident_id, self.key.id)
        return [
            _revision(each, info) for each in await info.context.load.plan_revisions.load(place)
        ]


def plan_of(plan: Plan, info: Info) -> HealthPlan:
    content, language = plan.content, info.context.language
    return HealthPlan(
        key=plan,
        id=global_id("HealthPlan", plan.resident_id, plan.id),
        pathway=plan.pathway,
        title=content.title.get(language),
        aim=content.aim.get(language),
        reason=plan.reason.get(language),
        state=plan.state,
        stage=plan.stage,
        stage_name=programme().stages[plan.stage].get(language),
        set_by_doctor=plan.held,
        proposed_at=plan.created_at.astimezone(SHANGHAI),
        started_at=_shown(plan.started_at),
        ended_at=_shown(plan.ended_at),
        measures=[_measure(each, plan.stage, language) for each in content.measure],
        steps=[
            CarePlanStep(
                key=each.key, title=each.get(language), a_week=each.a_week, source=each.source
            )
            for each in content.step
        ],
        checks=[
            CarePlanInterval(
                key=each.key,
                title=each.get(language),
                every_days=each.interval(plan.stage),
                source=each.source,
            )
            for each in content.check
        ],
        visits=[
            CarePlanInterval(
                key=each.key,
                title=each.get(language),
                every_days=each.every_days,
                source=each.source,
            )
            for each in content.visit
        ],
        questionnaires=[
            CarePlanInterval(
                key=each.key,
                title=form_title(each.key, language),
                every_days=each.every_days,
                source=each.source,
            )
            for each in content.questionnaire
        ],
        lab_targets=own_targets(plan, language),
        source=content.source,
        version=plan.version,
        pathway_version=content.version,
    )


async def care_plan(info: Info, resident_id: ObjectId, plan_id: ObjectId) -> HealthPlan:
    context = info.context
    looking = context.services.care_plans.looking
    return plan_of(await looking.get(context.viewer, resident_id, plan_id), info)


def _measure(measure: Measure, stage: Stage, language: str) -> CarePlanMeasure:
    due, kind = due_of(measure.stages[stage]), spec(measure.kind)
    return CarePlanMeasure(
        kind=measure.kind,
        name=kind.en if language.startswith("en") else kind.zh,
        weekdays=list(due.days),
        parts=list(due.parts),
        source=measure.source,
    )


def _revision(found: Stored, info: Info) -> CarePlanRevision:
    return CarePlanRevision(
        number=found.number,
        what=found.what,
        at=found.at.astimezone(SHANGHAI),
        why=found.why.get(info.context.language),
        stage=found.stage,
        relation=found.relation,
        by_me=found.by == info.context.viewer.account_id,
    )


def _shown(at: datetime | None) -> datetime | None:
    return at.astimezone(SHANGHAI) if at else None
