"""An institution with doctors and teams, as operators set it up."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from backend.access.contract.documents import CareTeam, Contract
from backend.access.contract.terms import Terms
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from tests.factories import a_key, a_viewer


@dataclass(frozen=True)
class Practice:
    institution_id: ObjectId
    operator: Viewer
    doctors: tuple[Viewer, ...]
    team: CareTeam


async def a_doctor(services: Services) -> Viewer:
    """An account with the role; entered nowhere yet."""
    roles = frozenset({Role.FAMILY_DOCTOR})
    account_id = await services.identity.create_demo_account(f"demo-{ObjectId()}", roles)
    return Viewer(account_id=account_id, roles=roles)


async def a_practice(
    services: Services, doctors: int = 2, *, emergency_duty: bool = False
) -> Practice:
    """Doctors who are entered at one institution, and a team of them all."""
    operator = a_viewer(Role.OPERATOR)
    machine = await services.identity.institutions.create(operator, display_name="康宁社区医院")
    registry = services.family_doctors.registry
    people = []
    for number in range(doctors):
        doctor = await a_doctor(services)
        await services.identity.rename(doctor, f"王医生{number}")
        await registry.enter(
            operator,
            doctor.account_id,
            institution_id=machine.account_id,
            title="主治医师",
            emergency_duty=emergency_duty,
        )
        people.append(doctor)
    team = await registry.make_team(
        operator,
        institution_id=machine.account_id,
        name=f"团队{ObjectId()}",
        members=[each.account_id for each in people],
        idempotency_key=a_key(),
    )
    return Practice(machine.account_id, operator, tuple(people), team)


async def signed(
    services: Services,
    owner: Viewer,
    resident_id: ObjectId,
    practice: Practice,
    terms: Terms | None = None,
    *,
    with_team: bool = True,
) -> Contract:
    """A contract that the resident asked for and a doctor accepted."""
    doctor = practice.doctors[0]
    asked = await services.family_doctors.contracts.ask(
        owner,
        resident_id,
        terms or Terms(),
        team_id=practice.team.id if with_team else None,
        doctor_id=None if with_team else doctor.account_id,
        idempotency_key=a_key(),
    )
    contract = await services.family_doctors.contracts.accept(doctor, resident_id, asked.id)
    for each in practice.doctors:
        each.memo.clear()
    return contract
