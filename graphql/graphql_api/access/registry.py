"""Family doctors and their teams: who they are, entered by operators."""

from __future__ import annotations

import strawberry
from bson import ObjectId

from backend.identity.operators import require_operator
from graphql_api.access.contract_types import CareTeam, FamilyDoctor, doctor_of, entered_of, team_of
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.common.scalars import global_id


@strawberry.type
class RegistryQuery:
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
class RegistryMutation:
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
            id=global_id("CareTeam", team.id), name=team.name, member_ids=input.member_ids
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
            id=global_id("CareTeam", team.id), name=team.name, member_ids=input.member_ids
        )


def _members(texts: list[strawberry.ID]) -> list[ObjectId]:
    return [ids.decode_one(text, "Account") for text in texts]
