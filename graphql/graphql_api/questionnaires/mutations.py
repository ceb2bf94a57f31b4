"""Beginning, saving, handing in, giving up, taking back."""

from __future__ import annotations

import strawberry

from backend.questionnaires.errors import AnswerOutOfRange
from backend.questionnaires.model import Given
from backend.questionnaires.response import Response
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.questionnaires.types import QuestionnaireResponse, response_of

_TYPE = "QuestionnaireResponse"


@strawberry.input(description="Exactly one of `choice`, `choices`, `number`, `text`.")
class GivenAnswerInput:
    question: str
    choice: int | None = None
    choices: list[int] | None = None
    number: float | None = None
    text: str | None = None

    def to_domain(self) -> tuple[str, Given]:
        """Raises ``ANSWER_OUT_OF_RANGE``."""
        choices = None if self.choices is None else tuple(self.choices)
        every: list[Given | None] = [self.choice, choices, self.number, self.text]
        given = [each for each in every if each is not None]
        if len(given) != 1:
            raise AnswerOutOfRange(item=self.question[:40])
        return self.question, given[0]


@strawberry.input
class StartQuestionnaireInput:
    resident_id: strawberry.ID
    idempotency_key: str
    questionnaire_key: str


@strawberry.input(description="`version` is the questionnaire's, which the answers are for.")
class SaveQuestionnaireInput:
    id: strawberry.ID
    version: str
    answers: list[GivenAnswerInput]


@strawberry.input(description="`answers` are the last ones; those that were saved stand.")
class CompleteQuestionnaireInput:
    id: strawberry.ID
    idempotency_key: str
    version: str
    answers: list[GivenAnswerInput] = strawberry.field(default_factory=list)


@strawberry.input
class QuestionnaireResponseInput:
    id: strawberry.ID


@strawberry.type
class QuestionnairePayload:
    response: QuestionnaireResponse


@strawberry.type
class QuestionnaireMutation:
    @strawberry.mutation(description="Begin, or go on with the one that is begun.")
    async def start_questionnaire(
        self, info: Info, input: StartQuestionnaireInput
    ) -> QuestionnairePayload:
        context = info.context
        found = await context.services.questionnaires.answering.start(
            context.viewer,
            ids.resident_id(input.resident_id),
            input.questionnaire_key,
            idempotency_key=input.idempotency_key,
        )
        return _payload(found, info)

    @strawberry.mutation(description="Some answers. What may not wait is told at once: `alarms`.")
    async def save_questionnaire(
        self, info: Info, input: SaveQuestionnaireInput
    ) -> QuestionnairePayload:
        context = info.context
        place = ids.decode(input.id, _TYPE)
        found = await context.services.questionnaires.answering.save(
            context.viewer,
            *place,
            [each.to_domain() for each in input.answers],
            form_version=input.version,
        )
        return _payload(found, info)

    @strawberry.mutation(description="Hand in: the result joins the archive.")
    async def complete_questionnaire(
        self, info: Info, input: CompleteQuestionnaireInput
    ) -> QuestionnairePayload:
        context = info.context
        place = ids.decode(input.id, _TYPE)
        found = await context.services.questionnaires.answering.complete(
            context.viewer,
            *place,
            [each.to_domain() for each in input.answers],
            form_version=input.version,
            idempotency_key=input.idempotency_key,
        )
        return _payload(found, info)

    @strawberry.mutation(description="Give up one that is begun.")
    async def stop_questionnaire(
        self, info: Info, input: QuestionnaireResponseInput
    ) -> QuestionnairePayload:
        context = info.context
        place = ids.decode(input.id, _TYPE)
        found = await context.services.questionnaires.answering.stop(context.viewer, *place)
        return _payload(found, info)

    @strawberry.mutation(description="Mark a completed one as wrong, with its scores.")
    async def withdraw_questionnaire(
        self, info: Info, input: QuestionnaireResponseInput
    ) -> QuestionnairePayload:
        context = info.context
        place = ids.decode(input.id, _TYPE)
        found = await context.services.questionnaires.following.withdraw(context.viewer, *place)
        return _payload(found, info)


def _payload(found: Response, info: Info) -> QuestionnairePayload:
    return QuestionnairePayload(response=response_of(found, info))
