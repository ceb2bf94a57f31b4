"""A merchant, an operator, an offer, and people with points."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bson import ObjectId

from backend.identity.viewer import Channel, Role, Viewer
from backend.services import Services
from rewards.ledger.transfer import Draft, TransferKind
from rewards.redemption.documents import OfferKind
from rewards.redemption.offers import NewOffer, Offer
from rewards.rules.rule import Words
from tests.factories import a_key, a_resident, a_viewer


async def a_merchant(services: Services, name: str = "社区卫生服务中心") -> Viewer:
    issued = await services.identity.institutions.create(a_viewer(Role.OPERATOR), display_name=name)
    return Viewer(
        account_id=issued.account_id, roles=frozenset({Role.INSTITUTION}), channel=Channel.API
    )


def a_new_offer(services: Services, merchant: Viewer, **changes: Any) -> NewOffer:
    now = services.core.clock.now()
    fields: dict[str, Any] = {
        "kind": OfferKind.TCM_THERAPY,
        "merchant_id": merchant.account_id,
        "title": Words("中医推拿一次", "One massage"),
        "about": Words("凭券到店使用", "Show the voucher"),
        "points": 20,
        "stock": 3,
        "limit": 2,
        "hold_days": 7,
        "valid_from": now,
        "valid_until": now + timedelta(days=90),
    }
    return NewOffer(**{**fields, **changes})


async def an_offer(services: Services, merchant: Viewer, **changes: Any) -> Offer:
    return await services.points.offers.create(
        a_viewer(Role.OPERATOR),
        a_new_offer(services, merchant, **changes),
        idempotency_key=a_key(),
    )


async def with_points(services: Services, points: int = 50) -> tuple[Viewer, ObjectId]:
    viewer, resident = await a_resident(services)
    await give(services, resident, points)
    return viewer, resident


async def give(services: Services, resident: ObjectId, points: int, year: int = 2026) -> ObjectId:
    draft = Draft(
        kind=TransferKind.EARN,
        points=points,
        key=f"earn:{ObjectId()}",
        evidence="reading:1",
        rule="gift",
        slot=str(ObjectId()),
        day="2026-11-20",
        year=year,
    )
    return await services.points.ledger.post(resident, draft)


async def balances(services: Services) -> dict[str, int]:
    """What every account holds, from the transfers alone; the sum is nought."""
    sums: dict[str, int] = {}
    async for raw in services.core.store.db["point_transfers"].find({}):
        sums[raw["source"]] = sums.get(raw["source"], 0) - raw["points"]
        sums[raw["target"]] = sums.get(raw["target"], 0) + raw["points"]
    assert sum(sums.values()) == 0
    return {account: points for account, points in sums.items() if points}
