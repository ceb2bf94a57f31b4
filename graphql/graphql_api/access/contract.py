"""Family doctors: who they are, contracts with them, emergency access and its review."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.contract.contracts import Terms
from backend.access.contract.documents import Contract, Verdict
from backend.access.limits import CONTRACT_ACTIONS, CONTRACT_CATEGORIES, CONTRACT_LIFE
from backend.identity.operators import require_operator
from graphql_api.access.contract_types import (
    CareContract,
    CareTeam,
    EmergencyAccess,
    FamilyDoctor,
    contracts_of,
    doctor_of,
    emergency_of,
    entered_of,
    team_of,
)
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor


@strawberry.type
class ResidentDoctors:
    """Fields of ``Resident`` about doctors."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="Contracts with doctors and teams, newest first, ended ones too.")
    async def care_contracts(self, info: Info) -> list[CareContract] | None:
        context = info.context
        found = await context.services.family_doctors.contracts.of_resident(
            context.viewer, self.key
        )
        return await contracts_of(found, info)

    @strawberry.field(description="Who took emergency access and why, newest first.")
    async def emergency_accesses(self, info: Info) -> list[EmergencyAccess] | None:
        context = info.context
        found = await context.services.family_doctors.emergencies.of_resident(
            context.viewer, self.key
        )
        return [emergency_of(each) for each in found]


