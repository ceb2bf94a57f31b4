"""A questionnaire, its questions, and what somebody answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.questionnaires.book import help_lines
from backend.questionnaires.documents import ResponseState
from backend.questionnaires.looking import Offer, ScorePoint
from backend.questionnaires.model import Alarm, Form, Given, Item, ItemKind
from backend.questionnaires.response import Response
from backend.questionnaires.scoring import Scored
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import Node, RecordedBy, global_id

enum(ResponseState, name="QuestionnaireState")
enum(ItemKind, name="QuestionKind")


@strawberry.type(description="`alone`: cannot be chosen beside others.")
class QuestionOption:
    value: int
    text: str
    alone: bool


@strawberry.type(description="One question. What is null does not apply to its kind.")
class Question:
    key: str
    kind: ItemKind
    group: str | None
    text: str
    required: bool
    options: list[QuestionOption]
    minimum: float | None
    maximum: float | None
    whole: bool = strawberry.field(description="Numbers without a fraction only.")
    unit: str | None


@strawberry.type(description="A form. Its source says where questions and scoring come from.")
class QuestionnaireForm:
    key: str
    version: str = strawberry.field(description="To be given with answers.")
    title: str
    intro: str
    source: str
    category: Category
    questions: list[Question] = strawberry.field(
        description="Those that are asked first; answers may open more."
    )


@strawberry.type(description="A questionnaire that is for this person.")
class QuestionnaireOffer:
    key: str
    title: str
    category: Category
    question_count: int
    response_id: strawberry.ID | None = strawberry.field(description="The one that is begun.")
    completed_at: datetime | None
    due_on: date | None = strawberry.field(description="Null: never filled in.")


@strawberry.type(description="One of `choice`, `choices`, `number`, `text`; `label` in words.")
class GivenAnswer:
    question: str
    choice: int | None
    choices: list[int] | None
    number: float | None
    text: str | None
    label: str


@strawberry.type(description="`verdict` is of a constitution type: yes, nearly, leaning, no.")
class QuestionnaireScore:
    key: str
    name: str
    value: float
    unit: str
    band: str | None
    meaning: str | None
    advice: str | None
    verdict: str | None
    higher_is: str = strawberry.field(description="better, worse or neither.")


@strawberry.type(description="A number to call.")
class HelpLine:
    number: str
    text: str
    source: str


@strawberry.type(description="What may not wait: to be shown at once, before anything else.")
class QuestionnaireAlarm:
    question: str
    text: str
    lines: list[HelpLine]
    ticket_id: strawberry.ID | None = strawberry.field(description="The doctor was asked.")


@strawberry.type(description="A filled-in questionnaire. The result is no diagnosis.")
class QuestionnaireResponse(Node):
    questionnaire: str
    version: str
    title: str
    category: Category
    state: ResponseState
    started_at: datetime
    completed_at: datetime | None
    recorded_by: RecordedBy
    questions: list[Question] = strawberry.field(
        description="Those that are asked after the answers so far."
    )
    answers: list[GivenAnswer]
    missing: list[str] = strawberry.field(description="Questions that have to be answered still.")
    scores: list[QuestionnaireScore]
    alarms: list[QuestionnaireAlarm]
    entry_id: strawberry.ID | None = strawberry.field(description="In the archive.")


@strawberry.type(description="A score on a day.")
class QuestionnaireScorePoint:
    at: datetime
    response_id: strawberry.ID
    version: str
    score: QuestionnaireScore


def questions_of(items: Iterable[Item], language: str) -> list[Question]:
    return [
        Question(
            key=each.id,
            kind=each.kind,
            group=each.group.get(language) if each.group else None,
            text=each.text.get(language),
            required=each.required,
            options=[
                QuestionOption(value=o.value, text=o.text.get(language), alone=o.alone)
                for o in each.options
            ],
            minimum=each.minimum,
            maximum=each.maximum,
            whole=each.whole,
            unit=each.unit,
        )
        for each in items
    ]


def questionnaire_of(form: Form, items: Iterable[Item], language: str) -> QuestionnaireForm:
    return QuestionnaireForm(
        key=form.key,
        version=form.version,
        title=form.title.get(language),
        intro=form.intro.get(language),
        source=form.source,
        category=form.category,
        questions=questions_of(items, language),
    )


def offer_of(offer: Offer, resident_id: ObjectId, language: str) -> QuestionnaireOffer:
    open_id = offer.open_id
    return QuestionnaireOffer(
        key=offer.form.key,
        title=offer.form.title.get(language),
        category=offer.form.category,
        question_count=len(offer.form.items),
        response_id=_response_id(resident_id, open_id) if open_id else None,
        completed_at=offer.last_at,
        due_on=offer.due_on,
    )


def response_of(response: Response, info: Info) -> QuestionnaireResponse:
    document, form, language = response.document, response.form, info.context.language
    resident_id = document.resident_id
    return QuestionnaireResponse(
        id=_response_id(resident_id, response.id),
        questionnaire=form.key,
        version=form.version,
        title=form.title.get(language),
        category=document.category,
        state=document.state,
        started_at=document.started_at,
        completed_at=document.completed_at,
        recorded_by=RecordedBy(
            relation=document.relation,
            kinship=document.kinship,
            channel=document.channel,
            mine=document.by == info.context.viewer.account_id,
        ),
        questions=questions_of(response.asked, language),
        answers=[
            _answer(form.by_id[key], value, language) for key, value in response.answers.items()
        ],
        missing=response.missing,
        scores=[score_of(each, language) for each in response.scores],
        alarms=[_alarm(each, response, language) for each in response.alarms],
        entry_id=global_id("Entry", resident_id, document.entry_id) if document.entry_id else None,
    )


def score_of(scored: Scored, language: str) -> QuestionnaireScore:
    band = scored.band
    return QuestionnaireScore(
        key=scored.score.key,
        name=scored.score.name.get(language),
        value=scored.value,
        unit=scored.score.unit,
        band=band.key if band else None,
        meaning=band.text.get(language) if band else None,
        advice=band.advice.get(language) if band and band.advice else None,
        verdict=scored.verdict,
        higher_is=scored.score.higher_is,
    )


def point_of(point: ScorePoint, resident_id: ObjectId, language: str) -> QuestionnaireScorePoint:
    return QuestionnaireScorePoint(
        at=point.at,
        response_id=_response_id(resident_id, point.response_id),
        version=point.form_version,
        score=score_of(point.scored, language),
    )


def _alarm(alarm: Alarm, response: Response, language: str) -> QuestionnaireAlarm:
    ticket = response.document.ticket_ids.get(alarm.item)
    known = help_lines()
    return QuestionnaireAlarm(
        question=alarm.item,
        text=alarm.text.get(language),
        lines=[
            HelpLine(
                number=known[each].number,
                text=known[each].text.get(language),
                source=known[each].source,
            )
            for each in alarm.lines
        ],
        ticket_id=global_id("Ticket", response.document.resident_id, ticket) if ticket else None,
    )


def _answer(item: Item, value: Given, language: str) -> GivenAnswer:
    text = value if isinstance(value, str) else None
    choices = list(value) if isinstance(value, tuple) else None
    choice = number = None
    if isinstance(value, (int, float)):
        if item.kind is ItemKind.NUMBER:
            number = float(value)
        else:
            choice = int(value)
    chosen = choices if choices is not None else [choice] if choice is not None else []
    words = "、".join(item.by_value[each].text.get(language) for each in chosen)
    said = f"{number:g} {item.unit or ''}".strip() if number is not None else text
    return GivenAnswer(
        question=item.id,
        choice=choice,
        choices=choices,
        number=number,
        text=text,
        label=words or said or "",
    )


def _response_id(resident_id: ObjectId, response_id: ObjectId) -> strawberry.ID:
    return global_id("QuestionnaireResponse", resident_id, response_id)
