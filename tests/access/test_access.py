"""The door: relations as stored, one request's memory of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied, RelationExists
from backend.access.relations import Relation, RelationKind
from backend.access.service import console_viewer
from backend.core.clock import FixedClock
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from tests.factories import a_caregiver, a_resident, a_viewer


async def test_one_relation_of_a_kind_an_account_and_resident(services: Services) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    with pytest.raises(RelationExists):
        await services.access.grant(
            resident_id=resident_id,
            account_id=daughter.account_id,
            kind=RelationKind.CAREGIVER,
        )
    assert await Relation.count() == 2


async def test_a_grant_that_expires_ends_by_itself(services: Services, clock: FixedClock) -> None:
    _, resident_id = await a_resident(services)
    until = clock.now() + timedelta(hours=1)
    daughter = await a_caregiver(services, resident_id, valid_until=until)
    await services.access.require(daughter, resident_id, Category.READINGS)
    clock.advance(timedelta(hours=1))
    with pytest.raises(AccessDenied):
        await services.access.require(daughter, resident_id, Category.READINGS)


async def test_unknown_and_forbidden_answer_alike(services: Services) -> None:
    _, resident_id = await a_resident(services)
    stranger = a_viewer()
    errors = []
    for target in (resident_id, ObjectId()):
        with pytest.raises(AccessDenied) as refusal:
            await services.access.require(stranger, target, Category.READINGS)
        errors.append((refusal.value.code, refusal.value.data, str(refusal.value)))
    assert errors[0] == errors[1]


async def test_a_doctor_without_the_role_any_more_sees_nothing(services: Services) -> None:
    _, resident_id = await a_resident(services)
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=resident_id, account_id=doctor.account_id, kind=RelationKind.DOCTOR
    )
    await services.access.require(doctor, resident_id, Category.CONDITIONS)
    left = Viewer(account_id=doctor.account_id, roles=frozenset({Role.RESIDENT}))
    with pytest.raises(AccessDenied):
        await services.access.require(left, resident_id, Category.CONDITIONS)


async def test_an_operator_sees_no_health_data(services: Services) -> None:
    _, resident_id = await a_resident(services)
    for category in Category:
        with pytest.raises(AccessDenied):
            await services.access.require(a_viewer(Role.OPERATOR), resident_id, category)


async def test_the_console_is_no_account_that_signs_in(services: Services) -> None:
    _, resident_id = await a_resident(services)
    console = console_viewer()
    await services.access.require(console, resident_id, Category.READINGS, Action.RECORD)
    console.session_id = ObjectId()
    with pytest.raises(AccessDenied):
        await services.access.require(console, resident_id, Category.READINGS)
