"""What a piece of the library looks like."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from content.choosing.past import Feedback
from content.choosing.scoring import ReasonKind
from content.choosing.suggesting import Suggestion
from content.files.lists import allergens, medicines, topics
from content.piece import (
    Ability,
    Block,
    BlockKind,
    Constitution,
    Piece,
    PieceKind,
    ReadingLevel,
    Season,
    id_of,
)
from content.reading.figures import PieceSums
from content.reading.plausible import least_seconds
from content.reading.record import Record
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import global_id

enum(PieceKind, name="ArticleKind")
enum(BlockKind, name="ArticleBlockKind")
enum(ReadingLevel)
enum(Ability, name="ExerciseAbility")
enum(Season)
enum(Constitution)
enum(Feedback, name="ArticleFeedback")
enum(ReasonKind, name="SuggestionReasonKind")


@strawberry.type(description="A run of words; `articleId` where it leads to another article.")
class ArticleSpan:
    text: str
    strong: bool
    article_id: strawberry.ID | None


@strawberry.type(description="Plain text in runs: there is no markup in it.")
class ArticleBlock:
    kind: BlockKind
    number: int | None = strawberry.field(description="Of a step.")
    spans: list[ArticleSpan]


@strawberry.type(description="What an article rests on.")
class ArticleSource:
    name: str
    year: int
    url: str | None


@strawberry.type(description="Of one serving, raw weights; from the China Food Composition tables.")
class ArticleNutrition:
    energy_kcal: int
    protein_g: float
    fat_g: float
    carbohydrate_g: float
    sodium_mg: int


@strawberry.type
class ArticleIngredient:
    name: str
    grams: float


@strawberry.type(description="A question of the quiz; which option is right is told on answering.")
class ArticleQuestion:
    ask: str
    options: list[str]


@strawberry.type(description="A topic that articles are about.")
class ArticleTopic:
    key: str
    name: str


@strawberry.type(description="A piece of the library. Its body is in Chinese, its summary in both.")
class Article:
    source: strawberry.Private[Piece]
    id: strawberry.ID
    slug: str
    kind: PieceKind
    title: str
    summary: str
    level: ReadingLevel
    ability: Ability | None
    seasons: list[Season]
    constitutions: list[Constitution]
    reviewed_on: date
    least_seconds: int = strawberry.field(description="Whoever is quicker has not read it.")

    @strawberry.field
    async def blocks(self) -> list[ArticleBlock]:
        return [_block(each) for each in self.source.blocks]

    @strawberry.field
    async def sources(self) -> list[ArticleSource]:
        return [
            ArticleSource(name=each.name, year=each.year, url=each.url)
            for each in self.source.sources
        ]

    @strawberry.field
    async def topics(self, info: Info) -> list[ArticleTopic]:
        language = info.context.language
        return [
            ArticleTopic(key=key, name=topics()[key].get(language))
            for key in self.source.front.topics
        ]

    @strawberry.field(description="LOINC codes of what it explains.")
    async def items(self) -> list[str]:
        return list(self.source.front.items)

    @strawberry.field(description="What it contains, or speaks of eating, that people react to.")
    async def allergens(self, info: Info) -> list[str]:
        language = info.context.language
        return [allergens()[key].get(language) for key in sorted(self.source.allergens)]

    @strawberry.field(description="Conditions and medicines with which it does not suit.")
    async def not_with(self, info: Info) -> list[str]:
        front, language = self.source.front, info.context.language
        rows = [topics()[key] for key in front.against]
        return [
            each.get(language)
            for each in [*rows, *(medicines()[key] for key in front.against_medicines)]
        ]

    @strawberry.field(description="For how many the ingredients are.")
    async def serves(self) -> int | None:
        return self.source.front.serves

    @strawberry.field
    async def ingredients(self) -> list[ArticleIngredient]:
        return [
            ArticleIngredient(name=each.name, grams=each.grams) for each in self.source.ingredients
        ]

    @strawberry.field
    async def nutrition(self) -> ArticleNutrition | None:
        found = self.source.nutrition
        if found is None:
            return None
        return ArticleNutrition(
            energy_kcal=found.energy_kcal,
            protein_g=found.protein_g,
            fat_g=found.fat_g,
            carbohydrate_g=found.carbohydrate_g,
            sodium_mg=found.sodium_mg,
        )

    @strawberry.field
    async def quiz(self) -> list[ArticleQuestion]:
        return [
            ArticleQuestion(ask=each.ask, options=list(each.options))
            for each in self.source.front.quiz
        ]


@strawberry.type(description="An article for today, and why.")
class ArticleSuggestion:
    article: Article
    reason_kind: ReasonKind
    reason: str


@strawberry.type(description="What the resident did with an article.")
class ArticleRecord:
    article: Article
    opened_at: datetime | None
    read_at: datetime | None
    quiz_passed_at: datetime | None
    feedback: Feedback | None


@strawberry.type(description="One question, marked.")
class QuizMark:
    right: bool
    right_option: int = strawberry.field(description="From 1 on.")
    why: str


@strawberry.type(description="Everybody together; small numbers are not told.")
class ArticleFigures:
    article: Article
    shown: int | None
    opened: int | None
    clicked: int | None = strawberry.field(description="Opened from where it was suggested.")
    read: int | None
    quiz_passed: int | None
    helpful: int | None
    not_for_me: int | None
    click_through: float | None = strawberry.field(description="Clicked by shown, 0 to 1.")


def _block(block: Block) -> ArticleBlock:
    spans = [
        ArticleSpan(
            text=each.text,
            strong=each.strong,
            article_id=global_id("Article", id_of(each.piece)) if each.piece else None,
        )
        for each in block.spans
    ]
    return ArticleBlock(kind=block.kind, number=block.number, spans=spans)


def article_of(piece: Piece, info: Info) -> Article:
    front, english = piece.front, info.context.language.startswith("en")
    return Article(
        source=piece,
        id=global_id("Article", piece.id),
        slug=piece.slug,
        kind=front.kind,
        title=front.title_en if english else front.title,
        summary=front.summary_en if english else front.summary,
        level=front.level,
        ability=front.ability,
        seasons=list(front.seasons),
        constitutions=list(front.constitutions),
        reviewed_on=front.reviewed,
        least_seconds=least_seconds(piece),
    )


def suggestion_of(suggestion: Suggestion, info: Info) -> ArticleSuggestion:
    return ArticleSuggestion(
        article=article_of(suggestion.piece, info),
        reason_kind=suggestion.kind,
        reason=suggestion.reason,
    )


def record_of(record: Record, info: Info) -> ArticleRecord:
    piece = info.context.services.content.library.named(record.slug)
    return ArticleRecord(
        article=article_of(piece, info),
        opened_at=record.opened_at,
        read_at=record.read_at,
        quiz_passed_at=record.passed_at,
        feedback=record.feedback,
    )


def figures_of(sums: PieceSums, info: Info) -> ArticleFigures:
    piece = info.context.services.content.library.named(sums.slug)
    return ArticleFigures(
        article=article_of(piece, info),
        shown=sums.shown,
        opened=sums.opened,
        clicked=sums.clicked,
        read=sums.read,
        quiz_passed=sums.passed,
        helpful=sums.helpful,
        not_for_me=sums.not_for_me,
        click_through=sums.click_through,
    )
