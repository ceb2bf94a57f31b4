"""Questionnaires under the resident."""

from __future__ import annotations

import strawberry
from bson import ObjectId

from backend.questionnaires.asking import asked
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.questionnaires.types import (
    QuestionnaireForm,
    QuestionnaireOffer,
    QuestionnaireResponse,
    QuestionnaireScorePoint,
    offer_of,
    point_of,
    questionnaire_of,
    response_of,
)

_PAGE = 20


@strawberry.type
class ResidentQuestionnaires:
    """Inherited by ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="The questionnaires that are for this person.")
    async def questionnaires(self, info: Info) -> list[QuestionnaireOffer] | None:
        context = info.context
        looking = context.services.questionnaires.looking
        found = await looking.offers(context.viewer, self.key)
        return [offer_of(each, self.key, context.language) for each in found]

    @strawberry.field(description="The current version, as it is put to this person.")
    async def questionnaire(self, info: Info, questionnaire_key: str) -> QuestionnaireForm | None:
        context = info.context
        looking = context.services.questionnaires.looking
        form, subject = await looking.form(context.viewer, self.key, questionnaire_key)
        return questionnaire_of(form, asked(form, subject, {}), context.language)

    @strawberry.field(description="What was filled in, newest first; of one or of all.")
    async def questionnaire_responses(
        self, info: Info, key: str | None = None, first: int = _PAGE, after: str | None = None
    ) -> Connection[QuestionnaireResponse] | None:
        context = info.context
        page = await context.services.questionnaires.looking.page(
            context.viewer, self.key, form=key, first=first, after=cursor(after)
        )
        return connection(page, lambda each: response_of(each, info))

    @strawberry.field(description="One score over time, oldest first, the last 200.")
    async def questionnaire_trend(
        self, info: Info, questionnaire_key: str, score_key: str
    ) -> list[QuestionnaireScorePoint] | None:
        context = info.context
        found = await context.services.questionnaires.looking.trend(
            context.viewer, self.key, questionnaire_key, score_key
        )
        return [point_of(each, self.key, context.language) for each in found]


async def response(
    info: Info, resident_id: ObjectId, response_id: ObjectId
) -> QuestionnaireResponse:
    context = info.context
    looking = context.services.questionnaires.looking
    return response_of(await looking.get(context.viewer, resident_id, response_id), info)
