"""What happens between residents and doctors: ids only."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class ContractProposed(Event):
    name: ClassVar[str] = "contract_proposed"
    contract_id: PydanticObjectId


class ContractSigned(Event):
    """For the first time, or for another term."""

    name: ClassVar[str] = "contract_signed"
    contract_id: PydanticObjectId


class ContractEnded(Event):
    name: ClassVar[str] = "contract_ended"
    contract_id: PydanticObjectId


class BreakGlassUsed(Event):
    """The resident is to be told at once."""

    name: ClassVar[str] = "break_glass_used"
    emergency_id: PydanticObjectId
    doctor_id: PydanticObjectId


class BreakGlassReviewed(Event):
    name: ClassVar[str] = "break_glass_reviewed"
    emergency_id: PydanticObjectId
