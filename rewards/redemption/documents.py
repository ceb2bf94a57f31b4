"""What redemption stores."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.documents import ASC, DESC, ResidentOwned, Stored, index, unique


class OfferKind(StrEnum):
    CHECK_UP = "check_up"  # 体检
    MEDICINE_DISCOUNT = "medicine_discount"  # 药品折扣
    TCM_THERAPY = "tcm_therapy"  # 中医理疗
    GOODS = "goods"


class VoucherState(StrEnum):
    RESERVED = "reserved"
    REDEEMED = "redeemed"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class OfferDocument(Stored):
    """``stock`` is what is left, vouchers that are reserved taken off."""

    kind: OfferKind
    merchant_id: PydanticObjectId
    zh: str
    en: str
    about_zh: str
    about_en: str
    points: int
    stock: int
    limit: int
    """Vouchers a person; those that came back do not count."""
    hold_days: int
    valid_from: datetime
    valid_until: datetime
    created_by: PydanticObjectId
    at: datetime

    class Settings:
        name = "point_offers"
        indexes: ClassVar = [
            index("offers_by_end", ("valid_until", ASC)),
            index("offers_by_time", ("at", DESC), ("_id", DESC)),
        ]


class VoucherDocument(ResidentOwned):
    """The resident's side: the code is sealed with their key."""

    offer_id: PydanticObjectId
    state: VoucherState = VoucherState.RESERVED
    points: int
    code: bytes
    transfer_id: PydanticObjectId
    """The reservation in the ledger, which is reversed where the voucher comes back."""
    requested_by: PydanticObjectId
    at: datetime
    expires_at: datetime
    settled_at: datetime | None = None

    class Settings:
        name = "point_vouchers"
        indexes: ClassVar = [
            index("vouchers_by_time", ("resident_id", ASC), ("at", DESC), ("_id", DESC)),
            index("vouchers_by_offer", ("resident_id", ASC), ("offer_id", ASC), ("state", ASC)),
        ]


class TicketDocument(Stored):
    """The merchant's side of a voucher, with the same id. Says nothing of whose it is.

    ``resident_id`` only leads to the ledger's chain; it is None once they are erased.
    """

    resident_id: PydanticObjectId | None
    merchant_id: PydanticObjectId
    offer_id: PydanticObjectId
    code_index: bytes
    state: VoucherState = VoucherState.RESERVED
    points: int
    at: datetime
    expires_at: datetime
    settled_at: datetime | None = None

    class Settings:
        name = "point_tickets"
        indexes: ClassVar = [
            unique("one_ticket_per_code", ("code_index", ASC)),
            index("tickets_by_merchant", ("merchant_id", ASC), ("at", DESC), ("_id", DESC)),
            index("tickets_to_lapse", ("state", ASC), ("expires_at", ASC)),
            index("tickets_by_resident", ("resident_id", ASC)),
        ]


DOCUMENTS = (OfferDocument, VoucherDocument, TicketDocument)
