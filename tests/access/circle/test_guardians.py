"""Guardians: of adults by a second person's word for a year; of the young until they choose."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.access.circle.documents import GuardianRequest
from backend.access.circle.errors import (
    GrantBeyondOwn,
    GrantUnfit,
    GuardianConsentNeeded,
    GuardianRequestNotFound,
    GuardianRequestSettled,
    GuardianRequestWaiting,
    GuardianshipNotNeeded,
    GuardiansInCircle,
    OwnAccountBound,
    ReasonUnfit,
    RenewalNotDue,
    SecondPersonNeeded,
    TooYoung,
)
from backend.access.circle.invitations import Terms
from backend.access.circle.links import Change
from backend.access.circle.persons import age_at
from backend.access.circle.renewal import birthday, due
from backend.access.errors import AccessDenied, RelationExists
from backend.access.limits import GUARDIANSHIP_WAITS, LONGEST_GUARDIANSHIP, RENEWAL_GRACE
from backend.access.relations import Relation, RelationKind
from backend.core.clock import SHANGHAI, FixedClock
from backend.identity.errors import OperatorRequired
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from tests.access.circle.family import (
    A_MINUTE,
    READINGS_ONLY,
    a_child,
    events,
    invited,
    joined,
    link_of,
)
from tests.factories import a_caregiver, a_key, a_profile, a_resident, a_viewer

REASON = "阿尔茨海默病，2026 年起不能自理，需代为就医"
OWN = Terms(own=True)


async def asked(services: Services, viewer: Viewer, resident_id: ObjectId) -> GuardianRequest:
    return await services.circle.guardians.ask(
        viewer, resident_id, reason=REASON, idempotency_key=a_key()
    )


async def test_a_second_person_makes_a_guardian_for_a_year(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    daughter, _ = await joined(services, owner, resident_id, READINGS_ONLY)
    daughter_too = await a_caregiver(services, resident_id)
    request = await asked(services, daughter_too, resident_id)
    operator = a_viewer(Role.OPERATOR)
    link = await services.circle.guardians.confirm(operator, resident_id, request.id)
    assert link.kind is RelationKind.GUARDIAN
    assert link.valid_until == clock.now() + LONGEST_GUARDIANSHIP
    daughter_too.memo.clear()
    decided = await services.access.deciding(
        daughter_too, resident_id, Category.PROFILE, Action.MANAGE
    )
    assert decided.account_id == daughter_too.account_id
    assert (await events("guardian_asked"), await events("guardian_appointed")) == (1, 1)
    clock.advance(LONGEST_GUARDIANSHIP)
    assert all(
        each.kind is not RelationKind.GUARDIAN
        for each in await services.access.towards(daughter_too, resident_id)
    )
    assert daughter.account_id != daughter_too.account_id


async def test_the_reason_is_sealed_and_read_by_who_confirms(services: Services) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    await asked(services, daughter, resident_id)
    raw = await GuardianRequest.get_pymongo_collection().find_one({})
    assert "阿尔茨海默" not in str(raw)
    assert REASON.encode() not in (raw or {})["reason"]
    operator = a_viewer(Role.OPERATOR)
    page = await services.circle.guardians.waiting(operator, first=10)
    assert [each.reason for each in page.items] == [REASON]
    for viewer in (daughter, a_viewer()):
        with pytest.raises(OperatorRequired):
            await services.circle.guardians.waiting(viewer, first=10)


async def test_the_family_doctor_is_a_second_person_the_caregiver_is_not(
    services: Services,
) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    son = await a_caregiver(services, resident_id)
    request = await asked(services, daughter, resident_id)
    for viewer in (son, a_viewer(), a_viewer(Role.FAMILY_DOCTOR), daughter):
        with pytest.raises(AccessDenied):
            await services.circle.guardians.confirm(viewer, resident_id, request.id)
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=resident_id, account_id=doctor.account_id, kind=RelationKind.DOCTOR
    )
    await services.circle.guardians.confirm(doctor, resident_id, request.id)


async def test_nobody_confirms_themselves(services: Services) -> None:
    _, resident_id = await a_resident(services)
    operator = a_viewer(Role.OPERATOR)
    await services.access.grant(
        resident_id=resident_id, account_id=operator.account_id, kind=RelationKind.CAREGIVER
    )
    request = await asked(services, operator, resident_id)
    with pytest.raises(SecondPersonNeeded):
        await services.circle.guardians.confirm(operator, resident_id, request.id)
    assert await Relation.find({"kind": RelationKind.GUARDIAN}).count() == 0


async def test_what_is_asked_must_be_fit(services: Services, clock: FixedClock) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    ask = services.circle.guardians.ask
    for reason in ("", "太短", " " * 40, "有控制字符\x07的原因说明文字", "长" * 501):
        with pytest.raises(ReasonUnfit):
            await ask(daughter, resident_id, reason=reason, idempotency_key=a_key())
    for until in (clock.now(), clock.now() + LONGEST_GUARDIANSHIP + A_MINUTE):
        with pytest.raises(GrantUnfit):
            await ask(
                daughter, resident_id, reason=REASON, valid_until=until, idempotency_key=a_key()
            )
    for target in (resident_id, ObjectId()):
        with pytest.raises(AccessDenied):
            await ask(a_viewer(), target, reason=REASON, idempotency_key=a_key())
    assert await GuardianRequest.count() == 0
    await asked(services, daughter, resident_id)
    with pytest.raises(GuardianRequestWaiting):
        await asked(services, daughter, resident_id)


async def test_a_request_that_nobody_answered_runs_out(
    services: Services, clock: FixedClock
) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    request = await asked(services, daughter, resident_id)
    clock.advance(GUARDIANSHIP_WAITS)
    operator = a_viewer(Role.OPERATOR)
    with pytest.raises(GuardianRequestSettled):
        await services.circle.guardians.confirm(operator, resident_id, request.id)
    assert (await services.circle.guardians.waiting(operator, first=10)).items == []
    await asked(services, daughter, resident_id)


async def test_the_resident_refuses_and_the_applicant_withdraws(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    for who in (owner, daughter):
        request = await asked(services, daughter, resident_id)
        with pytest.raises(AccessDenied):
            await services.circle.guardians.refuse(a_viewer(), resident_id, request.id)
        await services.circle.guardians.refuse(who, resident_id, request.id)
        with pytest.raises(GuardianRequestSettled):
            await services.circle.guardians.confirm(
                a_viewer(Role.OPERATOR), resident_id, request.id
            )
    with pytest.raises(GuardianRequestNotFound):
        await services.circle.guardians.refuse(owner, resident_id, ObjectId())


async def test_the_resident_ends_a_guardianship_at_once(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    request = await asked(services, daughter, resident_id)
    link = await services.circle.guardians.confirm(a_viewer(Role.OPERATOR), resident_id, request.id)
    await services.circle.links.end(owner, resident_id, link.id)
    kinds = {each.kind for each in await services.access.towards(daughter, resident_id)}
    assert RelationKind.GUARDIAN not in kinds


async def circle_of(services: Services, count: int) -> list[tuple[Viewer, ObjectId]]:
    """Persons each of whom is a caregiver of the next."""
    people = [await a_resident(services) for _ in range(count)]
    for index, (viewer, _) in enumerate(people):
        await services.access.grant(
            resident_id=people[(index + 1) % count][1],
            account_id=viewer.account_id,
            kind=RelationKind.CAREGIVER,
        )
        viewer.memo.clear()
    return people


@pytest.mark.parametrize("count", [2, 3, 5])
async def test_guardians_form_no_circle(services: Services, count: int) -> None:
    people = await circle_of(services, count)
    operator = a_viewer(Role.OPERATOR)
    for index in range(count):
        viewer, ward = people[index][0], people[(index + 1) % count][1]
        request = await asked(services, viewer, ward)
        if index < count - 1:
            await services.circle.guardians.confirm(operator, ward, request.id)
        else:
            with pytest.raises(GuardiansInCircle):
                await services.circle.guardians.confirm(operator, ward, request.id)
    assert await Relation.find({"kind": RelationKind.GUARDIAN}).count() == count - 1
    assert await events("guardian_appointed") == count - 1


async def test_two_halves_of_a_circle_at_once_are_not_both_confirmed(services: Services) -> None:
    people = await circle_of(services, 2)
    operator = a_viewer(Role.OPERATOR)
    wards = [people[1][1], people[0][1]]
    requests = [await asked(services, people[index][0], ward) for index, ward in enumerate(wards)]
    answers = await asyncio.gather(
        *(
            services.circle.guardians.confirm(operator, ward, request.id)
            for ward, request in zip(wards, requests, strict=True)
        ),
        return_exceptions=True,
    )
    assert {type(each) for each in answers} == {Relation, GuardiansInCircle}


async def test_a_minor_gets_no_guardian_by_request(services: Services) -> None:
    mother, resident_id, _ = await a_child(services, "2015-01-01")
    aunt, _ = await joined(services, mother, resident_id, READINGS_ONLY)
    await services.circle.links.change(
        mother,
        resident_id,
        (await link_of(aunt, resident_id)).id,
        Change(ALL_CATEGORIES, ALL_ACTIONS, None),
        version=1,
    )
    aunt.memo.clear()
    with pytest.raises(GuardianshipNotNeeded):
        await asked(services, aunt, resident_id)


async def test_below_fourteen_the_childs_own_account_decides_nothing(services: Services) -> None:
    child, resident_id = await a_resident(services, profile=a_profile("小满", born=None))
    corrected = a_profile("小满", "2014-01-01")
    await services.residents.update(child, resident_id, corrected, version=1)
    with pytest.raises(GuardianConsentNeeded) as refused:
        await invited(services, child, resident_id)
    assert refused.value.data == {"age": 14}


FOURTEEN = datetime(2026, 12, 24, tzinfo=SHANGHAI)


async def test_at_fourteen_a_guardian_only_looks_and_after_a_month_nothing(
    services: Services, clock: FixedClock
) -> None:
    mother, resident_id, link = await a_child(services, "2012-12-24")
    assert link.due_at == FOURTEEN
    require = services.access.require
    clock.set(FOURTEEN - timedelta(milliseconds=1))
    await require(mother, resident_id, Category.READINGS, Action.RECORD)
    clock.set(FOURTEEN)
    await require(mother, resident_id, Category.READINGS)
    for action in ALL_ACTIONS - {Action.VIEW}:
        with pytest.raises(AccessDenied):
            await require(mother, resident_id, Category.READINGS, action)
    clock.set(FOURTEEN + RENEWAL_GRACE)
    with pytest.raises(AccessDenied):
        await require(mother, resident_id, Category.READINGS)
    assert await services.circle.renewals.run() == 1
    assert await Relation.find({"ended_at": None}).count() == 0
    assert await events("link_ended") == 1


async def test_the_family_is_told_once_by_however_many_workers(
    services: Services, clock: FixedClock
) -> None:
    await a_child(services, "2012-12-24")
    assert await services.circle.renewals.run() == 0
    clock.set(FOURTEEN - timedelta(days=30))
    await asyncio.gather(*(services.circle.renewals.run() for _ in range(4)))
    clock.advance(timedelta(days=1))
    assert await services.circle.renewals.run() == 0
    assert await events("link_needs_renewal") == 1


async def grown(
    services: Services, clock: FixedClock, mother: Viewer, resident_id: ObjectId
) -> Viewer:
    """The young person's own account, bound by an invitation shortly after their birthday."""
    young = a_viewer()
    clock.set(FOURTEEN - timedelta(days=1))
    with pytest.raises(TooYoung):
        await invited(services, mother, resident_id, OWN)
    clock.set(FOURTEEN)
    # The guardian only looks from today on, but still brings the young person in.
    mother.memo.clear()
    invitation, code = await invited(services, mother, resident_id, OWN)
    with pytest.raises(AccessDenied):
        await invited(services, mother, resident_id, READINGS_ONLY)
    await services.circle.invitations.accept(young, code)
    await services.circle.invitations.confirm(mother, resident_id, invitation.id)
    return young


