"""What a newer version of a running plan's pathway would change."""

from __future__ import annotations

import strawberry

from backend.care.plans.newer import Difference, Differs, PathwayPart
from backend.care.plans.plan import Plan
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.plans.forms import form_title

enum(PathwayPart, name="CarePlanPathwayPart")
enum(Differs, name="CarePlanDiffers")


@strawberry.type(description="A part that would be added, removed or changed.")
class CarePlanDifference:
    part: PathwayPart
    what: Differs
    title: str


@strawberry.type(
    description="A newer version of the plan's pathway. Nothing changes until somebody takes it "
    "over; what the doctor edited is kept."
)
class CarePlanNewer:
    pathway_version: int
    news: str
    differences: list[CarePlanDifference]


def newer_of(plan: Plan, info: Info) -> CarePlanNewer | None:
    context = info.context
    found = context.services.care_plans.deciding.newer(plan)
    if found is None:
        return None
    return CarePlanNewer(
        pathway_version=found.version,
        news=found.news.get(context.language),
        differences=[_difference(each, context.language) for each in found.differences],
    )


def _difference(found: Difference, language: str) -> CarePlanDifference:
    title = found.title.get(language)
    if found.part is PathwayPart.QUESTIONNAIRE and found.key is not None:
        title = form_title(found.key, language)
    return CarePlanDifference(part=found.part, what=found.what, title=title)
