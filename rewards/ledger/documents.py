"""What the ledger stores. Transfers are written and checked as bytes: see ``chain``."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.documents import ASC, DESC, ResidentOwned, index, unique


class TransferDocument(ResidentOwned):
    """One transfer; never changed, never deleted but with its resident. No health values."""

    v: int
    seq: int
    prev: bytes
    at: datetime
    kind: str
    source: str
    target: str
    points: int
    balance: int
    """The resident's, after it."""
    key: str
    evidence: str
    rule: str | None
    slot: str | None
    day: str | None
    year: int | None
    merchant_id: PydanticObjectId | None
    reverses: PydanticObjectId | None
    hash: bytes

    class Settings:
        name = "point_transfers"
        indexes: ClassVar = [
            unique("one_transfer_per_sequence", ("resident_id", ASC), ("seq", ASC)),
            unique("one_transfer_per_idempotency_key", ("resident_id", ASC), ("key", ASC)),
            unique(
                "one_reversal_per_transfer",
                ("resident_id", ASC),
                ("reverses", ASC),
                partialFilterExpression={"reverses": {"$type": "objectId"}},
            ),
            index("transfers_by_time", ("resident_id", ASC), ("at", DESC), ("_id", DESC)),
            index("transfers_by_rule", ("resident_id", ASC), ("rule", ASC), ("day", ASC)),
        ]


class AccountDocument(ResidentOwned):
    """Where a resident's chain ends; ``id`` is the resident's.

    Written first in every transaction of theirs, which puts these one after the other.
    """

    balance: int = 0
    """What the transfers say, for reading it quickly; ``kangban ledger verify`` compares."""
    seq: int = 0
    head: bytes
    turn: int = 0
    opened_at: datetime
    noticed_year: int
    """Points of this year and before: their owner was told that they expire."""
    noticed_at: datetime | None = None
    expired_year: int
    """Points of this year and before have expired."""

    class Settings:
        name = "point_accounts"
        indexes: ClassVar = [
            index("accounts_to_notice", ("noticed_year", ASC)),
            index("accounts_to_expire", ("expired_year", ASC), ("noticed_year", ASC)),
        ]


DOCUMENTS = (TransferDocument, AccountDocument)
