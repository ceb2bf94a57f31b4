"""A caregiver's people and a doctor's panel: who, what is open there, and nothing not granted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from backend.access.categories import ALL_CATEGORIES, Action, Category
from backend.access.errors import AccessDenied
from backend.access.log.documents import AccessEntry
from backend.access.relations import RelationKind
from backend.archive.sections import Coding, EncounterBody, PartialDate
from backend.care.errors import PanelConditionUnknown
from backend.care.panel import PanelFilter
from backend.core.clock import FixedClock
from backend.core.paging import Cursor
from backend.identity.viewer import Role, Viewer
from backend.main import build_dispatcher
from backend.measurements.draft import Kind
from backend.measurements.thresholds import Level
from backend.services import Services
from tests.access.contract.practice import a_practice, signed
from tests.factories import a_condition, a_key, a_profile, a_resident, a_viewer, bp


async def alarmed(services: Services, owner: Viewer, resident_id: ObjectId) -> None:
    """An urgent blood pressure, and its alert."""
    await services.recording.record(
        owner, resident_id, bp(192, 124), idempotency_key=a_key(), confirmed=True
    )
    await build_dispatcher(services).drain()


async def cared_for(
    services: Services,
    carer: Viewer,
    name: str,
    categories: frozenset[Category] = ALL_CATEGORIES,
) -> tuple[Viewer, ObjectId]:
    owner, resident_id = await a_resident(services, profile=a_profile(name))
    await services.access.grant(
        resident_id=resident_id,
        account_id=carer.account_id,
        kind=RelationKind.CAREGIVER,
        categories=categories,
    )
    return owner, resident_id


async def test_a_caregiver_sees_all_their_people_with_what_is_open(
    services: Services, clock: FixedClock
) -> None:
    daughter = a_viewer(Role.CAREGIVER)
    await a_resident(services, daughter)  # a record of her own is not one she looks after
    father, father_id = await cared_for(services, daughter, "张建国")
    clock.advance(timedelta(minutes=1))
    await cared_for(services, daughter, "李桂兰")
    await alarmed(services, father, father_id)
    daughter.memo.clear()
    page = await services.watch.people(daughter, first=10)
    assert [each.name for each in page.items] == ["李*兰", "张*国"]
    mother_now, father_now = page.items
    assert mother_now.alerts is not None
    assert (mother_now.alerts.levels, mother_now.alerts.newest) == ((), None)
    assert father_now.alerts is not None
    assert father_now.alerts.levels == ((Level.URGENT, 1),)
    assert father_now.alerts.newest is not None
    assert father_now.alerts.newest.kind is Kind.BLOOD_PRESSURE
    assert father_now.conditions is None


async def test_what_is_not_granted_is_not_counted(services: Services) -> None:
    daughter = a_viewer(Role.CAREGIVER)
    granted = frozenset({Category.PROFILE, Category.CONDITIONS})
    father, father_id = await cared_for(services, daughter, "张建国", granted)
    await alarmed(services, father, father_id)
    daughter.memo.clear()
    [person] = (await services.watch.people(daughter, first=10)).items
    assert (person.name, person.alerts) == ("张*国", None)


async def test_an_ended_and_an_expired_link_leave_the_list(
    services: Services, clock: FixedClock
) -> None:
    daughter = a_viewer(Role.CAREGIVER)
    owner, resident_id = await cared_for(services, daughter, "张建国")
    [person] = (await services.watch.people(daughter, first=10)).items
    await services.circle.links.end(owner, resident_id, person.relation.id)
    _, other = await a_resident(services)
    await services.access.grant(
        resident_id=other,
        account_id=daughter.account_id,
        kind=RelationKind.CAREGIVER,
        valid_until=clock.now() + timedelta(minutes=1),
    )
    clock.advance(timedelta(minutes=1))
    daughter.memo.clear()
    assert (await services.watch.people(daughter, first=10)).items == []


async def test_the_panel_is_a_doctors_residents_once_each_with_flags(
    services: Services, clock: FixedClock
) -> None:
    practice = await a_practice(services)
    doctor = practice.doctors[0]
    owner, resident_id = await a_resident(services, profile=a_profile("张建国"))
    await services.entries.add(owner, resident_id, a_condition(), idempotency_key=a_key())
    low = a_condition("抑郁症", "F32.9", "2019")
    await services.entries.add(owner, resident_id, low, idempotency_key=a_key())
    await signed(services, owner, resident_id, practice)
    await signed(services, owner, resident_id, practice, with_team=False)
    stranger, strangers_id = await a_resident(services, profile=a_profile("陌生人"))
    await alarmed(services, stranger, strangers_id)
    clock.advance(timedelta(minutes=1))
    doctor.memo.clear()
    [patient] = (await services.watch.panel(doctor, first=10)).items
    assert patient.relation.resident_id == resident_id
    assert (patient.name, patient.conditions) == ("张*国", frozenset({"hypertension"}))


async def test_the_panel_shows_only_those_with_something_open_where_asked(
    services: Services,
) -> None:
    practice = await a_practice(services)
    doctor = practice.doctors[0]
    people = [await a_resident(services) for _ in range(3)]
    for owner, resident_id in people:
        await signed(services, owner, resident_id, practice)
    await alarmed(services, *people[1])
    doctor.memo.clear()
    page = await services.watch.panel(doctor, first=10, wanted=PanelFilter(open_alerts=True))
    assert [each.relation.resident_id for each in page.items] == [people[1][1]]


async def found(services: Services, doctor: Viewer, **wanted: Any) -> set[ObjectId]:
    doctor.memo.clear()
    page = await services.watch.panel(doctor, first=10, wanted=PanelFilter(**wanted))
    return {each.relation.resident_id for each in page.items}


async def test_the_panel_is_filtered_by_what_the_doctor_is_granted_and_noted_for_who_is_shown(
    services: Services, clock: FixedClock
) -> None:
    practice = await a_practice(services)
    doctor, colleague = practice.doctors
    people = [await a_resident(services) for _ in range(4)]
    diabetic = a_condition("2型糖尿病", "E11.9")
    for owner, resident_id in people:
        await signed(services, owner, resident_id, practice)
    for (owner, resident_id), body in zip(
        people[:3], (*(a_condition(),) * 2, diabetic), strict=True
    ):
        await services.entries.add(owner, resident_id, body, idempotency_key=a_key())
    now = clock.now()
    for (owner, resident_id), days in zip(people[:2], (13, 15), strict=True):
        await services.recording.record(
            owner, resident_id, bp(when=now - timedelta(days=days)), idempotency_key=a_key()
        )
    pressed, late, sweet, well = (each[1] for each in people)
    assert await found(services, doctor, condition="hypertension") == {pressed, late}
    assert await found(services, doctor, condition="copd") == set()
    assert await found(services, doctor, overdue_readings=True) == {late, sweet}
    assert await found(services, doctor, overdue_readings=True, condition="diabetes") == {sweet}
    since = now - timedelta(days=30)
    assert await found(services, doctor, no_contact_since=since) == {pressed, late, sweet, well}
    visit = EncounterBody(
        setting=Coding(system="http://terminology.hl7.org/CodeSystem/v3-ActCode", code="AMB"),
        start=PartialDate((now - timedelta(days=29)).date().isoformat()),
    )
    await services.entries.add(*people[3], visit, idempotency_key=a_key())
    await services.recording.record(colleague, pressed, bp(), idempotency_key=a_key())
    assert await found(services, doctor, no_contact_since=since) == {late, sweet}
    await services.core.store.db["consents"].delete_many({"resident_id": sweet})
    assert await found(services, doctor, no_contact_since=since) == {late}
    assert await found(services, doctor, overdue_readings=True) == {late}
    before = await AccessEntry.find({"account_id": doctor.account_id}).count()
    assert await found(services, doctor, condition="copd", no_contact_since=since) == set()
    assert await AccessEntry.find({"account_id": doctor.account_id}).count() == before
    with pytest.raises(PanelConditionUnknown) as refusal:
        await found(services, doctor, condition="F32")
    assert "hypertension" in refusal.value.data["known"]


async def test_nobody_but_doctors_has_a_panel(services: Services) -> None:
    for viewer in (a_viewer(), a_viewer(Role.OPERATOR), a_viewer(Role.CAREGIVER)):
        with pytest.raises(AccessDenied):
            await services.watch.panel(viewer, first=10)


async def test_a_doctor_sees_the_panel_and_nothing_else(services: Services) -> None:
    practice = await a_practice(services)
    doctor = practice.doctors[0]
    owner, resident_id = await a_resident(services)
    _, outside = await a_resident(services)
    await signed(services, owner, resident_id, practice)
    await services.access.require(doctor, resident_id, Category.CONDITIONS)
    for category in Category:
        for action in Action:
            with pytest.raises(AccessDenied):
                await services.access.require(doctor, outside, category, action)


async def test_the_list_is_paged_without_gaps_or_twins(
    services: Services, clock: FixedClock
) -> None:
    daughter = a_viewer(Role.CAREGIVER)
    names = []
    for number in range(5):
        clock.advance(timedelta(minutes=number % 2))  # two have the same minute
        _, resident_id = await cared_for(services, daughter, f"张某{number}")
        names.append(resident_id)
    seen: list[ObjectId] = []
    after: Cursor | None = None
    while True:
        page = await services.watch.people(daughter, first=2, after=after)
        seen += [each.relation.resident_id for each in page.items]
        if not page.has_next:
            break
        after = page.cursor(page.items[-1])
    assert seen == sorted(names, key=lambda each: names.index(each), reverse=True)


async def test_without_consent_a_person_is_listed_and_nothing_of_them_counted(
    services: Services,
) -> None:
    daughter = a_viewer(Role.CAREGIVER)
    father, father_id = await cared_for(services, daughter, "张建国")
    await alarmed(services, father, father_id)
    await services.core.store.db["consents"].delete_many({"resident_id": father_id})
    daughter.memo.clear()
    [person] = (await services.watch.people(daughter, first=10)).items
    assert (person.name, person.alerts) == ("张*国", None)
