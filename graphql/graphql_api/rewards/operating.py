"""What operators do with the catalogue, rules and campaigns; the list of odd signs."""

from __future__ import annotations

import strawberry

from backend.identity.operators import require_operator
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.rewards.operating_types import (
    ClosePointSignalInput,
    CreateOfferInput,
    EndOfferInput,
    EndPointCampaignInput,
    EndPointRuleInput,
    OfferPayload,
    PointRulebook,
    PointRulebookPayload,
    PointRulePayload,
    PointSignal,
    PointSignalPayload,
    RestockOfferInput,
    SetPointRuleInput,
    StartPointCampaignInput,
    raw_of,
    rule_of,
    rulebook,
    signal_of,
)
from graphql_api.rewards.types import Offer, offer_of
from rewards.redemption.offers import NewOffer
from rewards.rules import rule as domain
from rewards.rules.rule import Words

_PAGE = 20


@strawberry.type
class PointOperatorQuery:
    @strawberry.field(description="Every rule and campaign, past and to come. For operators.")
    async def point_rulebook(self, info: Info) -> PointRulebook | None:
        return await rulebook(info)

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
        return connection(page, signal_of)


@strawberry.type
class PointOperatorMutation:
    @strawberry.mutation(description="From tomorrow at the earliest. For operators.")
    async def set_point_rule(self, info: Info, input: SetPointRuleInput) -> PointRulePayload:
        context = info.context
        made = await context.services.points.rules.set(context.viewer, raw_of(input))
        return PointRulePayload(rule=rule_of(made, info))

    @strawberry.mutation(description="From tomorrow at the earliest. For operators.")
    async def end_point_rule(self, info: Info, input: EndPointRuleInput) -> PointRulebookPayload:
        context = info.context
        desk = context.services.points.rules
        await desk.end(context.viewer, input.key, input.first_day_without)
        return PointRulebookPayload(rulebook=await rulebook(info))

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
        return PointRulebookPayload(rulebook=await rulebook(info))

    @strawberry.mutation(description="For operators.")
    async def end_point_campaign(
        self, info: Info, input: EndPointCampaignInput
    ) -> PointRulebookPayload:
        context = info.context
        desk = context.services.points.rules
        await desk.end_campaign(context.viewer, input.key, input.last_day)
        return PointRulebookPayload(rulebook=await rulebook(info))

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
        return PointSignalPayload(signal=signal_of(closed))
