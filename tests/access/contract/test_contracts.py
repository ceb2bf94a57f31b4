"""Contracts: both sides sign, a team's members come and go, the panel is all a doctor sees."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.circle.errors import GrantUnfit, InvitationInvalid
from backend.access.contract.documents import Contract, ContractState
from backend.access.contract.errors import (
    ContractExists,
    ContractNotFound,
    ContractSettled,
    ContractTermUnfit,
    DoctorNotFound,
    DoctorUnfit,
    RenewalTooEarly,
    TeamExists,
)
from backend.access.contract.terms import Terms
from backend.access.errors import AccessDenied
from backend.access.limits import CONTRACT_LIFE, LONGEST_CONTRACT, OFFER_LIFE, PROPOSAL_LIFE
from backend.access.relations import Relation, RelationKind
from backend.core.clock import FixedClock
from backend.identity.errors import OperatorRequired
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from tests.access.circle.family import events
from tests.access.contract.practice import Practice, a_doctor, a_practice, signed
from tests.api import sign_in
from tests.factories import a_caregiver, a_key, a_resident, a_viewer


async def sees(services: Services, viewer: Viewer, resident_id: ObjectId) -> bool:
    viewer.memo.clear()
    try:
        await services.access.require(viewer, resident_id, Category.READINGS)
    except AccessDenied:
        return False
    return True


async def test_a_doctor_sees_a_resident_from_both_signatures_to_the_end(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    doctor = practice.doctors[0]
    contracts = services.family_doctors.contracts
    asked = await contracts.ask(
        owner, resident_id, Terms(), doctor_id=doctor.account_id, idempotency_key=a_key()
    )
    assert not await sees(services, doctor, resident_id)
    contract = await contracts.accept(doctor, resident_id, asked.id)
    assert await sees(services, doctor, resident_id)
    assert not await sees(services, practice.doctors[1], resident_id)
    assert contract.valid_until == clock.now() + CONTRACT_LIFE
    with pytest.raises(AccessDenied):
        await services.access.require(doctor, resident_id, Category.MENTAL_HEALTH)
    clock.advance(CONTRACT_LIFE)
    assert not await sees(services, doctor, resident_id)
    assert (await events("contract_proposed"), await events("contract_signed")) == (1, 1)


@pytest.mark.parametrize("by_doctor", [True, False])
async def test_either_side_ends_it_at_once(services: Services, by_doctor: bool) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    contract = await signed(services, owner, resident_id, practice)
    who = practice.doctors[1] if by_doctor else owner
    ended = await services.family_doctors.contracts.end(who, resident_id, contract.id)
    assert (ended.state, ended.ended_by) == (ContractState.ENDED, who.account_id)
    for doctor in practice.doctors:
        assert not await sees(services, doctor, resident_id)
    with pytest.raises(ContractSettled):
        await services.family_doctors.contracts.end(owner, resident_id, contract.id)
    assert await events("contract_ended") == 1


async def test_ending_the_link_ends_the_contract(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    contract = await signed(services, owner, resident_id, practice)
    link = await Relation.find_one({"basis_id": contract.id})
    assert link is not None
    await services.circle.links.end(owner, resident_id, link.id)
    stored = await Contract.get(contract.id)
    assert stored is not None
    assert stored.state is ContractState.ENDED
    await signed(services, owner, resident_id, practice)


async def test_a_teams_members_change_and_its_contract_stays(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    await signed(services, owner, resident_id, practice)
    first, second = practice.doctors
    assert await sees(services, first, resident_id)
    assert await sees(services, second, resident_id)
    registry = services.family_doctors.registry
    await registry.set_members(practice.operator, practice.team.id, [second.account_id])
    assert not await sees(services, first, resident_id)
    assert await sees(services, second, resident_id)
    await registry.leave(practice.operator, second.account_id)
    assert not await sees(services, second, resident_id)
    assert await Relation.find({"kind": RelationKind.DOCTOR, "ended_at": None}).count() == 1


async def test_who_lost_the_role_lost_the_team(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    await signed(services, owner, resident_id, practice)
    left = Viewer(account_id=practice.doctors[0].account_id, roles=frozenset({Role.RESIDENT}))
    assert not await sees(services, left, resident_id)


async def test_only_who_was_asked_answers(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    practice, others = await a_practice(services), await a_practice(services)
    contracts = services.family_doctors.contracts
    asked = await contracts.ask(
        owner, resident_id, Terms(), team_id=practice.team.id, idempotency_key=a_key()
    )
    manager = await a_caregiver(services, resident_id)
    for viewer in (others.doctors[0], manager, a_viewer(), owner):
        with pytest.raises(AccessDenied):
            await contracts.accept(viewer, resident_id, asked.id)
    for viewer in (others.doctors[0], manager, a_viewer()):
        for door in (contracts.refuse, contracts.end):
            with pytest.raises(AccessDenied):
                await door(viewer, resident_id, asked.id)
    assert [each.id for each in await contracts.of_doctor(practice.doctors[1])] == [asked.id]
    assert await contracts.of_doctor(others.doctors[0]) == []
    await contracts.accept(practice.doctors[1], resident_id, asked.id)


async def test_who_is_asked_is_told_by_whom_masked(
    services: Services, client: httpx.AsyncClient
) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services, 1)
    doctor, viewer = await sign_in(services, client, Role.FAMILY_DOCTOR)
    registry = services.family_doctors.registry
    at = {"institution_id": practice.institution_id}
    await registry.enter(
        practice.operator, viewer.account_id, **at, title="主治医师", emergency_duty=False
    )
    members = [viewer.account_id]
    team = await registry.make_team(
        practice.operator, **at, name="慢病团队", members=members, idempotency_key=a_key()
    )
    await services.family_doctors.contracts.ask(
        owner, resident_id, Terms(), team_id=team.id, idempotency_key=a_key()
    )
    found = await doctor.ask("{ contractRequests { residentName holderName } }")
    assert found == {"contractRequests": [{"residentName": "张*国", "holderName": "慢病团队"}]}


async def test_a_contract_is_refused_or_taken_back_once(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    contracts = services.family_doctors.contracts
    for who, state in (
        (practice.doctors[0], ContractState.REFUSED),
        (owner, ContractState.WITHDRAWN),
    ):
        asked = await contracts.ask(
            owner, resident_id, Terms(), team_id=practice.team.id, idempotency_key=a_key()
        )
        assert (await contracts.refuse(who, resident_id, asked.id)).state is state
        with pytest.raises(ContractSettled):
            await contracts.accept(practice.doctors[0], resident_id, asked.id)
    with pytest.raises(ContractNotFound):
        await contracts.refuse(owner, resident_id, ObjectId())
    assert not await sees(services, practice.doctors[0], resident_id)


async def test_a_proposal_runs_out(services: Services, clock: FixedClock) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    contracts = services.family_doctors.contracts
    ask = {"team_id": practice.team.id}
    asked = await contracts.ask(owner, resident_id, Terms(), **ask, idempotency_key=a_key())
    with pytest.raises(ContractExists):
        await contracts.ask(owner, resident_id, Terms(), **ask, idempotency_key=a_key())
    clock.advance(PROPOSAL_LIFE)
    with pytest.raises(ContractSettled):
        await contracts.accept(practice.doctors[0], resident_id, asked.id)
    await contracts.ask(owner, resident_id, Terms(), **ask, idempotency_key=a_key())


async def test_unfit_terms_are_refused(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    contracts = services.family_doctors.contracts
    for days in (0, -1, LONGEST_CONTRACT.days + 1):
        with pytest.raises(ContractTermUnfit):
            await contracts.ask(
                owner,
                resident_id,
                Terms(days=days),
                team_id=practice.team.id,
                idempotency_key=a_key(),
            )
    with pytest.raises(GrantUnfit):
        await contracts.ask(
            owner,
            resident_id,
            Terms(categories=frozenset()),
            team_id=practice.team.id,
            idempotency_key=a_key(),
        )
    nobody = await a_doctor(services)
    for target in ({"doctor_id": nobody.account_id}, {"team_id": ObjectId()}, {}):
        with pytest.raises(DoctorNotFound):
            await contracts.ask(owner, resident_id, Terms(), **target, idempotency_key=a_key())
    assert await Contract.count() == 0


async def test_the_doctor_offers_by_a_code_that_one_resident_takes(
    services: Services, clock: FixedClock
) -> None:
    practice = await a_practice(services)
    offers = services.family_doctors.offers
    residents = [await a_resident(services) for _ in range(4)]
    offer = await offers.show(practice.doctors[0], team_id=practice.team.id)
    readings = frozenset({Category.READINGS})
    look = frozenset({Action.VIEW})
    answers = await asyncio.gather(
        *(
            offers.take(owner, resident_id, offer.code, readings, look)
            for owner, resident_id in residents
        ),
        return_exceptions=True,
    )
    taken = [each for each in answers if isinstance(each, Contract)]
    assert len(taken) == 1
    assert {type(each) for each in answers} == {Contract, InvitationInvalid}
    assert (taken[0].state, taken[0].categories) == (ContractState.RUNNING, readings)
    assert await sees(services, practice.doctors[1], taken[0].resident_id)
    late = await offers.show(practice.doctors[0])
    clock.advance(OFFER_LIFE)
    owner, resident_id = residents[0]
    with pytest.raises(InvitationInvalid):
        await offers.take(owner, resident_id, late.code, readings, look)


async def test_only_doctors_of_the_team_offer_and_only_the_residents_side_signs(
    services: Services,
) -> None:
    practice, others = await a_practice(services), await a_practice(services)
    offers = services.family_doctors.offers
    for viewer in (others.doctors[0], a_viewer(), a_viewer(Role.OPERATOR)):
        with pytest.raises(AccessDenied):
            await offers.show(viewer, team_id=practice.team.id)
    unentered = await a_doctor(services)
    with pytest.raises(DoctorNotFound):
        await offers.show(unentered)
    _, resident_id = await a_resident(services)
    offer = await offers.show(practice.doctors[0])
    readings, look = frozenset({Category.READINGS}), frozenset({Action.VIEW})
    for viewer in (a_viewer(), await a_caregiver(services, resident_id), practice.doctors[0]):
        with pytest.raises(AccessDenied):
            await offers.take(viewer, resident_id, offer.code, readings, look)


async def test_a_contract_is_renewed_in_its_last_month(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    contract = await signed(services, owner, resident_id, practice)
    contracts = services.family_doctors.contracts
    until = contract.valid_until
    assert until is not None
    with pytest.raises(RenewalTooEarly):
        await contracts.renew(owner, resident_id, contract.id, 365)
    clock.set(until - timedelta(days=30))
    with pytest.raises(AccessDenied):
        await contracts.renew(practice.doctors[0], resident_id, contract.id, 365)
    renewed = await contracts.renew(owner, resident_id, contract.id, 365)
    assert renewed.valid_until == until + timedelta(days=365)
    clock.set(until)
    assert await sees(services, practice.doctors[0], resident_id)
    clock.set(until + timedelta(days=365))
    assert not await sees(services, practice.doctors[0], resident_id)
    with pytest.raises(ContractSettled):
        await contracts.renew(owner, resident_id, contract.id, 365)


async def test_the_registry_is_the_operators(services: Services) -> None:
    practice = await a_practice(services)
    registry = services.family_doctors.registry
    doctor = practice.doctors[0]
    for viewer in (doctor, a_viewer()):
        with pytest.raises(OperatorRequired):
            await registry.leave(viewer, doctor.account_id)
        with pytest.raises(OperatorRequired):
            await registry.set_members(viewer, practice.team.id, [doctor.account_id])
        with pytest.raises(OperatorRequired):
            await registry.enter(
                viewer, doctor.account_id, institution_id=practice.institution_id, title="医师"
            )
    assert await sees_nothing_new(services, practice)


async def sees_nothing_new(services: Services, practice: Practice) -> bool:
    page = await services.family_doctors.registry.teams(first=10)
    [team] = page.items
    return [each for each, _ in team.members] == [each.account_id for each in practice.doctors]


async def test_unfit_doctors_and_teams_are_refused(services: Services) -> None:
    practice, others = await a_practice(services), await a_practice(services)
    registry, operator = services.family_doctors.registry, practice.operator
    resident = await services.identity.create_demo_account(
        f"demo-{ObjectId()}", frozenset({Role.RESIDENT})
    )
    doctor_id = practice.doctors[0].account_id
    for account_id, institution_id, title, field in [
        (resident, practice.institution_id, "医师", "account"),
        (doctor_id, doctor_id, "医师", "institution"),
        (doctor_id, practice.institution_id, " ", "title"),
        (doctor_id, practice.institution_id, "医\u202e师", "title"),
    ]:
        with pytest.raises(DoctorUnfit) as refused:
            await registry.enter(operator, account_id, institution_id=institution_id, title=title)
        assert refused.value.data == {"field": field}
    for members in ([], [others.doctors[0].account_id], [doctor_id, resident]):
        with pytest.raises(DoctorUnfit):
            await registry.set_members(operator, practice.team.id, members)
    with pytest.raises(TeamExists):
        await registry.make_team(
            operator,
            institution_id=practice.institution_id,
            name=practice.team.name,
            members=[doctor_id],
            idempotency_key=a_key(),
        )
