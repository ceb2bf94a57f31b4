"""Break-glass: reason, an hour, notice at once, few at a time, reviewed afterwards."""

from __future__ import annotations

import asyncio

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.circle.errors import ReasonUnfit
from backend.access.contract.documents import EmergencyAccess, Verdict
from backend.access.contract.errors import EmergencyReviewed, TooManyEmergencies
from backend.access.errors import AccessDenied
from backend.access.limits import BREAK_GLASS_CATEGORIES, BREAK_GLASS_LIFE, MOST_BREAK_GLASS
from backend.access.policy import Reason, decide
from backend.access.relations import Relation, RelationKind
from backend.core.clock import FixedClock
from backend.core.outbox import OutboxEntry
from backend.identity.errors import OperatorRequired
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from tests.access.circle.family import events
from tests.access.contract.practice import a_doctor, a_practice, signed
from tests.factories import a_caregiver, a_key, a_resident, a_viewer

REASON = "患者昏迷送诊，需要了解过敏与用药"


async def broken(services: Services, doctor: Viewer, resident_id: ObjectId) -> EmergencyAccess:
    return await services.family_doctors.emergencies.break_glass(
        doctor, resident_id, reason=REASON, idempotency_key=a_key()
    )


async def on_duty(services: Services) -> Viewer:
    return (await a_practice(services, 1, emergency_duty=True)).doctors[0]


async def test_an_emergency_opens_what_is_medical_to_look_at_for_an_hour(
    services: Services, clock: FixedClock
) -> None:
    _, resident_id = await a_resident(services)
    doctor = await on_duty(services)
    await broken(services, doctor, resident_id)
    assert await services.access.categories(doctor, resident_id) == BREAK_GLASS_CATEGORIES
    for category in (Category.CHAT, Category.POINTS):
        with pytest.raises(AccessDenied):
            await services.access.require(doctor, resident_id, category)
    for action in (Action.RECORD, Action.MANAGE, Action.RECEIVE_ALERTS):
        with pytest.raises(AccessDenied):
            await services.access.require(doctor, resident_id, Category.READINGS, action)
    clock.advance(BREAK_GLASS_LIFE)
    with pytest.raises(AccessDenied):
        await services.access.require(doctor, resident_id, Category.READINGS)
    await broken(services, doctor, resident_id)
    await services.access.require(doctor, resident_id, Category.READINGS)


