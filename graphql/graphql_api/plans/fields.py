"""Plans under the resident."""

from __future__ import annotations

import strawberry
from bson import ObjectId

from graphql_api.common.context import Info
from graphql_api.plans.types import HealthPlan, plan_of


@strawberry.type
class ResidentPlans:
    """Inherited by ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="Active and paused plans, newest first; `ended`: also those.")
    async def care_plans(self, info: Info, ended: bool = False) -> list[HealthPlan] | None:
        context = info.context
        looking = context.services.care_plans.looking
        found = await looking.plans(context.viewer, self.key, ended=ended)
        return [plan_of(each, info) for each in found]

    @strawberry.field(description="What the record gives reason for, and nobody answered yet.")
    async def care_plan_proposals(self, info: Info) -> list[HealthPlan] | None:
        context = info.context
        looking = context.services.care_plans.looking
        found = await looking.proposals(context.viewer, self.key)
        return [plan_of(each, info) for each in found]
