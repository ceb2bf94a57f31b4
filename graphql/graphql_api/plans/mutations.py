"""Confirming, declining, pausing, ending, editing and ticking."""

from __future__ import annotations

from datetime import date

import strawberry

from backend.care.plans.editing import Edit, LabEdit, Target
from backend.care.plans.plan import Plan
from backend.care.plans.programme import Part
from backend.measurements.draft import Kind
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.plans.types import HealthPlan, plan_of


@strawberry.input
class ConfirmCarePlanInput:
    id: strawberry.ID
    idempotency_key: str


@strawberry.input
class DeclineCarePlanInput:
    id: strawberry.ID


@strawberry.input
class SwitchCarePlanInput:
    id: strawberry.ID
    version: int


@strawberry.input
class EndCarePlanInput:
    id: strawberry.ID
    version: int
    note: str | None = None


@strawberry.input(description="On `days` days a week (1 to 7), or 0: not measured any more.")
class CarePlanMeasureInput:
    kind: Kind
    days: int
    parts: list[Part] = strawberry.field(default_factory=list)


@strawberry.input(description="In the doctor's words.")
class CarePlanStepInput:
    title: str
    a_week: int


@strawberry.input(description="A check of this or another pathway, by key.")
class CarePlanCheckInput:
    key: str
    every_days: int


@strawberry.input(description="A personal limit, in the component's usual unit.")
class CarePlanTargetInput:
    kind: Kind
    component: str
    low: float | None = None
    high: float | None = None


@strawberry.input(
    description="A target for a CarePlanLabItem, in its unit: from `low` on, below `high`. With "
    "neither the doctor's target goes."
)
class CarePlanLabTargetInput:
    item: str
    low: float | None = None
    high: float | None = None


@strawberry.input(
    description="`pathwayVersion`: the newer one that was shown (`HealthPlan.newer`)."
)
class TakeOverCarePlanVersionInput:
    id: strawberry.ID
    version: int
    pathway_version: int
    note: str | None = None


@strawberry.input(
    description="What is left out stays. `measures` are kept until `adapting` is true again; "
    "`drop`: keys of steps and checks."
)
class EditCarePlanInput:
    id: strawberry.ID
    version: int
    measures: list[CarePlanMeasureInput] = strawberry.field(default_factory=list)
    adapting: bool | None = None
    add_steps: list[CarePlanStepInput] = strawberry.field(default_factory=list)
    checks: list[CarePlanCheckInput] = strawberry.field(default_factory=list)
    drop: list[str] = strawberry.field(default_factory=list)
    targets: list[CarePlanTargetInput] = strawberry.field(default_factory=list)
    lab_targets: list[CarePlanLabTargetInput] = strawberry.field(default_factory=list)
    note: str | None = None

    def to_domain(self) -> Edit:
        return Edit(
            measures={each.kind: (each.days, tuple(each.parts)) for each in self.measures},
            adapting=self.adapting,
            steps=tuple((each.title, each.a_week) for each in self.add_steps),
            checks={each.key: each.every_days for each in self.checks},
            dropped=frozenset(self.drop),
            targets=tuple(
                Target(kind=each.kind, component=each.component, low=each.low, high=each.high)
                for each in self.targets
            ),
            lab=tuple(
                LabEdit(item=each.item, low=each.low, high=each.high) for each in self.lab_targets
            ),
            note=self.note,
        )


@strawberry.input(description="`day` is today where it is null; of this week. False takes it back.")
class TickCarePlanStepInput:
    id: strawberry.ID
    step: str
    day: date | None = None
    done: bool = True


@strawberry.type
class CarePlanPayload:
    plan: HealthPlan


@strawberry.type
class CarePlanMutation:
    @strawberry.mutation(description="The proposal becomes a plan, with reminders.")
    async def confirm_care_plan(self, info: Info, input: ConfirmCarePlanInput) -> CarePlanPayload:
        context = info.context
        deciding = context.services.care_plans.deciding
        found = await deciding.confirm(
            context.viewer,
            *ids.decode(input.id, "HealthPlan"),
            idempotency_key=input.idempotency_key,
        )
        return _payload(found, info)

    @strawberry.mutation(description="Not proposed again soon.")
    async def decline_care_plan(self, info: Info, input: DeclineCarePlanInput) -> CarePlanPayload:
        context = info.context
        deciding = context.services.care_plans.deciding
        found = await deciding.decline(context.viewer, *ids.decode(input.id, "HealthPlan"))
        return _payload(found, info)

    @strawberry.mutation(description="Nothing is due until it goes on.")
    async def pause_care_plan(self, info: Info, input: SwitchCarePlanInput) -> CarePlanPayload:
        context = info.context
        deciding = context.services.care_plans.deciding
        found = await deciding.pause(
            context.viewer, *ids.decode(input.id, "HealthPlan"), version=input.version
        )
        return _payload(found, info)

    @strawberry.mutation
    async def resume_care_plan(self, info: Info, input: SwitchCarePlanInput) -> CarePlanPayload:
        context = info.context
        deciding = context.services.care_plans.deciding
        found = await deciding.resume(
            context.viewer, *ids.decode(input.id, "HealthPlan"), version=input.version
        )
        return _payload(found, info)

    @strawberry.mutation(description="For good.")
    async def end_care_plan(self, info: Info, input: EndCarePlanInput) -> CarePlanPayload:
        context = info.context
        deciding = context.services.care_plans.deciding
        found = await deciding.end(
            context.viewer,
            *ids.decode(input.id, "HealthPlan"),
            version=input.version,
            note=input.note,
        )
        return _payload(found, info)

    @strawberry.mutation(description="By the resident's doctor: schedule, steps, checks, targets.")
    async def edit_care_plan(self, info: Info, input: EditCarePlanInput) -> CarePlanPayload:
        context = info.context
        deciding = context.services.care_plans.deciding
        found = await deciding.edit(
            context.viewer,
            *ids.decode(input.id, "HealthPlan"),
            input.to_domain(),
            version=input.version,
        )
        return _payload(found, info)

    @strawberry.mutation(description="The plan goes on with the newer version of its pathway.")
    async def take_over_care_plan_version(
        self, info: Info, input: TakeOverCarePlanVersionInput
    ) -> CarePlanPayload:
        context = info.context
        deciding = context.services.care_plans.deciding
        found = await deciding.take_over(
            context.viewer,
            *ids.decode(input.id, "HealthPlan"),
            version=input.version,
            pathway_version=input.pathway_version,
            note=input.note,
        )
        return _payload(found, info)

    @strawberry.mutation(description="A step of daily life was done, or was not after all.")
    async def tick_care_plan_step(
        self, info: Info, input: TickCarePlanStepInput
    ) -> CarePlanPayload:
        context = info.context
        deciding = context.services.care_plans.deciding
        found = await deciding.tick(
            context.viewer,
            *ids.decode(input.id, "HealthPlan"),
            input.step,
            done=input.done,
            day=input.day,
        )
        return _payload(found, info)


def _payload(found: Plan, info: Info) -> CarePlanPayload:
    return CarePlanPayload(plan=plan_of(found, info))
