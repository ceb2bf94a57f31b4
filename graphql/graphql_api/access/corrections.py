"""Corrections asked of who recorded something, and rollbacks of what staff changed wrongly."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.privacy import corrections as domain
from backend.privacy import rollbacks
from backend.privacy.records import ENTRIES, READINGS, Thing
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.common.scalars import Node, global_id

_COLLECTIONS = {"Entry": ENTRIES, "Reading": READINGS}
_TYPES = {collection: name for name, collection in _COLLECTIONS.items()}


@strawberry.type(description="A request to correct what somebody else recorded.")
class Correction(Node):
    about: strawberry.ID = strawberry.field(description="The entry's or reading's id.")
    category: Category
    words: str
    at: datetime
    open: bool
    accepted: bool | None
    answer: str | None
    answered_at: datetime | None


@strawberry.type(description="A change by staff that staff undid, or asked to undo.")
class Rollback(Node):
    about: strawberry.ID = strawberry.field(description="The entry's or reading's id.")
    from_version: int
    to_version: int
    reason: str
    at: datetime
    open: bool
    asked_by_me: bool
    confirmed_at: datetime | None
    new_version: int | None


@strawberry.input(description="`id` of the entry or reading that is wrong.")
class RequestCorrectionInput:
    id: strawberry.ID
    words: str
    idempotency_key: str


@strawberry.input
class AnswerCorrectionInput:
    id: strawberry.ID
    accepted: bool
    words: str


@strawberry.type
class CorrectionPayload:
    correction: Correction


@strawberry.input(description="`id` of the entry or reading; back to its version `toVersion`.")
class AskRollbackInput:
    id: strawberry.ID
    to_version: int
    reason: str
    idempotency_key: str


@strawberry.input(description="`version` is the entry's that was looked at.")
class ConfirmRollbackInput:
    id: strawberry.ID
    version: int


@strawberry.type
class RollbackPayload:
    rollback: Rollback


@strawberry.type
class CorrectionQuery:
    @strawberry.field(description="What waits for an answer. For who recorded it, and operators.")
    async def correction_requests(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[Correction] | None:
        context = info.context
        page = await context.services.privacy.corrections.waiting(
            context.viewer, first=first, after=cursor(after)
        )
        return connection(page, correction_of)

    @strawberry.field(description="What waits for a second member of staff. For operators.")
    async def waiting_rollbacks(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[Rollback] | None:
        context = info.context
        page = await context.services.privacy.rollbacks.waiting(
            context.viewer, first=first, after=cursor(after)
        )
        return connection(page, lambda each: rollback_of(each, info))


@strawberry.type
class CorrectionMutation:
    @strawberry.mutation(description="For what the resident cannot correct themselves.")
    async def request_correction(
        self, info: Info, input: RequestCorrectionInput
    ) -> CorrectionPayload:
        context = info.context
        made = await context.services.privacy.corrections.request(
            context.viewer,
            thing_of(input.id),
            input.words,
            idempotency_key=input.idempotency_key,
        )
        return CorrectionPayload(correction=correction_of(made))

    @strawberry.mutation(description="By who recorded the entry, or an operator.")
    async def answer_correction(
        self, info: Info, input: AnswerCorrectionInput
    ) -> CorrectionPayload:
        context = info.context
        answered = await context.services.privacy.corrections.answer(
            context.viewer,
            *ids.decode(input.id, "Correction"),
            accepted=input.accepted,
            words=input.words,
        )
        return CorrectionPayload(correction=correction_of(answered))

    @strawberry.mutation(description="For staff: a second member has to confirm.")
    async def ask_rollback(self, info: Info, input: AskRollbackInput) -> RollbackPayload:
        context = info.context
        asked = await context.services.privacy.rollbacks.ask(
            context.viewer,
            thing_of(input.id),
            input.to_version,
            input.reason,
            idempotency_key=input.idempotency_key,
        )
        return RollbackPayload(rollback=rollback_of(asked, info))

    @strawberry.mutation(description="By another member of staff than the one who asked.")
    async def confirm_rollback(self, info: Info, input: ConfirmRollbackInput) -> RollbackPayload:
        context = info.context
        done = await context.services.privacy.rollbacks.confirm(
            context.viewer, *ids.decode(input.id, "Rollback"), version=input.version
        )
        return RollbackPayload(rollback=rollback_of(done, info))


async def corrections_of(resident_id: ObjectId, info: Info) -> list[Correction]:
    context = info.context
    found = await context.services.privacy.corrections.of(context.viewer, resident_id)
    return [correction_of(each) for each in found]


async def rollbacks_of(resident_id: ObjectId, info: Info) -> list[Rollback]:
    context = info.context
    found = await context.services.privacy.rollbacks.of(context.viewer, resident_id)
    return [rollback_of(each, info) for each in found]


def thing_of(text: str) -> Thing:
    """An entry or reading by its id. Raises ``ID_INVALID``."""
    name, parts = ids.decode_any(text)
    if name not in _COLLECTIONS or len(parts) != 2:
        raise ids.IdInvalid
    return Thing(_COLLECTIONS[name], *parts)


def correction_of(correction: domain.Correction) -> Correction:
    return Correction(
        id=global_id("Correction", correction.resident_id, correction.id),
        about=_about(correction.thing),
        category=correction.category,
        words=correction.words,
        at=correction.at,
        open=correction.open,
        accepted=correction.accepted,
        answer=correction.answer,
        answered_at=correction.answered_at,
    )


def rollback_of(rollback: rollbacks.Rollback, info: Info) -> Rollback:
    return Rollback(
        id=global_id("Rollback", rollback.thing.resident_id, rollback.id),
        about=_about(rollback.thing),
        from_version=rollback.from_version,
        to_version=rollback.to_version,
        reason=rollback.reason,
        at=rollback.at,
        open=rollback.open,
        asked_by_me=rollback.asked_by == info.context.viewer.account_id,
        confirmed_at=rollback.confirmed_at,
        new_version=rollback.new_version,
    )


def _about(thing: Thing) -> strawberry.ID:
    return global_id(_TYPES[thing.collection], thing.resident_id, thing.document_id)
