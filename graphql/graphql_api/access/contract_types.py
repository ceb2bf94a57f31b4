"""Types of family doctors, contracts and emergency access."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.contract import emergencies, registry
from backend.access.contract.documents import Contract, ContractState, Doctor, Verdict
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import Node, global_id

enum(ContractState)
enum(Verdict, name="EmergencyVerdict")


@strawberry.type(description="A family doctor that an operator entered.")
class FamilyDoctor(Node):
    name: str | None
    title: str
    institution_name: str | None
    emergency_duty: bool


@strawberry.type(description="An institution's team of doctors; members change, contracts stay.")
class CareTeam(Node):
    name: str
    institution_name: str | None
    members: list[str] = strawberry.field(description="Names of those who gave one.")


@strawberry.type(description="A resident's contract with a family doctor or a team (家庭医生签约).")
class CareContract(Node):
    state: ContractState
    holder_name: str | None
    resident_name: str | None = strawberry.field(
        description="Who asks, masked: 张*国. In contractRequests only."
    )
    team: bool
    categories: list[Category]
    rights: list[Action]
    days: int
    proposed_at: datetime
    answer_until: datetime
    signed_at: datetime | None
    valid_until: datetime | None
    ended_at: datetime | None


@strawberry.type(description="A doctor looked without having been asked, and says why.")
class EmergencyAccess(Node):
    doctor_name: str | None
    institution_name: str | None
    reason: str
    began_at: datetime
    until: datetime
    ended_at: datetime | None
    verdict: Verdict | None
    verdict_reason: str | None
    reviewed_at: datetime | None


def doctor_of(listed: registry.ListedDoctor) -> FamilyDoctor:
    return FamilyDoctor(
        id=global_id("FamilyDoctor", listed.id),
        name=listed.name,
        title=listed.doctor.title,
        institution_name=listed.institution_name,
        emergency_duty=listed.doctor.emergency_duty,
    )


def entered_of(doctor: Doctor) -> FamilyDoctor:
    return doctor_of(registry.ListedDoctor(doctor, None, None))


def team_of(listed: registry.ListedTeam) -> CareTeam:
    return CareTeam(
        id=global_id("CareTeam", listed.id),
        name=listed.team.name,
        institution_name=listed.institution_name,
        members=[name for _, name in listed.members if name],
    )


async def requests_of(found: list[Contract], info: Info) -> list[CareContract]:
    """As the doctor who is asked sees them."""
    askers = await info.context.services.family_doctors.contracts.askers(found)
    return await contracts_of(found, info, askers)


async def contracts_of(
    found: list[Contract], info: Info, askers: Mapping[ObjectId, str] | None = None
) -> list[CareContract]:
    names = await info.context.services.family_doctors.contracts.holder_names(found)
    return [
        CareContract(
            id=global_id("CareContract", each.resident_id, each.id),
            state=each.state,
            holder_name=names.get(each.holder_id),
            resident_name=(askers or {}).get(each.resident_id),
            team=each.team_id is not None,
            categories=sorted(each.categories),
            rights=sorted(each.actions),
            days=each.days,
            proposed_at=each.proposed_at,
            answer_until=each.answer_until,
            signed_at=each.signed_at,
            valid_until=each.valid_until,
            ended_at=each.ended_at,
        )
        for each in found
    ]


def emergency_of(emergency: emergencies.Emergency) -> EmergencyAccess:
    access = emergency.access
    return EmergencyAccess(
        id=global_id("EmergencyAccess", access.resident_id, access.id),
        doctor_name=emergency.doctor_name,
        institution_name=emergency.institution_name,
        reason=emergency.reason,
        began_at=access.began_at,
        until=access.until,
        ended_at=access.ended_at,
        verdict=access.verdict,
        verdict_reason=emergency.verdict_reason,
        reviewed_at=access.reviewed_at,
    )
