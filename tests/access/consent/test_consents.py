"""Consent as the rooms meet it: given with registration, withdrawn, missed, asked again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from bson import ObjectId

from backend.access.categories import ALL_ACTIONS, Action, Category
from backend.access.consent import states
from backend.access.consent.documents import ConsentRecord
from backend.access.consent.errors import (
    ConsentGuardianNeeded,
    ConsentMissing,
    ConsentNotYours,
    NoticeOutdated,
    NoticeUnknown,
)
from backend.access.consent.guardianship import age_on
from backend.access.consent.notices import Notice, current
from backend.access.consent.purpose import ConsentState, Purpose
from backend.access.consent.service import Consent
from backend.access.consent.writing import Accepted, accepted_now
from backend.access.errors import AccessDenied
from backend.access.relations import RelationKind
from backend.archive.documents import ResidentDocument
from backend.core.clock import FixedClock
from backend.core.idempotency import IdempotencyKeyReused
from backend.core.outbox import OutboxEntry
from backend.identity.viewer import Role, Viewer
from backend.main import build_dispatcher
from backend.measurements.documents import AlertDocument, ReadingDocument
from backend.services import Services
from tests.factories import a_caregiver, a_key, a_profile, a_resident, a_viewer, bp

HEALTH = Purpose.HEALTH_DATA


async def change(
    services: Services,
    viewer: Viewer,
    resident_id: ObjectId,
    purpose: Purpose = HEALTH,
    *,
    given: bool,
    key: str | None = None,
) -> Consent:
    return await services.consents.change(
        viewer,
        resident_id,
        Accepted(purpose, current(purpose).version),
        given=given,
        idempotency_key=key or a_key(),
    )


async def a_child(services: Services, born: str = "2021-05-01") -> tuple[Viewer, ObjectId]:
    mother = a_viewer()
    child = await services.residents.register(
        mother,
        a_profile("张小宝", born),
        kind=RelationKind.GUARDIAN,
        accepted=accepted_now(HEALTH),
        idempotency_key=a_key(),
    )
    return mother, child


async def test_registration_without_consent_stores_nothing(services: Services) -> None:
    with pytest.raises(ConsentMissing):
        await services.residents.register(
            a_viewer(),
            a_profile(),
            kind=RelationKind.SELF,
            accepted=accepted_now(Purpose.ASSISTANT),
            idempotency_key=a_key(),
        )
    assert await ResidentDocument.count() == 0
    assert await ConsentRecord.count() == 0


async def test_registration_with_a_version_that_never_was_is_refused(services: Services) -> None:
    with pytest.raises(NoticeUnknown):
        await services.residents.register(
            a_viewer(),
            a_profile(),
            kind=RelationKind.SELF,
            accepted=[Accepted(HEALTH, "0.9")],
            idempotency_key=a_key(),
        )
    assert await ResidentDocument.count() == 0


async def test_a_child_below_14_cannot_register_itself(services: Services) -> None:
    with pytest.raises(ConsentGuardianNeeded) as refusal:
        await services.residents.register(
            a_viewer(),
            a_profile("张小宝", "2012-11-22"),  # 14 tomorrow
            kind=RelationKind.SELF,
            accepted=accepted_now(HEALTH),
            idempotency_key=a_key(),
        )
    assert refusal.value.data == {"age": 14}
    assert await ResidentDocument.count() == 0


async def test_a_consent_names_the_text_that_was_shown(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    (record,) = await services.consents.history(viewer, resident_id)
    notice = current(HEALTH)
    assert (record.given, record.version, record.at) == (True, notice.version, clock.now())
    assert record.digest == notice.text(viewer.language).digest()
    assert (record.account_id, record.relation) == (viewer.account_id, RelationKind.SELF)


@pytest.mark.parametrize("who", ["owner", "caregiver", "doctor"])
async def test_without_health_data_only_the_profile_goes_on(services: Services, who: str) -> None:
    owner, resident_id = await a_resident(services)
    viewer = owner
    if who == "caregiver":
        viewer = await a_caregiver(services, resident_id)
    if who == "doctor":
        viewer = a_viewer(Role.FAMILY_DOCTOR)
        await services.access.grant(
            resident_id=resident_id, account_id=viewer.account_id, kind=RelationKind.DOCTOR
        )
    await change(services, owner, resident_id, given=False)
    viewer.memo.clear()
    profile = (await services.residents.get(viewer, resident_id)).profile
    assert str(profile.birth_date) == "1952-03-08"
    for category in set(Category) - {Category.PROFILE}:
        with pytest.raises(ConsentMissing) as refusal:
            await services.access.require(viewer, resident_id, category)
        assert refusal.value.data == {"purpose": "health_data", "state": "withdrawn"}
    with pytest.raises(ConsentMissing):
        await services.access.categories(viewer, resident_id)
    with pytest.raises(ConsentMissing):
        await services.recording.record(viewer, resident_id, bp(), idempotency_key=a_key())
    assert await ReadingDocument.count() == 0


async def test_a_stranger_learns_nothing_of_consent(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    await change(services, owner, resident_id, given=False)
    stranger = a_viewer()
    with pytest.raises(AccessDenied):
        await services.access.require(stranger, resident_id, Category.READINGS)
    with pytest.raises(AccessDenied):
        await services.consents.current(stranger, resident_id)


async def test_withdrawing_works_from_the_next_request_and_giving_again_restores(
    services: Services,
) -> None:
    owner, resident_id = await a_resident(services)
    await services.recording.record(owner, resident_id, bp(), idempotency_key=a_key())
    other_request = Viewer(account_id=owner.account_id, roles=owner.roles)
    await change(services, owner, resident_id, given=False)
    with pytest.raises(ConsentMissing):
        await services.access.require(other_request, resident_id, Category.READINGS)
    await change(services, owner, resident_id, given=True)
    again = Viewer(account_id=owner.account_id, roles=owner.roles)
    await services.access.require(again, resident_id, Category.READINGS)
    history = await services.consents.history(owner, resident_id)
    assert [(each.sequence, each.given) for each in history] == [(1, True), (2, False), (3, True)]


async def test_alerts_are_not_made_of_readings_without_consent(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    high = bp(190, 120)
    await services.recording.record(
        owner, resident_id, high, idempotency_key=a_key(), confirmed=True
    )
    await change(services, owner, resident_id, given=False)
    await build_dispatcher(services).drain()
    assert await AlertDocument.count() == 0
    assert await OutboxEntry.find({"state": {"$ne": "done"}}).count() == 0


async def test_a_purpose_is_void_without_what_it_needs(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    require = services.consents.require
    await change(services, owner, resident_id, Purpose.OUTSIDE_MODEL, given=True)
    with pytest.raises(ConsentMissing) as refusal:
        await require(resident_id, Purpose.OUTSIDE_MODEL)
    assert refusal.value.data == {"purpose": "assistant", "state": "missing"}
    await change(services, owner, resident_id, Purpose.ASSISTANT, given=True)
    await require(resident_id, Purpose.OUTSIDE_MODEL)
    await change(services, owner, resident_id, given=False)
    with pytest.raises(ConsentMissing):
        await require(resident_id, Purpose.OUTSIDE_MODEL)


async def test_a_new_major_version_asks_again_and_a_minor_one_does_not(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, resident_id = await a_resident(services)

    def newer(version: str) -> None:
        def renewed(purpose: Purpose) -> Notice:
            now = current(purpose)
            return Notice(
                purpose=purpose, version=version, since=now.since, sources=(), texts=now.texts
            )

        monkeypatch.setattr(states, "current", renewed)

    newer("1.7")
    await services.consents.require(resident_id, HEALTH)
    newer("2.0")
    with pytest.raises(ConsentMissing) as refusal:
        await services.consents.require(resident_id, HEALTH)
    assert refusal.value.data["state"] == ConsentState.OUTDATED.value


async def test_an_old_major_version_cannot_be_agreed_to(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, resident_id = await a_resident(services)
    now = current(Purpose.FCM)
    newer = Notice(purpose=Purpose.FCM, version="2.0", since=now.since, sources=(), texts=now.texts)
    monkeypatch.setattr("backend.access.consent.writing.current", lambda _: newer)
    with pytest.raises(NoticeOutdated) as refusal:
        await change(services, owner, resident_id, Purpose.FCM, given=True)
    assert refusal.value.data == {"purpose": "fcm", "version": "2.0"}
    assert await ConsentRecord.find({"purpose": "fcm"}).count() == 0


async def test_only_the_resident_and_guardians_consent(services: Services) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id, actions=ALL_ACTIONS)
    with pytest.raises(ConsentNotYours):
        await change(services, daughter, resident_id, given=False)
    with pytest.raises(ConsentNotYours):
        await services.consents.history(daughter, resident_id)
    only_looks = await a_caregiver(services, resident_id, actions=frozenset({Action.VIEW}))
    with pytest.raises(AccessDenied):
        await change(services, only_looks, resident_id, given=False)
    assert await ConsentRecord.count() == 1


async def test_below_14_the_guardian_consents_and_the_child_does_not(services: Services) -> None:
    mother, child_id = await a_child(services)
    child = a_viewer()
    await services.access.grant(
        resident_id=child_id, account_id=child.account_id, kind=RelationKind.SELF
    )
    with pytest.raises(ConsentGuardianNeeded):
        await change(services, child, child_id, Purpose.ASSISTANT, given=True)
    given = await change(services, mother, child_id, Purpose.ASSISTANT, given=True)
    assert given.state is ConsentState.GIVEN


async def test_saying_the_same_twice_adds_nothing(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    await change(services, owner, resident_id, given=True)
    await change(services, owner, resident_id, Purpose.TELEGRAM, given=False)
    assert await ConsentRecord.count() == 1
    key = a_key()
    for _ in range(2):
        await change(services, owner, resident_id, given=False, key=key)
    assert await ConsentRecord.count() == 2
    with pytest.raises(IdempotencyKeyReused):
        await change(services, owner, resident_id, given=True, key=key)


async def test_the_consent_of_many_residents_is_read_at_once(services: Services) -> None:
    given, withdrawn = await a_resident(services), await a_resident(services)
    await change(services, *withdrawn, given=False)
    viewer = a_viewer()
    ids = [given[1], withdrawn[1], ObjectId()]
    await services.consents.states.preload(viewer, ids)
    found = [await services.consents.states.health_data(viewer, each) for each in ids]
    assert found == [ConsentState.GIVEN, ConsentState.WITHDRAWN, ConsentState.MISSING]


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2012, 11, 22), date(2026, 11, 21), 13),
        (date(2012, 11, 22), date(2026, 11, 22), 14),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
    ],
)
def test_age_in_whole_years(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


async def test_the_child_answers_for_itself_from_its_14th_birthday_in_shanghai(
    services: Services, clock: FixedClock
) -> None:
    _, child_id = await a_child(services, "2012-11-22")
    child = a_viewer()
    await services.access.grant(
        resident_id=child_id, account_id=child.account_id, kind=RelationKind.SELF
    )
    clock.advance(timedelta(hours=13, minutes=59))  # 23:59 in Shanghai
    with pytest.raises(ConsentGuardianNeeded):
        await change(services, child, child_id, Purpose.ASSISTANT, given=True)
    clock.advance(timedelta(minutes=1))
    await change(services, child, child_id, Purpose.ASSISTANT, given=True)
