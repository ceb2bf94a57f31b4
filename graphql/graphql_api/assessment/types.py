"""The health assessment: rows with their inputs, formula, source and what would change them."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.assessment import model
from backend.assessment.model import RowState
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import global_id

enum(RowState, name="AssessmentState")


@strawberry.type(description="What a row was made from; `at` is null for facts of the profile.")
class AssessmentInput:
    node_id: strawberry.ID = strawberry.field(description="A reading, an entry or the resident.")
    name: str
    value: str
    at: datetime | None


@strawberry.type(description="`key` for programs, `name` for people; `source` has the limits.")
class AssessmentClass:
    key: str
    name: str
    source: str


@strawberry.type(description="One item. No value without a published rule and inputs that count.")
class AssessmentRow:
    key: str
    name: str
    state: RowState
    value: str | None
    unit: str | None
    category: AssessmentClass | None
    estimate: bool = strawberry.field(description="To be shown as an estimate.")
    note: str | None = strawberry.field(description="Why no value, or what a value leaves out.")
    inputs: list[AssessmentInput]
    formula: str
    source: str
    change: str = strawberry.field(description="What would change it.")


@strawberry.type(description="An item that needs what the viewer may not see.")
class AssessmentLeftOut:
    key: str
    name: str
    needs: list[Category]


@strawberry.type(description="The health assessment. It is no diagnosis.")
class Assessment:
    at: datetime
    rows: list[AssessmentRow]
    withheld: list[Category]
    left_out: list[AssessmentLeftOut]


async def assessment_of(resident_id: ObjectId, info: Info) -> Assessment:
    context = info.context
    found = await context.services.assessments.assessment(context.viewer, resident_id)
    language = context.language
    return Assessment(
        at=found.at,
        rows=[_row(each, resident_id, language) for each in found.rows],
        withheld=list(found.withheld),
        left_out=[
            AssessmentLeftOut(key=each.key, name=each.name.get(language), needs=sorted(each.needs))
            for each in found.left_out
        ],
    )


def _row(row: model.Row, resident_id: ObjectId, language: str) -> AssessmentRow:
    rule, outcome = row.rule, row.outcome
    found = outcome.category
    return AssessmentRow(
        key=rule.key,
        name=rule.name.get(language),
        state=outcome.state,
        value=outcome.value,
        unit=rule.unit or None,
        category=AssessmentClass(
            key=found.key, name=found.name.get(language), source=found.source.get(language)
        )
        if found
        else None,
        estimate=outcome.estimate,
        note=outcome.note.get(language) if outcome.note else None,
        inputs=[_input(each, resident_id, language) for each in outcome.inputs],
        formula=rule.formula.get(language),
        source=rule.source.get(language),
        change=rule.change.get(language),
    )


def _input(evidence: model.Evidence, resident_id: ObjectId, language: str) -> AssessmentInput:
    place = () if evidence.kind == "Resident" else (evidence.id,)
    return AssessmentInput(
        node_id=global_id(evidence.kind, resident_id, *place),
        name=evidence.name.get(language),
        value=evidence.value,
        at=evidence.at,
    )
