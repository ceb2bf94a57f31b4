"""Vouchers: reserved and cancelled by residents, taken by merchants."""

from __future__ import annotations

from datetime import datetime

import strawberry

from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.common.scalars import global_id
from graphql_api.rewards.fields import voucher
from graphql_api.rewards.types import Voucher
from rewards.redemption import voucher as domain
from rewards.redemption.documents import VoucherState

_PAGE = 20


@strawberry.input
class ReserveVoucherInput:
    resident_id: strawberry.ID
    offer_id: strawberry.ID
    idempotency_key: str


@strawberry.input
class CancelVoucherInput:
    id: strawberry.ID


@strawberry.type
class VoucherPayload:
    voucher: Voucher


@strawberry.input(description="What was scanned or typed.")
class ConfirmVoucherInput:
    code: str
    idempotency_key: str


@strawberry.type(description="A voucher as its merchant sees it: not whose it is.")
class MerchantVoucher:
    offer_id: strawberry.ID
    state: VoucherState
    points: int
    at: datetime
    expires_at: datetime
    settled_at: datetime | None


@strawberry.type
class ConfirmVoucherPayload:
    voucher: MerchantVoucher


@strawberry.type(description="Vouchers that were taken, and their points.")
class MerchantTotals:
    vouchers: int
    points: int


@strawberry.type
class MerchantQuery:
    @strawberry.field(description="The institution's own vouchers, newest first.")
    async def merchant_vouchers(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[MerchantVoucher] | None:
        context = info.context
        page = await context.services.points.merchants.page(
            context.viewer, first=first, after=cursor(after)
        )
        return connection(page, _merchant_voucher)

    @strawberry.field(description="From `since` on, before `until`. For institutions.")
    async def merchant_totals(
        self, info: Info, since: datetime, until: datetime
    ) -> MerchantTotals | None:
        context = info.context
        found = await context.services.points.merchants.totals(context.viewer, since, until)
        return MerchantTotals(vouchers=found.vouchers, points=found.points)

    @strawberry.field(description="What a code is good for, before it is taken. For institutions.")
    async def look_at_voucher(self, info: Info, code: str) -> MerchantVoucher | None:
        context = info.context
        found = await context.services.points.merchants.look(context.viewer, code)
        return _merchant_voucher(found)


@strawberry.type
class PointMutation:
    @strawberry.mutation(description="Points are reserved until the merchant takes the voucher.")
    async def reserve_voucher(self, info: Info, input: ReserveVoucherInput) -> VoucherPayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        made = await context.services.points.vouchers.reserve(
            context.viewer,
            resident_id,
            ids.decode_one(input.offer_id, "Offer"),
            idempotency_key=input.idempotency_key,
        )
        return VoucherPayload(voucher=await voucher(info, resident_id, made.id))

    @strawberry.mutation(description="The points go back.")
    async def cancel_voucher(self, info: Info, input: CancelVoucherInput) -> VoucherPayload:
        context = info.context
        resident_id, voucher_id = ids.decode(input.id, "Voucher")
        await context.services.points.vouchers.cancel(context.viewer, resident_id, voucher_id)
        return VoucherPayload(voucher=await voucher(info, resident_id, voucher_id))

    @strawberry.mutation(description="The merchant takes the voucher. For institutions.")
    async def confirm_voucher(
        self, info: Info, input: ConfirmVoucherInput
    ) -> ConfirmVoucherPayload:
        context = info.context
        taken = await context.services.points.merchants.confirm(
            context.viewer, input.code, idempotency_key=input.idempotency_key
        )
        return ConfirmVoucherPayload(voucher=_merchant_voucher(taken))


def _merchant_voucher(ticket: domain.Ticket) -> MerchantVoucher:
    return MerchantVoucher(
        offer_id=global_id("Offer", ticket.offer_id),
        state=ticket.state,
        points=ticket.points,
        at=ticket.at,
        expires_at=ticket.expires_at,
        settled_at=ticket.settled_at,
    )
