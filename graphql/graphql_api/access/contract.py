"""Contracts between residents and family doctors."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.contract.documents import Contract
from backend.access.contract.terms import Terms
from backend.access.limits import CONTRACT_ACTIONS, CONTRACT_CATEGORIES, CONTRACT_LIFE
from graphql_api.access.contract_types import CareContract, contracts_of, requests_of
from graphql_api.common import ids
from graphql_api.common.context import Info


@strawberry.type
class ResidentContracts:
    """A field of ``Resident`` about doctors."""

    key: strawberry.Private[ObjectId]

    @strawberry.field(description="Contracts with doctors and teams, newest first, ended ones too.")
    async def care_contracts(self, info: Info) -> list[CareContract] | None:
        context = info.context
        found = await context.services.family_doctors.contracts.of_resident(
            context.viewer, self.key
        )
        return await contracts_of(found, info)


@strawberry.type
class ContractQuery:
    @strawberry.field(description="Doctors: contracts that wait for their or their team's answer.")
    async def contract_requests(self, info: Info) -> list[CareContract]:
        context = info.context
        found = await context.services.family_doctors.contracts.of_doctor(context.viewer)
        return await requests_of(found, info)


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


@strawberry.type
class ContractMutation:
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
        shown = await context.services.family_doctors.offers.show(
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
        contract = await context.services.family_doctors.offers.take(
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
