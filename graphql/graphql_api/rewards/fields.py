"""Points under the resident, and the catalogue."""

from __future__ import annotations

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.rewards.types import (
    ExpiringPoints,
    Offer,
    PointTask,
    PointTransfer,
    Voucher,
    offer_of,
    task_of,
    transfer_of,
    voucher_of,
)

_PAGE = 20


@strawberry.type(description="Somebody's points. What is null has an error that says why.")
class PointAccount:
    key: strawberry.Private[ObjectId]

    @strawberry.field(
        description="Below zero: points of withdrawn records were spent, and are owed."
    )
    async def balance(self, info: Info) -> int | None:
        context = info.context
        found = await context.services.points.statement.balance(context.viewer, self.key)
        return found.points

    @strawberry.field(description="What expires next, from thirty days before.")
    async def expiring(self, info: Info) -> ExpiringPoints | None:
        context = info.context
        found = await context.services.points.statement.balance(context.viewer, self.key)
        soon = found.expiring
        return ExpiringPoints(points=soon.points, on=soon.on) if soon else None

    @strawberry.field(description="What moved the balance, newest first.")
    async def statement(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[PointTransfer] | None:
        context = info.context
        points = context.services.points
        page = await points.statement.page(
            context.viewer, self.key, first=first, after=cursor(after)
        )
        rules = {each.key: each for each in (await points.books.current()).rules}
        return connection(page, lambda each: transfer_of(each, self.key, rules, info))

    @strawberry.field(description="What can be done for points today.")
    async def tasks(self, info: Info) -> list[PointTask] | None:
        context = info.context
        found = await context.services.points.tasks.of(context.viewer, self.key)
        return [task_of(each, info) for each in found]

    @strawberry.field(description="Newest first.")
    async def vouchers(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[Voucher] | None:
        context = info.context
        points = context.services.points
        page = await points.vouchers.page(
            context.viewer, self.key, first=first, after=cursor(after)
        )
        offers = await points.offers.by_ids([each.offer_id for each in page.items])
        return connection(page, lambda each: voucher_of(each, offers[each.offer_id], info))


@strawberry.type
class ResidentPoints:
    """Inherited by ``Resident``."""

    key: strawberry.Private[ObjectId]

    @strawberry.field
    async def points(self, info: Info) -> PointAccount | None:
        context = info.context
        await context.services.access.require(context.viewer, self.key, Category.POINTS)
        return PointAccount(key=self.key)


@strawberry.type
class PointQuery:
    @strawberry.field(description="What points can be redeemed for now, the newest first.")
    async def point_offers(
        self, info: Info, first: int = _PAGE, after: str | None = None
    ) -> Connection[Offer] | None:
        page = await info.context.services.points.offers.running(first, cursor(after))
        return connection(page, lambda each: offer_of(each, info))


async def voucher(info: Info, resident_id: ObjectId, voucher_id: ObjectId) -> Voucher:
    context = info.context
    points = context.services.points
    found = await points.vouchers.get(context.viewer, resident_id, voucher_id)
    return voucher_of(found, await points.offers.get(found.offer_id), info)
