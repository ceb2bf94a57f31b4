"""What operators do with the catalogue, rules and campaigns; the list of odd signs."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any

import strawberry

from backend.identity.operators import require_operator
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.common.scalars import global_id
from graphql_api.rewards.types import Offer, offer_of
from rewards.fraud.documents import Sign, SignalDocument
from rewards.redemption.documents import OfferKind
from rewards.redemption.offers import NewOffer
from rewards.rules import rule as domain
from rewards.rules.rule import Each, EvidenceKind, Words

_PAGE = 20


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


@strawberry.type
class PointOperatorQuery:
    @strawberry.field(description="Every rule and campaign, past and to come. For operators.")
    async def point_rulebook(self, info: Info) -> PointRulebook | None:
        return await _rulebook(info)

    @strawberry.field(description="Also what is over or to come. For operators.")
    async def all_offers(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[Offer] | None:
        context = info.context
        page = await context.services.points.offers.all(context.viewer, first, cursor(after))
        return connection(page, lambda each: offer_of(each, info))

    @strawberry.field(description="Open signals, newest first. For operators.")
    async def point_signals(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[PointSignal] | None:
        context = info.context
        page = await context.services.points.watch.page(
            context.viewer, first=first, after=cursor(after)
        )
        return connection(page, _signal)


@strawberry.type
class PointOperatorMutation:
    @strawberry.mutation(description="From tomorrow at the earliest. For operators.")
    async def set_point_rule(self, info: Info, input: SetPointRuleInput) -> PointRulePayload:
        context = info.context
        made = await context.services.points.rules.set(context.viewer, _raw(input))
        return PointRulePayload(rule=_rule(made, info))

    @strawberry.mutation(description="From tomorrow at the earliest. For operators.")
    async def end_point_rule(self, info: Info, input: EndPointRuleInput) -> PointRulebookPayload:
        context = info.context
        desk = context.services.points.rules
        await desk.end(context.viewer, input.key, input.first_day_without)
        return PointRulebookPayload(rulebook=await _rulebook(info))

    @strawberry.mutation(description="From tomorrow at the earliest. For operators.")
    async def start_point_campaign(
        self, info: Info, input: StartPointCampaignInput
    ) -> PointRulebookPayload:
        context = info.context
        campaign = domain.Campaign(
            key=input.key,
            rule=input.rule,
            factor=input.factor,
            start=input.start,
            end=input.end,
            title=Words(input.zh, input.en),
        )
        await context.services.points.rules.start_campaign(context.viewer, campaign)
        return PointRulebookPayload(rulebook=await _rulebook(info))

    @strawberry.mutation(description="For operators.")
    async def end_point_campaign(
        self, info: Info, input: EndPointCampaignInput
    ) -> PointRulebookPayload:
        context = info.context
        desk = context.services.points.rules
        await desk.end_campaign(context.viewer, input.key, input.last_day)
        return PointRulebookPayload(rulebook=await _rulebook(info))

    @strawberry.mutation(description="For operators.")
    async def create_offer(self, info: Info, input: CreateOfferInput) -> OfferPayload:
        context = info.context
        require_operator(context.viewer)
        new = NewOffer(
            kind=input.kind,
            merchant_id=ids.decode_one(input.account_id, "Account"),
            title=Words(input.title_zh, input.title_en),
            about=Words(input.about_zh, input.about_en),
            points=input.points,
            stock=input.stock,
            limit=input.limit,
            hold_days=input.hold_days,
            valid_from=input.valid_from,
            valid_until=input.valid_until,
        )
        made = await context.services.points.offers.create(
            context.viewer, new, idempotency_key=input.idempotency_key
        )
        return OfferPayload(offer=offer_of(made, info))

    @strawberry.mutation(description="For operators.")
    async def restock_offer(self, info: Info, input: RestockOfferInput) -> OfferPayload:
        context = info.context
        require_operator(context.viewer)
        offer_id = ids.decode_one(input.id, "Offer")
        changed = await context.services.points.offers.restock(
            context.viewer, offer_id, input.more, key=input.idempotency_key
        )
        return OfferPayload(offer=offer_of(changed, info))

    @strawberry.mutation(description="Vouchers that are out stay good. For operators.")
    async def end_offer(self, info: Info, input: EndOfferInput) -> OfferPayload:
        context = info.context
        require_operator(context.viewer)
        offer_id = ids.decode_one(input.id, "Offer")
        ended = await context.services.points.offers.end(context.viewer, offer_id)
        return OfferPayload(offer=offer_of(ended, info))

    @strawberry.mutation(description="An operator looked at it. For operators.")
    async def close_point_signal(
        self, info: Info, input: ClosePointSignalInput
    ) -> PointSignalPayload:
        context = info.context
        require_operator(context.viewer)
        signal_id = ids.decode_one(input.id, "PointSignal")
        closed = await context.services.points.watch.close(context.viewer, signal_id)
        return PointSignalPayload(signal=_signal(closed))


async def _rulebook(info: Info) -> PointRulebook:
    context = info.context
    book = await context.services.points.rules.book(context.viewer)
    return PointRulebook(
        rules=[_rule(each, info) for each in book.rules],
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


def _rule(rule: domain.Rule, info: Info) -> PointRule:
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


def _raw(input: SetPointRuleInput) -> dict[str, Any]:
    raw = {each.name: getattr(input, each.name) for each in fields(input)}
    raw |= {"evidence": input.evidence.value, "each": input.each.value}
    return {name: value for name, value in raw.items() if value is not None}


def _signal(signal: SignalDocument) -> PointSignal:
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
