"""What happens to points. Subscribers: notifications."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class VoucherReserved(Event):
    name: ClassVar[str] = "voucher_reserved"
    voucher_id: PydanticObjectId


class VoucherRedeemed(Event):
    name: ClassVar[str] = "voucher_redeemed"
    voucher_id: PydanticObjectId


class VoucherReturned(Event):
    """It lapsed, or was cancelled: its points are back."""

    name: ClassVar[str] = "voucher_returned"
    voucher_id: PydanticObjectId


class PointsExpiring(Event):
    """Some points of ``year`` and before expire on ``on``, unless they are spent before."""

    name: ClassVar[str] = "points_expiring"
    year: int
    on: str

    @property
    def day(self) -> date:
        return date.fromisoformat(self.on)
