"""Mutations of home measurements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import strawberry
from bson import ObjectId
from strawberry.types.arguments import InputContext

from backend.core.errors import KangbanError
from backend.measurements import batch
from backend.measurements.batch import Outcome
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from backend.measurements.thresholds import Override
from backend.measurements.write_errors import LimitInvalid
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.scalars import global_id
from graphql_api.measurements.alerts import Alert, PersonalLimit, alert_of, limit_of
from graphql_api.measurements.types import Reading, reading_of


@strawberry.input(description="A number of a reading, in any usual unit.")
class ReadingValueInput:
    component: str
    value: float
    unit: str


@strawberry.input
class ReadingAttributeInput:
    name: str
    value: str


@strawberry.input(description="Where the reading comes from; the id makes it recognisable.")
class ReadingSourceInput:
    system: str
    id: str | None = None
    device: str | None = None


@strawberry.input
class ReadingInput:
    kind: Kind
    at: datetime
    values: list[ReadingValueInput] = strawberry.field(default_factory=list)
    end: datetime | None = None
    meal: Meal | None = None
    note: str | None = None
    source: ReadingSourceInput | None = None
    attributes: list[ReadingAttributeInput] | None = None

    def to_domain(self) -> Draft:
        source = self.source
        return Draft(
            kind=self.kind,
            at=self.at,
            end=self.end,
            values={each.component: Quantity(each.value, each.unit) for each in self.values},
            meal=self.meal,
            note=self.note,
            source=Source(system=source.system, id=source.id, device=source.device)
            if source
            else Source(system="manual"),
            attributes={each.name: each.value for each in self.attributes or ()},
        )


def _reading_input(
    cls: type[ReadingInput], value: Mapping[str, Any], context: InputContext
) -> ReadingInput:
    """Strawberry's own way through the fields of 500 readings takes a fifth of a second.

    graphql-core has checked and coerced the value already; only objects are made here.
    """
    source = value.get("source")
    return cls(
        kind=value["kind"],
        at=value["at"],
        values=[ReadingValueInput(**each) for each in value.get("values") or ()],
        end=value.get("end"),
        meal=value.get("meal"),
        note=value.get("note"),
        source=ReadingSourceInput(**source) if source else None,
        attributes=[ReadingAttributeInput(**each) for each in value.get("attributes") or ()],
    )


ReadingInput.__strawberry_definition__.from_input = _reading_input  # type: ignore[attr-defined]


@strawberry.input
class RecordReadingInput:
    resident_id: strawberry.ID
    idempotency_key: str
    reading: ReadingInput
    confirmed: bool = False


@strawberry.type
class ReadingPayload:
    reading: Reading


@strawberry.type
class RecordReadingPayload:
    outcome: Outcome
    reading: Reading


@strawberry.input(description="Up to 1,000 readings of a phone that was offline.")
class RecordReadingsInput:
    resident_id: strawberry.ID
    idempotency_key: str
    readings: list[ReadingInput]
    confirmed: bool = False


@strawberry.type(description="Why an item was refused.")
class ItemError:
    code: str
    message: str


@strawberry.type(description="One item's answer, in the order of the batch.")
class BatchItem:
    outcome: Outcome
    reading_id: strawberry.ID | None
    error: ItemError | None


@strawberry.type(description="A refused item: where it stood in the batch, from 0, and why.")
class BatchRefusal:
    index: int
    code: str
    message: str


@strawberry.type(description="Each item's answer in the order of the batch, whole or in columns.")
class RecordReadingsPayload:
    resident_id: strawberry.Private[ObjectId]
    answers: strawberry.Private[list[batch.ItemOutcome]]

    @strawberry.field
    def items(self, info: Info) -> list[BatchItem]:
        return [
            BatchItem(
                outcome=each.outcome,
                reading_id=self._id_of(each),
                error=_item_error(each, info),
            )
            for each in self.answers
        ]

    @strawberry.field(description="In columns a large batch is answered several times as fast.")
    def outcomes(self) -> list[Outcome]:
        return [each.outcome for each in self.answers]

    @strawberry.field
    def reading_ids(self) -> list[strawberry.ID | None]:
        return [self._id_of(each) for each in self.answers]

    @strawberry.field
    def refusals(self, info: Info) -> list[BatchRefusal]:
        language = info.context.language
        return [
            BatchRefusal(index=index, code=error.code, message=error.message(language))
            for index, error in enumerate(each.error for each in self.answers)
            if error is not None
        ]

    def _id_of(self, item: batch.ItemOutcome) -> strawberry.ID | None:
        if item.reading_id is None:
            return None
        return global_id("Reading", self.resident_id, item.reading_id)


@strawberry.input
class CorrectReadingInput:
    id: strawberry.ID
    version: int
    reading: ReadingInput
    confirmed: bool = False


@strawberry.input
class WithdrawReadingInput:
    id: strawberry.ID
    version: int


@strawberry.input
class RestoreReadingInput:
    id: strawberry.ID
    version: int
    to_version: int


@strawberry.input
class AcknowledgeAlertInput:
    id: strawberry.ID


@strawberry.input
class SnoozeAlertInput:
    id: strawberry.ID
    until: datetime


@strawberry.type
class AlertPayload:
    alert: Alert


@strawberry.input(description="A range for one person, in the component's canonical unit.")
class SetPersonalLimitInput:
    resident_id: strawberry.ID
    idempotency_key: str
    kind: Kind
    component: str
    valid_from: date
    set_by: str
    low: float | None = None
    high: float | None = None
    meal: Meal | None = None
    valid_until: date | None = None
    note: str | None = None

    def to_domain(self) -> Override:
        """Raises ``LIMIT_INVALID``."""
        try:
            return Override(
                kind=self.kind,
                component=self.component,
                valid_from=self.valid_from,
                valid_until=self.valid_until,
                set_by=self.set_by,
                low=self.low,
                high=self.high,
                meal=self.meal,
                note=self.note,
            )
        except ValueError as error:
            raise LimitInvalid from error


@strawberry.type
class PersonalLimitPayload:
    limit: PersonalLimit


@strawberry.input
class EndPersonalLimitInput:
    id: strawberry.ID


@strawberry.type
class EndPersonalLimitPayload:
    id: strawberry.ID


@strawberry.type
class MeasurementMutation:
    @strawberry.mutation
    async def record_reading(self, info: Info, input: RecordReadingInput) -> RecordReadingPayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        outcome = await context.services.recording.record(
            context.viewer,
            resident_id,
            input.reading.to_domain(),
            idempotency_key=input.idempotency_key,
            confirmed=input.confirmed,
        )
        assert outcome.reading_id is not None
        reading = await context.services.readings.get(
            context.viewer, resident_id, outcome.reading_id
        )
        return RecordReadingPayload(outcome=outcome.outcome, reading=reading_of(reading, info))

    @strawberry.mutation
    async def record_readings(
        self, info: Info, input: RecordReadingsInput
    ) -> RecordReadingsPayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        outcomes = await context.services.recording.record_batch(
            context.viewer,
            resident_id,
            [each.to_domain() for each in input.readings],
            idempotency_key=input.idempotency_key,
            confirmed=input.confirmed,
        )
        return RecordReadingsPayload(resident_id=resident_id, answers=outcomes)

    @strawberry.mutation(description="Put other content in place of a reading's.")
    async def correct_reading(self, info: Info, input: CorrectReadingInput) -> ReadingPayload:
        context = info.context
        reading = await context.services.correcting.correct(
            context.viewer,
            *ids.decode(input.id, "Reading"),
            input.reading.to_domain(),
            version=input.version,
            confirmed=input.confirmed,
        )
        return ReadingPayload(reading=reading_of(reading, info))

    @strawberry.mutation(description="Out of every list and trend; still in the history.")
    async def withdraw_reading(self, info: Info, input: WithdrawReadingInput) -> ReadingPayload:
        context = info.context
        reading = await context.services.correcting.withdraw(
            context.viewer, *ids.decode(input.id, "Reading"), version=input.version
        )
        return ReadingPayload(reading=reading_of(reading, info))

    @strawberry.mutation
    async def restore_reading(self, info: Info, input: RestoreReadingInput) -> ReadingPayload:
        context = info.context
        reading = await context.services.correcting.restore(
            context.viewer,
            *ids.decode(input.id, "Reading"),
            to_version=input.to_version,
            version=input.version,
        )
        return ReadingPayload(reading=reading_of(reading, info))

    @strawberry.mutation
    async def acknowledge_alert(self, info: Info, input: AcknowledgeAlertInput) -> AlertPayload:
        context = info.context
        alert = await context.services.alerts.acknowledge(
            context.viewer, *ids.decode(input.id, "Alert")
        )
        return AlertPayload(alert=alert_of(alert, info))

    @strawberry.mutation
    async def snooze_alert(self, info: Info, input: SnoozeAlertInput) -> AlertPayload:
        context = info.context
        alert = await context.services.alerts.snooze(
            context.viewer, *ids.decode(input.id, "Alert"), until=input.until
        )
        return AlertPayload(alert=alert_of(alert, info))

    @strawberry.mutation(description="Only the resident's doctor may.")
    async def set_personal_limit(
        self, info: Info, input: SetPersonalLimitInput
    ) -> PersonalLimitPayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        limit = input.to_domain()
        limit_id = await context.services.overrides.set(
            context.viewer, resident_id, limit, idempotency_key=input.idempotency_key
        )
        return PersonalLimitPayload(limit=limit_of(resident_id, limit_id, limit))

    @strawberry.mutation
    async def end_personal_limit(
        self, info: Info, input: EndPersonalLimitInput
    ) -> EndPersonalLimitPayload:
        context = info.context
        await context.services.overrides.end(context.viewer, *ids.decode(input.id, "PersonalLimit"))
        return EndPersonalLimitPayload(id=input.id)


def _item_error(item: batch.ItemOutcome, info: Info) -> ItemError | None:
    error: KangbanError | None = item.error
    if error is None:
        return None
    return ItemError(code=error.code, message=error.message(info.context.language))
