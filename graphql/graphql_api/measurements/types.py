"""Types of home measurements."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.archive.fhir.home_readings import precision_of
from backend.archive.sections import Precision
from backend.measurements import reading as domain
from backend.measurements.draft import Kind, Meal
from backend.measurements.kinds import spec
from backend.reports.vitals import SYSTEM
from graphql_api.common.context import Info
from graphql_api.common.scalars import (
    AT_PRECISION,
    Node,
    Quantity,
    RecordedBy,
    global_id,
    recorded_by,
)
from graphql_api.reports.evidence import evidence
from graphql_api.reports.parts import PaperEvidence


@strawberry.type(description="One number of a reading, canonical and as entered.")
class ReadingValue:
    component: str
    label: str
    quantity: Quantity
    entered: Quantity | None


@strawberry.type(description="A reading's state before a change.")
class ReadingVersion:
    version: int
    at: datetime
    state: str
    values: list[ReadingValue]
    note: str | None
    replaced_at: datetime


@strawberry.type(description="One home measurement or diary entry.")
class Reading(Node):
    kind: Kind
    at: datetime
    precision: Precision = strawberry.field(description=AT_PRECISION)
    end: datetime | None
    values: list[ReadingValue]
    meal: Meal | None
    note: str | None
    source: str
    device: str | None
    state: str
    version: int
    recorded_by: RecordedBy
    attributes: list[ReadingAttribute]
    subject: strawberry.Private[tuple[ObjectId, ObjectId]]

    @strawberry.field(description="Where on which paper it stands, where it was read from one.")
    async def evidence(self, info: Info) -> PaperEvidence | None:
        return await evidence(info, *self.subject) if self.source == SYSTEM else None

    @strawberry.field(description="Earlier versions, newest first.")
    async def history(self, info: Info) -> list[ReadingVersion]:
        context = info.context
        past = await context.services.readings.history(context.viewer, *self.subject)
        language = context.language
        return [
            ReadingVersion(
                version=before.version,
                at=before.at,
                state=before.state,
                values=values_of(before, language),
                note=before.note,
                replaced_at=version.replaced_at,
            )
            for before, version in past
        ]


@strawberry.type(description="A short fact about a reading that is no number.")
class ReadingAttribute:
    name: str
    value: str


def reading_of(reading: domain.Reading, info: Info) -> Reading:
    """The GraphQL type of a stored reading."""
    context = info.context
    return Reading(
        id=global_id("Reading", reading.resident_id, reading.id),
        kind=reading.kind,
        at=reading.at,
        precision=precision_of(reading.attributes),
        end=reading.end,
        values=values_of(reading, context.language),
        meal=reading.meal,
        note=reading.note,
        source=reading.source.system,
        device=reading.source.device,
        state=reading.state,
        version=reading.version,
        recorded_by=recorded_by(reading.recorded_by, context.viewer.account_id),
        attributes=[ReadingAttribute(name=n, value=v) for n, v in reading.attributes.items()],
        subject=(reading.resident_id, reading.id),
    )


def values_of(reading: domain.Reading, language: str) -> list[ReadingValue]:
    """The reading's numbers in the order of its kind."""
    shown = []
    entered = reading.entered
    for name, component in spec(reading.kind).components.items():
        value = reading.values.get(name)
        if value is None:
            continue
        given = entered.get(name)
        shown.append(
            ReadingValue(
                component=name,
                label=component.en if language == "en" else component.zh,
                quantity=Quantity(value=value, unit=component.unit),
                entered=Quantity(value=given.value, unit=given.unit) if given else None,
            )
        )
    return shown
