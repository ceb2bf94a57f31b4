"""Transfers as the ledger's tests need them."""

from __future__ import annotations

from bson import ObjectId

from backend.services import Services
from rewards.ledger.ledger import Ledger
from rewards.ledger.transfer import Draft, TransferKind


def earned(points: int = 10, key: str = "earn:1", evidence: str = "reading:1") -> Draft:
    return Draft(
        kind=TransferKind.EARN, points=points, key=key, evidence=evidence, rule="r", year=2026
    )


def reserved(points: int = 5, key: str = "reserve:1") -> Draft:
    return Draft(kind=TransferKind.RESERVE, points=points, key=key, evidence="voucher:1")


async def a_book(services: Services, *points: int) -> tuple[Ledger, ObjectId, list[ObjectId]]:
    """A ledger, somebody, and transfers that they earned."""
    ledger, resident_id = Ledger(services.core), ObjectId()
    made = [
        await ledger.post(resident_id, earned(each, f"earn:{number}", f"reading:{number}"))
        for number, each in enumerate(points)
    ]
    return ledger, resident_id, made


async def stored(services: Services) -> int:
    return int(await services.core.store.db["point_transfers"].count_documents({}))
