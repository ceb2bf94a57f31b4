"""Asking, going on, rating, deleting; and the same answer as a stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry
from bson import ObjectId

from bot.assistant.stored.service import Ask
from bot.assistant.stored.turn import sentences
from graphql_api.assistant.types import Answer, AnswerPiece, answer_of
from graphql_api.common import ids
from graphql_api.common.context import Info


@strawberry.input(description="Without a conversation a new one is begun.")
class AskInput:
    resident_id: strawberry.ID
    idempotency_key: str
    question: str
    conversation_id: strawberry.ID | None = None

    def to_domain(self) -> Ask:
        """Raises ``ID_INVALID``."""
        resident_id = ids.resident_id(self.resident_id)
        conversation_id: ObjectId | None = None
        if self.conversation_id is not None:
            beside, conversation_id = ids.decode(self.conversation_id, "Conversation")
            if beside != resident_id:
                raise ids.IdInvalid
        return Ask(
            resident_id=resident_id,
            question=self.question,
            conversation_id=conversation_id,
            idempotency_key=self.idempotency_key,
        )


@strawberry.type
class AskPayload:
    answer: Answer


@strawberry.input(description="`citation`: the position of the one that is wrong.")
class RateAnswerInput:
    id: strawberry.ID
    conversation_id: strawberry.ID
    helpful: bool
    citation: int | None = None


@strawberry.type
class RateAnswerPayload:
    answer: Answer


@strawberry.input
class DeleteConversationInput:
    id: strawberry.ID


@strawberry.type
class DeleteConversationPayload:
    id: strawberry.ID


@strawberry.type
class AssistantMutation:
    @strawberry.mutation(
        description="An answer from the record, with its evidence. Emergencies come first."
    )
    async def ask(self, info: Info, input: AskInput) -> AskPayload:
        context = info.context
        asked = input.to_domain()
        said = await context.services.assistant.ask(context.viewer, asked)
        return AskPayload(answer=answer_of(said, asked.resident_id))

    @strawberry.mutation(description="Helpful, or not and what is wrong.")
    async def rate_answer(self, info: Info, input: RateAnswerInput) -> RateAnswerPayload:
        context = info.context
        about, turn_id = ids.decode(input.id, "Answer")
        beside, _ = ids.decode(input.conversation_id, "Conversation")
        said = await context.services.assistant.conversations.rate(
            context.viewer, about, turn_id, helpful=input.helpful, citation=input.citation
        )
        return RateAnswerPayload(answer=answer_of(said, beside))

    @strawberry.mutation(description="For good. What reached the doctor stays with the doctor.")
    async def delete_conversation(
        self, info: Info, input: DeleteConversationInput
    ) -> DeleteConversationPayload:
        context = info.context
        place = ids.decode(input.id, "Conversation")
        await context.services.assistant.conversations.delete(context.viewer, *place)
        return DeleteConversationPayload(id=input.id)


@strawberry.type
class AnswerSubscription:
    """Inherited by ``Subscription``."""

    @strawberry.subscription(
        description="As `ask`, sentence by sentence; begins when the whole answer is verified."
    )
    async def answer_stream(self, info: Info, input: AskInput) -> AsyncGenerator[AnswerPiece, None]:
        context = info.context
        asked = input.to_domain()
        with context.streams.one_more(context.viewer.account_id):
            said = await context.services.assistant.ask(context.viewer, asked)
            for sentence in sentences(said.words.text) if said.words else ():
                yield AnswerPiece(sentence=sentence, answer=None)
            yield AnswerPiece(sentence=None, answer=answer_of(said, asked.resident_id))
