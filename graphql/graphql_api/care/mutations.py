"""Asking the doctor; claiming, answering, asking back."""

from __future__ import annotations

from datetime import date

import strawberry

from backend.care.answering import FollowUp, Reply
from backend.care.documents import TicketReason, TicketUrgency
from backend.care.opening import Question
from backend.care.ticket import Seen
from backend.care.words import Evidence
from bot.assistant.stored.escalating import draft_of
from graphql_api.care.types import Ticket, ticket_of
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.measurements.limit_input import LimitInput


@strawberry.input(description="With an answer of the assistant its draft and evidence go along.")
class AskDoctorInput:
    resident_id: strawberry.ID
    idempotency_key: str
    question: str
    answer_id: strawberry.ID | None = None


@strawberry.input
class TicketInput:
    id: strawberry.ID


@strawberry.input
class TicketTextInput:
    id: strawberry.ID
    idempotency_key: str
    text: str


@strawberry.input(description="Something to be done on a day.")
class FollowUpInput:
    what: str
    on: date


@strawberry.input
class AnswerTicketInput:
    id: strawberry.ID
    idempotency_key: str
    text: str
    follow_up: FollowUpInput | None = None
    limit: LimitInput | None = None
    refer_to: str | None = strawberry.field(
        default=None, description="Where the resident should go; the question is referred then."
    )

    def to_domain(self) -> Reply:
        order = self.follow_up
        return Reply(
            text=self.text,
            follow_up=FollowUp(what=order.what, on=order.on) if order else None,
            limit=self.limit.to_domain() if self.limit else None,
            refer_to=self.refer_to,
        )


@strawberry.type
class TicketPayload:
    ticket: Ticket


@strawberry.type
class CareMutation:
    @strawberry.mutation(description="A question to the family doctor, by the asker's wish.")
    async def ask_doctor(self, info: Info, input: AskDoctorInput) -> TicketPayload:
        context = info.context
        question = await _question(info, input)
        seen = await context.services.care.tickets.ask(
            context.viewer, question, idempotency_key=input.idempotency_key
        )
        return _payload(seen, info)

    @strawberry.mutation(description="What the doctor asked back; the clock begins again.")
    async def reply_to_ticket(self, info: Info, input: TicketTextInput) -> TicketPayload:
        context = info.context
        seen = await context.services.care.tickets.reply(
            context.viewer,
            *ids.decode(input.id, "Ticket"),
            input.text,
            idempotency_key=input.idempotency_key,
        )
        return _payload(seen, info)

    @strawberry.mutation(description="By who asked; no answer is wanted any more.")
    async def withdraw_ticket(self, info: Info, input: TicketInput) -> TicketPayload:
        context = info.context
        place = ids.decode(input.id, "Ticket")
        return _payload(await context.services.care.tickets.withdraw(context.viewer, *place), info)

    @strawberry.mutation(description="Take a question for some minutes, or for some more.")
    async def claim_ticket(self, info: Info, input: TicketInput) -> TicketPayload:
        context = info.context
        place = ids.decode(input.id, "Ticket")
        return _payload(await context.services.care.desk.claim(context.viewer, *place), info)

    @strawberry.mutation(description="Give a claimed question back.")
    async def release_ticket(self, info: Info, input: TicketInput) -> TicketPayload:
        context = info.context
        place = ids.decode(input.id, "Ticket")
        return _payload(await context.services.care.desk.release(context.viewer, *place), info)

    @strawberry.mutation(
        description="Answer a claimed question: the answer is an entry of the archive."
    )
    async def answer_ticket(self, info: Info, input: AnswerTicketInput) -> TicketPayload:
        context = info.context
        place = ids.decode(input.id, "Ticket")
        seen = await context.services.care.answering.answer(
            context.viewer, *place, input.to_domain(), idempotency_key=input.idempotency_key
        )
        return _payload(seen, info)

    @strawberry.mutation(description="Ask the resident's side about a claimed question.")
    async def ask_back(self, info: Info, input: TicketTextInput) -> TicketPayload:
        context = info.context
        seen = await context.services.care.answering.ask_back(
            context.viewer,
            *ids.decode(input.id, "Ticket"),
            input.text,
            idempotency_key=input.idempotency_key,
        )
        return _payload(seen, info)


async def _question(info: Info, input: AskDoctorInput) -> Question:
    context = info.context
    services, viewer = context.services, context.viewer
    resident_id = ids.resident_id(input.resident_id)
    relation = await services.care.tickets.relation(viewer, resident_id)
    question = {
        "relation": relation,
        "asked_by": viewer.account_id,
        "text": input.question,
        "reason": TicketReason.ASKED,
        "urgency": TicketUrgency.ROUTINE,
    }
    if input.answer_id is None:
        return Question(resident_id=resident_id, **question)  # type: ignore[arg-type]
    about, turn_id = ids.decode(input.answer_id, "Answer")
    turn = await services.assistant.conversations.turn(viewer, about, turn_id)
    words = turn.words
    return Question(
        resident_id=about,
        **question,  # type: ignore[arg-type]
        categories=turn.categories,
        draft=draft_of(words) if words else None,
        evidence=tuple(Evidence(**each.model_dump()) for each in words.citations) if words else (),
        turn_id=turn_id,
    )


def _payload(seen: Seen, info: Info) -> TicketPayload:
    return TicketPayload(ticket=ticket_of(seen, info))
