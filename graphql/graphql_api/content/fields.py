"""The library, and what of it suits a resident."""

from __future__ import annotations

from datetime import date

import strawberry
from bson import ObjectId

from content.files.lists import topics
from content.library import Wanted
from content.piece import Constitution, PieceKind, Season
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.content.types import (
    Article,
    ArticleFigures,
    ArticleRecord,
    ArticleSuggestion,
    ArticleTopic,
    article_of,
    figures_of,
    record_of,
    suggestion_of,
)

_PAGE = 20
_SUGGESTED = 5


@strawberry.type
class ResidentArticles:
    """Inherited by ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(
        description="What suits the person today, and why; the same all day. At most 10. What the "
        "viewer may not see is not used, and counts as if it spoke against an article."
    )
    async def suggested_articles(
        self, info: Info, count: int = _SUGGESTED
    ) -> list[ArticleSuggestion] | None:
        context = info.context
        found = await context.services.content.suggesting.today(
            context.viewer, self.key, count, context.language
        )
        return [suggestion_of(each, info) for each in found]

    @strawberry.field(description="What was opened, read, answered; the last new one first.")
    async def articles(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[ArticleRecord] | None:
        context = info.context
        page = await context.services.content.looking.page(
            context.viewer, self.key, first=first, after=cursor(after)
        )
        return connection(page, lambda each: record_of(each, info))


@strawberry.type
class ArticleQuery:
    @strawberry.field(description="The library; everything that is given must hold.")
    async def articles(
        self,
        info: Info,
        kind: PieceKind | None = None,
        topic: str | None = None,
        item: str | None = None,
        season: Season | None = None,
        constitution: Constitution | None = None,
        search: str | None = None,
        first: int = _PAGE,
        after: str | None = None,
    ) -> Connection[Article] | None:
        wanted = Wanted(
            kind=kind,
            topic=topic,
            item=item,
            season=season,
            constitution=constitution,
            text=search,
        )
        page = info.context.services.content.library.page(wanted, first=first, after=cursor(after))
        return connection(page, lambda each: article_of(each, info))

    @strawberry.field(description="An article by its id.")
    async def article(self, info: Info, article_id: strawberry.ID) -> Article | None:
        piece_id = ids.decode_one(article_id, "Article")
        return article_of(info.context.services.content.library.get(piece_id), info)

    @strawberry.field(description="What articles can be about.")
    async def article_topics(self, info: Info) -> list[ArticleTopic]:
        language = info.context.language
        return [ArticleTopic(key=key, name=each.get(language)) for key, each in topics().items()]

    @strawberry.field(description="How articles were taken, both days included. For operators.")
    async def article_figures(
        self, info: Info, first_day: date, last_day: date
    ) -> list[ArticleFigures] | None:
        context = info.context
        content = context.services.content
        found = await content.figures.of(context.viewer, first_day, last_day)
        known = {piece.slug for piece in content.library.pieces}
        return [figures_of(each, info) for each in found if each.slug in known]
