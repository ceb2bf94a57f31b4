"""Rules, campaigns, offers and signals as an operator sees and sets them."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any

import strawberry

from graphql_api.common.context import Info
from graphql_api.common.scalars import global_id
from graphql_api.rewards.types import Offer
from rewards.fraud.documents import Sign, SignalDocument
from rewards.redemption.documents import OfferKind
from rewards.rules import rule as domain
from rewards.rules.rule import Each, EvidenceKind


@strawberry.type(description="A version of a rule, on the days when it runs.")
class PointRule:
    key: str
    evidence: EvidenceKind
    each: Each
    points: int
    start: date
    end: date | None
    most_a_day: int
    most_a_month: int
    back_days: int
    streak_days: int | None
    freezes_a_month: int
    subjects: list[str]
    title: str
    how: str


@strawberry.type(description="Days on which a rule earns several times its points.")
class PointCampaign:
    key: str
    rule: str
    factor: int
    start: date
    end: date
    title: str


@strawberry.type
class PointRulebook:
    rules: list[PointRule]
    campaigns: list[PointCampaign]


@strawberry.type(description="Something odd; it takes nothing from anybody by itself.")
class PointSignal:
    id: strawberry.ID
    resident_id: strawberry.ID
    sign: Sign
    subject: str
    day: str
    times: int
    open: bool
    at: datetime


@strawberry.input(description="A rule as in the rules file, from `start` on.")
class SetPointRuleInput:
    key: str
    evidence: EvidenceKind
    each: Each
    points: int
    start: date
    most_a_day: int
    most_a_month: int
    back_days: int
    zh: str
    en: str
    how_zh: str
    how_en: str
    end: date | None = None
    streak_days: int | None = None
    freezes_a_month: int = 0
    subjects: list[str] = strawberry.field(default_factory=list)


@strawberry.type
class PointRulePayload:
    rule: PointRule


@strawberry.input
class EndPointRuleInput:
    key: str
    first_day_without: date


@strawberry.input
class StartPointCampaignInput:
    key: str
    rule: str
    factor: int
    start: date
    end: date
    zh: str
    en: str


@strawberry.input
class EndPointCampaignInput:
    key: str
    last_day: date


@strawberry.type
class PointRulebookPayload:
    rulebook: PointRulebook


@strawberry.input(description="`accountId` is the institution's, who takes the vouchers.")
class CreateOfferInput:
    idempotency_key: str
    account_id: strawberry.ID
    kind: OfferKind
    title_zh: str
    title_en: str
    about_zh: str
    about_en: str
    points: int
    stock: int
    limit: int
    hold_days: int
    valid_from: datetime
    valid_until: datetime


@strawberry.input(description="`more` may be below zero, down to nothing left.")
class RestockOfferInput:
    id: strawberry.ID
    idempotency_key: str
    more: int


@strawberry.input
class EndOfferInput:
    id: strawberry.ID


@strawberry.type
class OfferPayload:
    offer: Offer


@strawberry.input
class ClosePointSignalInput:
    id: strawberry.ID


@strawberry.type
class PointSignalPayload:
    signal: PointSignal


async def rulebook(info: Info) -> PointRulebook:
    context = info.context
    book = await context.services.points.rules.book(context.viewer)
    return PointRulebook(
        rules=[rule_of(each, info) for each in book.rules],
        campaigns=[
            PointCampaign(
                key=each.key,
                rule=each.rule,
                factor=each.factor,
                start=each.start,
                end=each.end,
                title=each.title.get(context.language),
            )
            for each in book.campaigns
        ],
    )


def rule_of(rule: domain.Rule, info: Info) -> PointRule:
    language = info.context.language
    return PointRule(
        key=rule.key,
        evidence=rule.evidence,
        each=rule.each,
        points=rule.points,
        start=rule.start,
        end=rule.end,
        most_a_day=rule.most_a_day,
        most_a_month=rule.most_a_month,
        back_days=rule.back_days,
        streak_days=rule.streak_days,
        freezes_a_month=rule.freezes_a_month,
        subjects=sorted(rule.subjects),
        title=rule.title.get(language),
        how=rule.how.get(language),
    )


def raw_of(input: SetPointRuleInput) -> dict[str, Any]:
    raw = {each.name: getattr(input, each.name) for each in fields(input)}
    raw |= {"evidence": input.evidence.value, "each": input.each.value}
    return {name: value for name, value in raw.items() if value is not None}


def signal_of(signal: SignalDocument) -> PointSignal:
    return PointSignal(
        id=global_id("PointSignal", signal.id),
        resident_id=global_id("Resident", signal.resident_id),
        sign=signal.sign,
        subject=signal.subject,
        day=signal.day,
        times=signal.times,
        open=signal.open,
        at=signal.at,
    )
