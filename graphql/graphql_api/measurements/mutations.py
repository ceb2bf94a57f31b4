"""Mutations of readings: recorded, one or many, corrected, withdrawn, restored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry
from bson import ObjectId
from strawberry.types.arguments import InputContext

from backend.core.errors import KangbanError
from backend.measurements import batch
from backend.measurements.batch import Outcome
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.scalars import global_id
from graphql_api.measurements.inputs import ReadingInput, draft_of
from graphql_api.measurements.types import Reading, reading_of


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


def _batch(
    cls: type[RecordReadingsInput], value: Mapping[str, Any], context: InputContext
) -> RecordReadingsInput:
    return cls(
        resident_id=value["residentId"],
        idempotency_key=value["idempotencyKey"],
        readings=[draft_of(each) for each in value["readings"]],
        confirmed=value["confirmed"],
    )


RecordReadingsInput.__strawberry_definition__.from_input = _batch  # type: ignore[attr-defined]


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


@strawberry.type
class ReadingMutation:
    @strawberry.mutation
    async def record_reading(self, info: Info, input: RecordReadingInput) -> RecordReadingPayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        outcome = await context.services.recording.record(
            context.viewer,
            resident_id,
            input.reading,
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
            input.readings,
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
            input.reading,
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


def _item_error(item: batch.ItemOutcome, info: Info) -> ItemError | None:
    error: KangbanError | None = item.error
    if error is None:
        return None
    return ItemError(code=error.code, message=error.message(info.context.language))
