"""A voucher and a merchant's ticket, as people see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.core.database import Raw
from backend.core.keys import OwnerKey
from rewards.redemption.codes import shown
from rewards.redemption.documents import VoucherState


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """``code`` is there while it can be used."""

    id: ObjectId
    resident_id: ObjectId
    offer_id: ObjectId
    state: VoucherState
    points: int
    code: str | None
    at: datetime
    expires_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    id: ObjectId
    offer_id: ObjectId
    state: VoucherState
    points: int
    at: datetime
    expires_at: datetime
    settled_at: datetime | None


def place(voucher_id: ObjectId) -> str:
    """Where a sealed code belongs."""
    return f"point_vouchers:{voucher_id}:code"


def voucher_of(raw: Raw, key: OwnerKey, now: datetime) -> Voucher:
    state = state_of(raw, now)
    usable = state is VoucherState.RESERVED
    return Voucher(
        id=raw["_id"],
        resident_id=raw["resident_id"],
        offer_id=raw["offer_id"],
        state=state,
        points=raw["points"],
        code=shown(key.open(raw["code"], place(raw["_id"])).decode()) if usable else None,
        at=raw["at"],
        expires_at=raw["expires_at"],
        settled_at=raw["settled_at"],
    )


def ticket_of(raw: Raw, now: datetime) -> Ticket:
    return Ticket(
        id=raw["_id"],
        offer_id=raw["offer_id"],
        state=state_of(raw, now),
        points=raw["points"],
        at=raw["at"],
        expires_at=raw["expires_at"],
        settled_at=raw["settled_at"],
    )


def state_of(raw: Raw, now: datetime) -> VoucherState:
    """What the clock says too: a voucher is over when it is, whoever writes it down later."""
    state = VoucherState(raw["state"])
    over = state is VoucherState.RESERVED and raw["expires_at"] <= now
    return VoucherState.LAPSED if over else state