async def test_the_young_person_renews_with_their_own_choice(
    services: Services, clock: FixedClock
) -> None:
    mother, resident_id, link = await a_child(services, "2012-12-24")
    young = await grown(services, clock, mother, resident_id)
    readings = frozenset({Category.READINGS})
    both = frozenset({Action.VIEW, Action.RECORD})
    renewed = await services.circle.renewals.renew(young, resident_id, link.id, readings, both)
    mother.memo.clear()
    await services.access.require(mother, resident_id, Category.READINGS, Action.RECORD)
    with pytest.raises(AccessDenied):
        await services.access.require(mother, resident_id, Category.CONDITIONS)
    eighteen = datetime(2030, 12, 24, tzinfo=SHANGHAI)
    assert (renewed.kind, renewed.due_at) == (RelationKind.GUARDIAN, eighteen)
    with pytest.raises(RenewalNotDue):
        await services.circle.renewals.renew(young, resident_id, link.id, readings, both)
    clock.set(eighteen)
    of_age = await services.circle.renewals.renew(young, resident_id, link.id, readings, both)
    assert (of_age.kind, of_age.due_at) == (RelationKind.CAREGIVER, None)


async def test_only_the_ward_renews(services: Services, clock: FixedClock) -> None:
    mother, resident_id, link = await a_child(services, "2012-12-24")
    await grown(services, clock, mother, resident_id)
    for viewer in (mother, a_viewer(), a_viewer(Role.OPERATOR)):
        with pytest.raises(AccessDenied):
            await services.circle.renewals.renew(
                viewer, resident_id, link.id, frozenset(Category), ALL_ACTIONS
            )
    assert (await link_of(mother, resident_id)).renewed_at is None


