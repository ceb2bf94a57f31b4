"""What a transfer is, and which transfers there can be. No database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bson import ObjectId

from backend.core.database import Raw


class AccountKind(StrEnum):
    """The accounts that points move between. ``MERCHANT`` is one account a merchant."""

    RESIDENT = "resident"
    PROGRAMME = "programme"
    RESERVED = "reserved"
    EXPIRY = "expiry"
    MERCHANT = "merchant"


class TransferKind(StrEnum):
    EARN = "earn"
    RESERVE = "reserve"  # a voucher is taken
    REDEEM = "redeem"  # the merchant confirmed it
    EXPIRE = "expire"
    REVERSAL = "reversal"  # the other way round, of an earlier one


SIDES: dict[TransferKind, tuple[AccountKind, AccountKind]] = {
    TransferKind.EARN: (AccountKind.PROGRAMME, AccountKind.RESIDENT),
    TransferKind.RESERVE: (AccountKind.RESIDENT, AccountKind.RESERVED),
    TransferKind.REDEEM: (AccountKind.RESERVED, AccountKind.MERCHANT),
    TransferKind.EXPIRE: (AccountKind.RESIDENT, AccountKind.EXPIRY),
}
"""From and to, for every kind but reversals, which turn another one's sides round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A transfer to be posted.

    ``key`` is its idempotency key within the resident; ``evidence`` the id of what it rests on.
    ``year`` is the year in which the points were earned, for their expiry. ``merchant_id`` names
    the merchant of a redemption.
    """

    kind: TransferKind
    points: int
    key: str
    evidence: str
    rule: str | None = None
    slot: str | None = None
    day: str | None = None
    year: int | None = None
    merchant_id: ObjectId | None = None
    id: ObjectId = field(default_factory=ObjectId)
    source: AccountKind | None = None
    target: AccountKind | None = None
    reverses: ObjectId | None = None

    @property
    def sides(self) -> tuple[AccountKind, AccountKind]:
        if self.kind is TransferKind.REVERSAL:
            assert self.source is not None
            assert self.target is not None
            return self.source, self.target
        return SIDES[self.kind]


def reversal(raw: Raw, key: str, evidence: str) -> Draft:
    """The transfer that undoes ``raw``, a stored one. Only its reversal corrects a transfer."""
    return Draft(
        kind=TransferKind.REVERSAL,
        points=raw["points"],
        key=key,
        evidence=evidence,
        rule=raw["rule"],
        slot=raw["slot"],
        day=raw["day"],
        year=raw["year"],
        merchant_id=raw["merchant_id"],
        source=AccountKind(raw["target"]),
        target=AccountKind(raw["source"]),
        reverses=raw["_id"],
    )


def effect(raw: Any) -> int:
    """What a transfer does to the resident's balance."""
    gained = raw["points"] if raw["target"] == AccountKind.RESIDENT else 0
    return int(gained - (raw["points"] if raw["source"] == AccountKind.RESIDENT else 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A posted transfer as people see it; ``points`` is signed as the resident's balance moves."""

    id: ObjectId
    at: datetime
    kind: TransferKind
    points: int
    balance: int
    rule: str | None
    day: str | None
    evidence: str
    reverses: ObjectId | None


def from_raw(raw: Raw) -> Transfer:
    return Transfer(
        id=raw["_id"],
        at=raw["at"],
        kind=TransferKind(raw["kind"]),
        points=effect(raw),
        balance=raw["balance"],
        rule=raw["rule"],
        day=raw["day"],
        evidence=raw["evidence"],
        reverses=raw["reverses"],
    )
