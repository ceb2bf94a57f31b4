"""Answers and conversations."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from bot.assistant.answer import Urgency
from bot.assistant.stored.conversations import Talk
from bot.assistant.stored.documents import Conversation as Stored
from bot.assistant.stored.documents import TurnOutcome
from bot.assistant.stored.turn import Said, sentences
from content.piece import id_of
from graphql_api.care.types import node_id
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.common.scalars import Node, global_id

enum(TurnOutcome, name="AnswerOutcome")
enum(Urgency, name="AnswerUrgency")

_PAGE = 20


@strawberry.type(description="A number, or words, that the answer rests on.")
class Fact:
    label: str
    value: float | None
    words: str | None
    unit: str | None


@strawberry.type(description="Where a fact comes from, and what it says there.")
class Citation:
    resource: str = strawberry.field(
        description="FHIR resource type and id, Guideline/… or Content/…"
    )
    at: str | None
    excerpt: str
    node_id: strawberry.ID | None = strawberry.field(
        description="Opens with `node(id:)`; null for guidelines and what is only kept as received."
    )
    article_id: strawberry.ID | None = strawberry.field(
        description="Opens with `article(articleId:)`: the piece of the library that says so."
    )


@strawberry.type(description="The span of time that was asked about; since inclusive.")
class AnswerWindow:
    since: datetime
    until: datetime


@strawberry.type(description="What the one who asked thought of an answer.")
class AnswerRating:
    helpful: bool
    citation: int | None = strawberry.field(description="The position of the one that is wrong.")


@strawberry.type(
    description="One turn. Without words where a category of it is not granted any more."
)
class Answer(Node):
    conversation_id: strawberry.ID
    resident_id: strawberry.ID = strawberry.field(description="Whom it is about.")
    at: datetime
    outcome: TurnOutcome
    urgency: Urgency
    question: str | None
    understood_as: str | None = strawberry.field(
        description="The question in full, with what a follow-up leaves out."
    )
    sentences: list[str] = strawberry.field(description="Together they are the text.")
    facts: list[Fact]
    citations: list[Citation]
    window: AnswerWindow | None
    escalation: str | None = strawberry.field(description="Why the family doctor was asked.")
    choices: list[str] = strawberry.field(description="Questions to go on with, where unclear.")
    ticket_id: strawberry.ID | None
    rating: AnswerRating | None
    made_by_ai: bool = True


@strawberry.type(description="A piece of an answer: verified as a whole before the first is sent.")
class AnswerPiece:
    sentence: str | None
    answer: Answer | None = strawberry.field(description="The whole of it, at the end.")


@strawberry.type(description="One's own talk with the assistant beside a resident's record.")
class Conversation(Node):
    stored: strawberry.Private[Stored]
    resident_id: strawberry.ID
    channel: str
    began_at: datetime
    last_at: datetime
    turns: int

    @strawberry.field(description="Newest first.")
    async def answers(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[Answer]:
        context = info.context
        page = await context.services.assistant.conversations.turns(
            context.viewer, self.stored, first=first, after=cursor(after)
        )
        return connection(page, lambda each: answer_of(each, self.stored.resident_id))


@strawberry.type
class ResidentTalks:
    """Inherited by ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="The viewer's own, the last gone on with first.")
    async def conversations(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[Conversation] | None:
        context = info.context
        page = await context.services.assistant.conversations.page(
            context.viewer, self.key, first=first, after=cursor(after)
        )
        return connection(page, lambda each: conversation_of(each))


async def conversation(info: Info, resident_id: ObjectId, conversation_id: ObjectId) -> Node:
    context = info.context
    talks = context.services.assistant.conversations
    return conversation_of(Talk(await talks.get(context.viewer, resident_id, conversation_id)))


def conversation_of(talk: Talk) -> Conversation:
    stored = talk.conversation
    return Conversation(
        id=global_id("Conversation", stored.resident_id, stored.id),
        stored=stored,
        resident_id=global_id("Resident", stored.resident_id),
        channel=stored.channel,
        began_at=stored.began_at,
        last_at=stored.last_at,
        turns=stored.turns,
    )


def answer_of(said: Said, beside: ObjectId) -> Answer:
    """``beside``: the resident on whose page the conversation is."""
    words, about = said.words, said.resident_id
    return Answer(
        id=global_id("Answer", about, said.id),
        conversation_id=global_id("Conversation", beside, said.conversation_id),
        resident_id=global_id("Resident", about),
        at=said.at,
        outcome=said.outcome,
        urgency=Urgency(said.urgency),
        question=words.question if words else None,
        understood_as=words.resolved if words else None,
        sentences=sentences(words.text) if words else [],
        facts=[
            Fact(label=each.label, value=each.number, words=each.words, unit=each.unit)
            for each in (words.facts if words else ())
        ],
        citations=[
            Citation(
                resource=each.resource,
                at=each.at,
                excerpt=each.excerpt,
                node_id=node_id(each.node, each.id, about),
                article_id=_article_id(each.resource),
            )
            for each in (words.citations if words else ())
        ],
        window=AnswerWindow(since=words.since, until=words.until)
        if words and words.since and words.until
        else None,
        escalation=words.escalation if words else None,
        choices=list(words.choices) if words else [],
        ticket_id=global_id("Ticket", about, said.ticket_id) if said.ticket_id else None,
        rating=AnswerRating(helpful=said.rating.helpful, citation=said.rating.citation)
        if said.rating
        else None,
    )


def _article_id(resource: str) -> strawberry.ID | None:
    kind, _, slug = resource.partition("/")
    return global_id("Article", id_of(slug)) if kind == "Content" else None
