"""What is stored of doctors, teams, contracts and emergency accesses. Reasons are sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId

from backend.access.categories import Action, Category
from backend.core.documents import ASC, DESC, ResidentOwned, Stored, index, unique


class Doctor(Stored):
    """A family doctor as an operator entered them; ``id`` is the account's."""

    institution_id: PydanticObjectId
    title: str
    emergency_duty: bool = False
    """Whether they may break the glass for residents of other institutions too."""
    entered_by: PydanticObjectId
    entered_at: datetime
    left_at: datetime | None = None

    class Settings:
        name = "doctors"
        indexes: ClassVar = [
            index("doctors_by_institution", ("institution_id", ASC), ("left_at", ASC))
        ]


class CareTeam(Stored):
    """An institution's group of doctors (家庭医生团队). Members change, its contracts stay."""

    institution_id: PydanticObjectId
    name: str
    members: list[PydanticObjectId]
    made_by: PydanticObjectId
    made_at: datetime
    ended_at: datetime | None = None

    class Settings:
        name = "care_teams"
        indexes: ClassVar = [
            unique("one_team_per_name", ("institution_id", ASC), ("name", ASC)),
            index("teams_by_member", ("members", ASC), ("ended_at", ASC)),
            index("teams_by_time", ("ended_at", ASC), ("made_at", DESC), ("_id", DESC)),
        ]


class ContractState(StrEnum):
    PROPOSED = "proposed"
    RUNNING = "running"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class Contract(ResidentOwned):
    """A resident and a doctor, or a team. ``holder_id`` is the doctor's account or the team."""

    holder_id: PydanticObjectId
    team_id: PydanticObjectId | None = None
    state: ContractState
    categories: frozenset[Category]
    actions: frozenset[Action]
    days: int
    proposed_by: PydanticObjectId
    proposed_at: datetime
    answer_until: datetime
    answered_by: PydanticObjectId | None = None
    signed_at: datetime | None = None
    valid_until: datetime | None = None
    ended_at: datetime | None = None
    ended_by: PydanticObjectId | None = None
    version: int = 1

    class Settings:
        name = "care_contracts"
        indexes: ClassVar = [
            unique(
                "one_open_contract_per_holder",
                ("resident_id", ASC),
                ("holder_id", ASC),
                partialFilterExpression={"ended_at": None},
            ),
            index("contracts_by_holder", ("holder_id", ASC), ("state", ASC), ("proposed_at", DESC)),
            index("contracts_by_resident", ("resident_id", ASC), ("proposed_at", DESC)),
        ]


class ContractOffer(Stored):
    """A code on the doctor's screen that a resident scans to sign. Only its keyed hash is kept."""

    code_hash: bytes
    doctor_id: PydanticObjectId
    team_id: PydanticObjectId | None = None
    days: int
    made_at: datetime
    expires_at: datetime
    used_by: PydanticObjectId | None = None

    class Settings:
        name = "contract_offers"
        indexes: ClassVar = [
            unique("one_offer_per_code", ("code_hash", ASC)),
            index("contract_offers_expire", ("expires_at", ASC), expireAfterSeconds=86_400),
        ]


class Verdict(StrEnum):
    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


class EmergencyAccess(ResidentOwned):
    """Somebody broke the glass. ``reason`` and ``verdict_reason`` are sealed."""

    doctor_id: PydanticObjectId
    institution_id: PydanticObjectId
    reason: bytes
    began_at: datetime
    until: datetime
    categories: frozenset[Category]
    ended_at: datetime | None = None
    slot: int
    """Which of the doctor's few open ones it is: two at once cannot take the last one both."""
    open: bool = True
    reviewed_by: PydanticObjectId | None = None
    reviewed_at: datetime | None = None
    verdict: Verdict | None = None
    verdict_reason: bytes | None = None

    class Settings:
        name = "emergency_accesses"
        indexes: ClassVar = [
            unique(
                "one_emergency_per_doctor_and_slot",
                ("doctor_id", ASC),
                ("slot", ASC),
                partialFilterExpression={"open": True},
            ),
            index("emergencies_by_review", ("reviewed_at", ASC), ("began_at", DESC), ("_id", DESC)),
            index("emergencies_by_resident", ("resident_id", ASC), ("began_at", DESC)),
        ]


DOCUMENTS = (Doctor, CareTeam, Contract, ContractOffer, EmergencyAccess)