async def test_the_resident_is_told_at_once_and_reads_why(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    doctor = await on_duty(services)
    emergency = await broken(services, doctor, resident_id)
    [event] = await OutboxEntry.find({"name": "break_glass_used"}).to_list()
    assert event.body == {"emergency_id": emergency.id, "doctor_id": doctor.account_id}
    raw = await EmergencyAccess.get_pymongo_collection().find_one({})
    assert raw is not None
    assert REASON.encode() not in raw["reason"]
    [shown] = await services.family_doctors.emergencies.of_resident(owner, resident_id)
    assert (shown.reason, shown.doctor_name) == (REASON, "王医生0")
    assert shown.institution_name == "康宁社区医院"
    for viewer in (doctor, await a_caregiver(services, resident_id), a_viewer()):
        with pytest.raises(AccessDenied):
            await services.family_doctors.emergencies.of_resident(viewer, resident_id)


async def test_who_may_not_and_who_does_not_exist_answer_alike(services: Services) -> None:
    _, resident_id = await a_resident(services)
    practice = await a_practice(services)
    duty = await on_duty(services)
    refusals = set()
    for viewer, target in [
        (practice.doctors[0], resident_id),
        (practice.doctors[0], ObjectId()),
        (duty, ObjectId()),
        (await a_doctor(services), resident_id),
        (a_viewer(Role.OPERATOR), resident_id),
        (a_viewer(), resident_id),
    ]:
        with pytest.raises(AccessDenied) as refused:
            await broken(services, viewer, target)
        refusals.add(str((refused.value.data, refused.value.message("zh"))))
    assert len(refusals) == 1
    assert await EmergencyAccess.count() == 0
    assert await events("break_glass_used") == 0


async def test_colleagues_of_the_contracts_institution_may(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    contract = await signed(services, owner, resident_id, practice, with_team=False)
    colleague = practice.doctors[1]
    await broken(services, colleague, resident_id)
    await services.access.require(colleague, resident_id, Category.MENTAL_HEALTH)
    await services.family_doctors.contracts.end(owner, resident_id, contract.id)
    with pytest.raises(AccessDenied):
        await broken(services, colleague, resident_id)


async def test_what_the_contract_grants_anyway_is_no_emergency(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    practice = await a_practice(services)
    await signed(services, owner, resident_id, practice)
    doctor = practice.doctors[0]
    await broken(services, doctor, resident_id)
    relations = await services.access.towards(doctor, resident_id)
    reasons = {
        category: decide(relations, doctor.roles, category, Action.VIEW, clock.now()).reason
        for category in (Category.READINGS, Category.MENTAL_HEALTH)
    }
    assert reasons == {
        Category.READINGS: Reason.GRANTED,
        Category.MENTAL_HEALTH: Reason.BREAK_GLASS,
    }


@pytest.mark.parametrize("reason", ["", "急诊", " " * 30, "急" * 501, "急诊\x00急诊急诊急诊急诊"])
async def test_a_reason_is_needed(services: Services, reason: str) -> None:
    _, resident_id = await a_resident(services)
    doctor = await on_duty(services)
    with pytest.raises(ReasonUnfit):
        await services.family_doctors.emergencies.break_glass(
            doctor, resident_id, reason=reason, idempotency_key=a_key()
        )
    assert await EmergencyAccess.count() == 0


async def test_three_at_once_and_no_more_however_quickly_they_are_asked(
    services: Services, clock: FixedClock
) -> None:
    doctor = await on_duty(services)
    residents = [(await a_resident(services))[1] for _ in range(6)]
    answers = await asyncio.gather(
        *(broken(services, doctor, each) for each in residents), return_exceptions=True
    )
    opened = [each for each in answers if isinstance(each, EmergencyAccess)]
    assert len(opened) == MOST_BREAK_GLASS
    assert {type(each) for each in answers} == {EmergencyAccess, TooManyEmergencies}
    assert await Relation.find({"kind": RelationKind.BREAK_GLASS}).count() == MOST_BREAK_GLASS
    clock.advance(BREAK_GLASS_LIFE)
    await broken(services, doctor, residents[0])


async def test_the_resident_ends_it_and_a_slot_is_free(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    doctor = await on_duty(services)
    emergency = await broken(services, doctor, resident_id)
    link = await Relation.find_one({"basis_id": emergency.id})
    assert link is not None
    await services.circle.links.end(owner, resident_id, link.id)
    doctor.memo.clear()
    with pytest.raises(AccessDenied):
        await services.access.require(doctor, resident_id, Category.READINGS)
    stored = await EmergencyAccess.get(emergency.id)
    assert stored is not None
    assert not stored.open


async def test_asking_twice_opens_once(services: Services) -> None:
    _, resident_id = await a_resident(services)
    doctor = await on_duty(services)
    key = a_key()
    made = [
        await services.family_doctors.emergencies.break_glass(
            doctor, resident_id, reason=REASON, idempotency_key=key
        )
        for _ in range(2)
    ]
    assert made[0].id == made[1].id
    assert await events("break_glass_used") == 1


async def test_an_operator_reviews_and_what_was_not_justified_ends(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    doctor = await on_duty(services)
    emergency = await broken(services, doctor, resident_id)
    operator = a_viewer(Role.OPERATOR)
    service = services.family_doctors.emergencies
    for viewer in (doctor, owner, a_viewer()):
        with pytest.raises(OperatorRequired):
            await service.to_review(viewer, first=10)
        with pytest.raises(OperatorRequired):
            await service.review(viewer, resident_id, emergency.id, Verdict.JUSTIFIED, REASON)
    page = await service.to_review(operator, first=10)
    assert [(each.id, each.reason) for each in page.items] == [(emergency.id, REASON)]
    words = "没有就诊记录，理由不成立"
    await service.review(operator, resident_id, emergency.id, Verdict.UNJUSTIFIED, words)
    doctor.memo.clear()
    with pytest.raises(AccessDenied):
        await services.access.require(doctor, resident_id, Category.READINGS)
    with pytest.raises(EmergencyReviewed):
        await service.review(operator, resident_id, emergency.id, Verdict.JUSTIFIED, words)
    [shown] = await service.of_resident(owner, resident_id)
    assert (shown.access.verdict, shown.verdict_reason) == (Verdict.UNJUSTIFIED, words)
    assert (await service.to_review(operator, first=10)).items == []


async def test_nobody_reviews_their_own(services: Services) -> None:
    _, resident_id = await a_resident(services)
    doctor = await on_duty(services)
    emergency = await broken(services, doctor, resident_id)
    both = Viewer(account_id=doctor.account_id, roles=doctor.roles | {Role.OPERATOR})
    with pytest.raises(AccessDenied):
        await services.family_doctors.emergencies.review(
            both, resident_id, emergency.id, Verdict.JUSTIFIED, REASON
        )