@strawberry.type
class DoctorQuery:
    @strawberry.field(description="Doctors with whom a contract can be made.")
    async def family_doctors(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[FamilyDoctor]:
        registry = info.context.services.family_doctors.registry
        page = await registry.doctors(first=first, after=cursor(after))
        return connection(page, doctor_of)

    @strawberry.field(description="Teams with which a contract can be made.")
    async def care_teams(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[CareTeam]:
        registry = info.context.services.family_doctors.registry
        page = await registry.teams(first=first, after=cursor(after))
        return connection(page, team_of)

    @strawberry.field(description="Doctors: contracts that wait for their or their team's answer.")
    async def contract_requests(self, info: Info) -> list[CareContract]:
        context = info.context
        found = await context.services.family_doctors.contracts.of_doctor(context.viewer)
        return await contracts_of(found, info)

    @strawberry.field(description="Operators: emergency accesses that nobody reviewed yet.")
    async def emergencies_to_review(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[EmergencyAccess]:
        context = info.context
        page = await context.services.family_doctors.emergencies.to_review(
            context.viewer, first=first, after=cursor(after)
        )
        return connection(page, emergency_of)


@strawberry.input(description="With a doctor or with a team: give one of the two.")
class AskForContractInput:
    resident_id: strawberry.ID
    idempotency_key: str
    doctor_id: strawberry.ID | None = None
    team_id: strawberry.ID | None = None
    categories: list[Category] | None = None
    rights: list[Action] | None = None
    days: int = CONTRACT_LIFE.days


@strawberry.input
class ContractInput:
    id: strawberry.ID


@strawberry.input
class RenewContractInput:
    id: strawberry.ID
    days: int = CONTRACT_LIFE.days


@strawberry.type
class ContractPayload:
    contract: CareContract


@strawberry.input(description="A doctor's own, or one of their teams'.")
class OfferContractInput:
    team_id: strawberry.ID | None = None
    days: int = CONTRACT_LIFE.days


@strawberry.type(description="For the doctor's screen; whoever scans it first signs.")
class OfferContractPayload:
    code: str
    qr_svg: str
    expires_at: datetime


@strawberry.input
class SignOfferedContractInput:
    resident_id: strawberry.ID
    code: str
    categories: list[Category] | None = None
    rights: list[Action] | None = None


@strawberry.input(description="The reason is shown to the resident, at once.")
class BreakGlassInput:
    resident_id: strawberry.ID
    idempotency_key: str
    reason: str


@strawberry.type
class BreakGlassPayload:
    id: strawberry.ID
    until: datetime
    categories: list[Category]


@strawberry.input
class ReviewEmergencyInput:
    id: strawberry.ID
    verdict: Verdict
    reason: str


@strawberry.type
class ReviewEmergencyPayload:
    id: strawberry.ID
    verdict: Verdict
    reviewed_at: datetime


@strawberry.input
class EnterDoctorInput:
    account_id: strawberry.ID
    institution_id: strawberry.ID
    title: str
    emergency_duty: bool = False


@strawberry.type
class DoctorPayload:
    doctor: FamilyDoctor


@strawberry.input
class DoctorLeavesInput:
    account_id: strawberry.ID


@strawberry.type
class DoctorLeavesPayload:
    account_id: strawberry.ID


@strawberry.input
class MakeCareTeamInput:
    institution_id: strawberry.ID
    idempotency_key: str
    name: str
    member_ids: list[strawberry.ID]


@strawberry.input
class SetTeamMembersInput:
    team_id: strawberry.ID
    member_ids: list[strawberry.ID]


@strawberry.type
class CareTeamPayload:
    id: strawberry.ID
    name: str
    member_ids: list[strawberry.ID]


@strawberry.type
class DoctorMutation:
    @strawberry.mutation(description="By the resident's side; the doctor or the team answers.")
    async def ask_for_contract(self, info: Info, input: AskForContractInput) -> ContractPayload:
        context = info.context
        contract = await context.services.family_doctors.contracts.ask(
            context.viewer,
            ids.resident_id(input.resident_id),
            _terms(input.categories, input.rights, input.days),
            doctor_id=_one(input.doctor_id, "FamilyDoctor"),
            team_id=_one(input.team_id, "CareTeam"),
            idempotency_key=input.idempotency_key,
        )
        return await _payload(contract, info)

    @strawberry.mutation(description="By the doctor who was asked, or one of the team.")
    async def accept_contract(self, info: Info, input: ContractInput) -> ContractPayload:
        context = info.context
        where = ids.decode(input.id, "CareContract")
        contract = await context.services.family_doctors.contracts.accept(context.viewer, *where)
        return await _payload(contract, info)

    @strawberry.mutation(description="By who was asked, or taken back by who asked.")
    async def refuse_contract(self, info: Info, input: ContractInput) -> ContractPayload:
        context = info.context
        where = ids.decode(input.id, "CareContract")
        contract = await context.services.family_doctors.contracts.refuse(context.viewer, *where)
        return await _payload(contract, info)

    @strawberry.mutation(description="By a doctor: a code for a resident to scan.")
    async def offer_contract(self, info: Info, input: OfferContractInput) -> OfferContractPayload:
        context = info.context
        shown = await context.services.family_doctors.contracts.show_offer(
            context.viewer, team_id=_one(input.team_id, "CareTeam"), days=input.days
        )
        return OfferContractPayload(
            code=shown.code, qr_svg=shown.qr_svg, expires_at=shown.expires_at
        )

    @strawberry.mutation(description="By the resident's side, with their own choice.")
    async def sign_offered_contract(
        self, info: Info, input: SignOfferedContractInput
    ) -> ContractPayload:
        context = info.context
        terms = _terms(input.categories, input.rights, CONTRACT_LIFE.days)
        contract = await context.services.family_doctors.contracts.take_offer(
            context.viewer,
            ids.resident_id(input.resident_id),
            input.code,
            terms.categories,
            terms.actions,
            address=context.address,
        )
        return await _payload(contract, info)

    @strawberry.mutation(description="Another term, in the last 30 days of this one.")
    async def renew_contract(self, info: Info, input: RenewContractInput) -> ContractPayload:
        context = info.context
        where = ids.decode(input.id, "CareContract")
        contract = await context.services.family_doctors.contracts.renew(
            context.viewer, *where, input.days
        )
        return await _payload(contract, info)

    @strawberry.mutation(description="By either side, at once.")
    async def end_contract(self, info: Info, input: ContractInput) -> ContractPayload:
        context = info.context
        where = ids.decode(input.id, "CareContract")
        contract = await context.services.family_doctors.contracts.end(context.viewer, *where)
        return await _payload(contract, info)

    @strawberry.mutation(description="By a doctor, in an emergency: look for an hour.")
    async def break_glass(self, info: Info, input: BreakGlassInput) -> BreakGlassPayload:
        context = info.context
        emergency = await context.services.family_doctors.emergencies.break_glass(
            context.viewer,
            ids.resident_id(input.resident_id),
            reason=input.reason,
            idempotency_key=input.idempotency_key,
        )
        return BreakGlassPayload(
            id=_id("EmergencyAccess", emergency.resident_id, emergency.id),
            until=emergency.until,
            categories=sorted(emergency.categories),
        )

    @strawberry.mutation(description="Operators: was it justified?")
    async def review_emergency(
        self, info: Info, input: ReviewEmergencyInput
    ) -> ReviewEmergencyPayload:
        context = info.context
        require_operator(context.viewer)
        emergency = await context.services.family_doctors.emergencies.review(
            context.viewer, *ids.decode(input.id, "EmergencyAccess"), input.verdict, input.reason
        )
        assert emergency.reviewed_at is not None
        return ReviewEmergencyPayload(
            id=input.id, verdict=input.verdict, reviewed_at=emergency.reviewed_at
        )

    @strawberry.mutation(description="Operators: a doctor practises at an institution.")
    async def enter_doctor(self, info: Info, input: EnterDoctorInput) -> DoctorPayload:
        context = info.context
        require_operator(context.viewer)
        doctor = await context.services.family_doctors.registry.enter(
            context.viewer,
            ids.decode_one(input.account_id, "Account"),
            institution_id=ids.decode_one(input.institution_id, "Account"),
            title=input.title,
            emergency_duty=input.emergency_duty,
        )
        return DoctorPayload(doctor=entered_of(doctor))

    @strawberry.mutation(description="Operators: a doctor practises there no more.")
    async def doctor_leaves(self, info: Info, input: DoctorLeavesInput) -> DoctorLeavesPayload:
        context = info.context
        require_operator(context.viewer)
        await context.services.family_doctors.registry.leave(
            context.viewer, ids.decode_one(input.account_id, "Account")
        )
        return DoctorLeavesPayload(account_id=input.account_id)

    @strawberry.mutation(description="Operators: a team of an institution's doctors.")
    async def make_care_team(self, info: Info, input: MakeCareTeamInput) -> CareTeamPayload:
        context = info.context
        require_operator(context.viewer)
        team = await context.services.family_doctors.registry.make_team(
            context.viewer,
            institution_id=ids.decode_one(input.institution_id, "Account"),
            name=input.name,
            members=_members(input.member_ids),
            idempotency_key=input.idempotency_key,
        )
        return CareTeamPayload(
            id=_id("CareTeam", team.id), name=team.name, member_ids=input.member_ids
        )

    @strawberry.mutation(description="Operators: who belongs to the team from now on.")
    async def set_team_members(self, info: Info, input: SetTeamMembersInput) -> CareTeamPayload:
        context = info.context
        require_operator(context.viewer)
        team = await context.services.family_doctors.registry.set_members(
            context.viewer,
            ids.decode_one(input.team_id, "CareTeam"),
            _members(input.member_ids),
        )
        return CareTeamPayload(
            id=_id("CareTeam", team.id), name=team.name, member_ids=input.member_ids
        )


async def _payload(contract: Contract, info: Info) -> ContractPayload:
    [shown] = await contracts_of([contract], info)
    return ContractPayload(contract=shown)


def _terms(categories: list[Category] | None, rights: list[Action] | None, days: int) -> Terms:
    return Terms(
        CONTRACT_CATEGORIES if categories is None else frozenset(categories),
        CONTRACT_ACTIONS if rights is None else frozenset(rights),
        days,
    )


def _one(text: str | None, type_name: str) -> ObjectId | None:
    return None if text is None else ids.decode_one(text, type_name)


def _members(texts: list[strawberry.ID]) -> list[ObjectId]:
    return [ids.decode_one(text, "Account") for text in texts]


def _id(type_name: str, *parts: ObjectId) -> strawberry.ID:
    return strawberry.ID(ids.encode(type_name, *parts))