async def test_one_own_account_is_bound(services: Services, clock: FixedClock) -> None:
    mother, resident_id, _ = await a_child(services, "2012-01-01")
    invitation, code = await invited(services, mother, resident_id, OWN)
    other, second = await invited(services, mother, resident_id, OWN)
    with_record, _ = await a_resident(services)
    with pytest.raises(RelationExists):
        await services.circle.invitations.accept(with_record, code)
    await services.circle.invitations.accept(a_viewer(), code)
    await services.circle.invitations.accept(a_viewer(), second)
    await services.circle.invitations.confirm(mother, resident_id, invitation.id)
    with pytest.raises(OwnAccountBound):
        await services.circle.invitations.confirm(mother, resident_id, other.id)
    with pytest.raises(OwnAccountBound):
        await invited(services, mother, resident_id, OWN)
    assert await Relation.find({"kind": RelationKind.SELF}).count() == 2


async def test_a_guardian_invites_within_their_own_rights(services: Services) -> None:
    mother, resident_id, link = await a_child(services, "2020-05-01")
    await services.circle.links.change(
        mother,
        resident_id,
        link.id,
        Change(
            frozenset({Category.PROFILE, Category.READINGS}),
            frozenset({Action.VIEW, Action.MANAGE}),
            None,
        ),
        version=link.version,
    )
    with pytest.raises(GrantBeyondOwn):
        await invited(services, mother, resident_id)


async def test_an_adults_record_kept_by_another_is_looked_at_every_year(
    services: Services,
) -> None:
    _, _, link = await a_child(services, "1950-01-01")
    assert link.due_at is None
    assert link.valid_until == link.valid_from + LONGEST_GUARDIANSHIP


days = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@given(days, days)
def test_a_renewal_is_due_on_the_first_birthday_after(born: date, since: date) -> None:
    start = datetime(since.year, since.month, since.day, tzinfo=SHANGHAI)
    at = due(born, start)
    later = [birthday(born, age) for age in (14, 18) if birthday(born, age) > start]
    assert at == (later[0] if later else None)
    if at is not None:
        assert age_at(born, at) in (14, 18)
        assert age_at(born, at - timedelta(milliseconds=1)) in (13, 17)


@given(st.sampled_from([2004, 2008, 2012, 2016]), st.sampled_from([14, 18]))
def test_who_is_born_on_a_leap_day_turns_older_on_the_first_of_march(year: int, age: int) -> None:
    at = birthday(date(year, 2, 29), age).astimezone(SHANGHAI)
    assert (at.month, at.day) in ((3, 1), (2, 29))
    assert age_at(date(year, 2, 29), at) == age
