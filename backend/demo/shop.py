"""The clinic's offers for points; each is made once."""

from __future__ import annotations

from datetime import timedelta

from bson import ObjectId

from backend.demo.tables import table
from backend.identity.viewer import Viewer
from backend.services import Services
from rewards.redemption.documents import OfferKind
from rewards.redemption.offers import NewOffer
from rewards.rules.rule import Words

_RUNNING = timedelta(days=730)


async def ensure_offers(services: Services, operator: Viewer, merchant_id: ObjectId) -> int:
    """Those that are not in the catalogue yet; how many these were."""
    offers = services.points.offers
    known = {each.title.zh for each in (await offers.all(operator, 100)).items}
    now = services.core.clock.now()
    missing = [raw for raw in table("offers")["offer"] if raw["zh"] not in known]
    for raw in missing:
        new = NewOffer(
            kind=OfferKind(raw["kind"]),
            merchant_id=merchant_id,
            title=Words(raw["zh"], raw["en"]),
            about=Words(raw["about_zh"], raw["about_en"]),
            points=raw["points"],
            stock=raw["stock"],
            limit=raw["limit"],
            hold_days=raw["hold_days"],
            valid_from=now,
            valid_until=now + _RUNNING,
        )
        await offers.create(operator, new, idempotency_key=f"demo-offer-{raw['zh']}")
    return len(missing)
