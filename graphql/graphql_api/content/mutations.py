"""What residents do with articles, told by their phone."""

from __future__ import annotations

import strawberry

from content.choosing.past import Feedback
from content.reading.record import Record
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.content.types import ArticleRecord, QuizMark, record_of


@strawberry.input
class ArticlesShownInput:
    resident_id: strawberry.ID
    article_ids: list[strawberry.ID]


@strawberry.type
class ArticlesShownPayload:
    new_today: int


@strawberry.input
class OpenArticleInput:
    resident_id: strawberry.ID
    article_id: strawberry.ID
    suggested: bool = strawberry.field(
        default=False, description="Opened from `suggestedArticles`."
    )


@strawberry.input(description="`scroll` is how far down, 0 to 1.")
class ReadArticleInput:
    resident_id: strawberry.ID
    article_id: strawberry.ID
    dwell_seconds: int
    scroll: float


@strawberry.input
class RateArticleInput:
    resident_id: strawberry.ID
    article_id: strawberry.ID
    feedback: Feedback


@strawberry.type
class ArticleRecordPayload:
    record: ArticleRecord


@strawberry.input(description="An option for each question, counted from 1.")
class AnswerArticleQuizInput:
    resident_id: strawberry.ID
    article_id: strawberry.ID
    answers: list[int]
    idempotency_key: str


@strawberry.type
class AnswerArticleQuizPayload:
    passed: bool
    marks: list[QuizMark]


@strawberry.type
class ArticleMutation:
    @strawberry.mutation(description="A list was on the screen. Once a day counts.")
    async def articles_shown(self, info: Info, input: ArticlesShownInput) -> ArticlesShownPayload:
        context = info.context
        count = await context.services.content.noting.shown(
            context.viewer,
            ids.resident_id(input.resident_id),
            [ids.decode_one(each, "Article") for each in input.article_ids],
        )
        return ArticlesShownPayload(new_today=count)

    @strawberry.mutation(description="An article was opened; reading begins.")
    async def open_article(self, info: Info, input: OpenArticleInput) -> ArticleRecordPayload:
        context = info.context
        record = await context.services.content.noting.opened(
            context.viewer,
            ids.resident_id(input.resident_id),
            ids.decode_one(input.article_id, "Article"),
            suggested=input.suggested,
        )
        return _payload(record, info)

    @strawberry.mutation(description="It was read to the end, in a time in which that can be.")
    async def read_article(self, info: Info, input: ReadArticleInput) -> ArticleRecordPayload:
        context = info.context
        record = await context.services.content.noting.read(
            context.viewer,
            ids.resident_id(input.resident_id),
            ids.decode_one(input.article_id, "Article"),
            dwell=input.dwell_seconds,
            scroll=input.scroll,
        )
        return _payload(record, info)

    @strawberry.mutation(description="Whether it helped: others of its topic come more, or less.")
    async def rate_article(self, info: Info, input: RateArticleInput) -> ArticleRecordPayload:
        context = info.context
        record = await context.services.content.noting.rate(
            context.viewer,
            ids.resident_id(input.resident_id),
            ids.decode_one(input.article_id, "Article"),
            input.feedback,
        )
        return _payload(record, info)

    @strawberry.mutation(description="The quiz of an article that was read. Passing earns points.")
    async def answer_article_quiz(
        self, info: Info, input: AnswerArticleQuizInput
    ) -> AnswerArticleQuizPayload:
        content, viewer = info.context.services.content, info.context.viewer
        article_id = ids.decode_one(input.article_id, "Article")
        marked = await content.quizzes.answer(
            viewer,
            ids.resident_id(input.resident_id),
            article_id,
            input.answers,
            idempotency_key=input.idempotency_key,
        )
        quiz = content.library.get(article_id).front.quiz
        marks = [
            QuizMark(right=right, right_option=each.right, why=each.why)
            for right, each in zip(marked.right, quiz, strict=True)
        ]
        return AnswerArticleQuizPayload(passed=marked.passed, marks=marks)


def _payload(record: Record, info: Info) -> ArticleRecordPayload:
    return ArticleRecordPayload(record=record_of(record, info))
