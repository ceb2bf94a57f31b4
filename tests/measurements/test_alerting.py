"""From a reading to an alert, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Action
from backend.access.errors import AccessDenied, RoleRequired
from backend.access.relations import RelationKind
from backend.core.clock import SHANGHAI, FixedClock
from backend.core.outbox import OutboxEntry
from backend.identity.viewer import Role, Viewer
from backend.main import build_dispatcher
from backend.measurements.alert import Alert
from backend.measurements.documents import AlertDocument
from backend.measurements.draft import Draft, Kind, Quantity
from backend.measurements.thresholds import Level, Override
from backend.measurements.write_errors import AlertNotFound, LimitInvalid, SnoozeInvalid
from backend.services import Services
from tests.factories import a_caregiver, a_condition, a_key, a_resident, a_viewer, bp


async def record(
    services: Services, viewer: Viewer, resident_id: ObjectId, draft: Draft
) -> ObjectId:
    outcome = await services.recording.record(
        viewer, resident_id, draft, idempotency_key=a_key(), confirmed=True
    )
    assert outcome.reading_id is not None
    await build_dispatcher(services).drain()
    return outcome.reading_id


async def alerts(services: Services, viewer: Viewer, resident_id: ObjectId) -> list[Alert]:
    return (await services.alerts.page(viewer, resident_id, first=20)).items


def now_bp(clock: FixedClock, systolic: float, diastolic: float, minutes: int = 0) -> Draft:
    moment = clock.now().astimezone(SHANGHAI) - timedelta(minutes=minutes)
    return bp(systolic, diastolic, moment)


async def test_a_very_high_reading_is_an_urgent_alert_in_plain_words(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    await record(services, viewer, resident_id, now_bp(clock, 186, 112))
    [alert] = [e for e in await alerts(services, viewer, resident_id) if e.level is Level.URGENT]
    assert alert.kind is Kind.BLOOD_PRESSURE
    assert "186/112" in alert.reason.zh
    assert "医" in alert.what_to_do.zh
    assert alert.source.zh


async def test_an_ordinary_reading_is_no_alert(services: Services, clock: FixedClock) -> None:
    viewer, resident_id = await a_resident(services)
    await record(services, viewer, resident_id, now_bp(clock, 122, 76))
    assert await alerts(services, viewer, resident_id) == []


async def test_repeated_readings_do_not_make_repeated_alerts(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    for minutes in (30, 20, 10):
        await record(services, viewer, resident_id, now_bp(clock, 184, 111, minutes))
    urgent = [e for e in await alerts(services, viewer, resident_id) if e.level is Level.URGENT]
    assert [each.times for each in urgent] == [3]


async def test_an_event_delivered_twice_changes_nothing(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    await record(services, viewer, resident_id, now_bp(clock, 184, 111))
    before = await alerts(services, viewer, resident_id)
    await OutboxEntry.get_pymongo_collection().update_many(
        {}, {"$set": {"state": "pending", "done_by": [], "available_at": clock.now()}}
    )
    await build_dispatcher(services).drain()
    after = await alerts(services, viewer, resident_id)
    assert [(e.id, e.times, e.level) for e in after] == [(e.id, e.times, e.level) for e in before]


async def test_withdrawing_the_only_reason_closes_the_alert(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    reading_id = await record(services, viewer, resident_id, now_bp(clock, 184, 111))
    assert await alerts(services, viewer, resident_id) != []
    await services.correcting.withdraw(viewer, resident_id, reading_id, version=1)
    await build_dispatcher(services).drain()
    assert await alerts(services, viewer, resident_id) == []


async def test_what_two_alerts_lose_with_one_reading_is_judged_by_standards_read_once(
    services: Services, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, resident_id = await a_resident(services)
    for minutes in (40, 20):
        slip = await record(services, viewer, resident_id, now_bp(clock, 186, 112, minutes))
    stored = AlertDocument.get_pymongo_collection()
    [one] = await stored.find({"resident_id": resident_id, "readings": str(slip)}).to_list()
    other = {**one, "_id": ObjectId(), "trouble": "blood_pressure:single:low"}
    await stored.insert_one(other)
    asked, standards = [], services.alerting._standards

    async def counted(person_id: ObjectId) -> object:
        asked.append(person_id)
        return await standards(person_id)

    monkeypatch.setattr(services.alerting, "_standards", counted)
    await services.correcting.withdraw(viewer, resident_id, slip, version=1)
    await build_dispatcher(services).drain()

    assert asked == [resident_id]
    left = {raw["_id"]: raw async for raw in stored.find({"resident_id": resident_id})}
    assert (left[one["_id"]]["open"], len(left[one["_id"]]["readings"])) == (True, 1)
    assert left[other["_id"]]["open"] is False


async def test_withdrawing_the_gravest_reason_leaves_what_the_others_say(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    await record(services, viewer, resident_id, now_bp(clock, 165, 80, 20))
    before = await alerts(services, viewer, resident_id)
    slip = await record(services, viewer, resident_id, now_bp(clock, 186, 80))
    assert {each.level for each in await alerts(services, viewer, resident_id)} == {Level.URGENT}
    await services.correcting.withdraw(viewer, resident_id, slip, version=1)
    await build_dispatcher(services).drain()
    after = await alerts(services, viewer, resident_id)
    said = [(each.level, each.reason, each.what_to_do, each.times, each.at) for each in after]
    assert said == [(e.level, e.reason, e.what_to_do, e.times, e.at) for e in before]
    assert "165/80" in after[0].reason.zh


async def test_an_earlier_version_that_is_restored_takes_the_alert_of_the_later_one_with_it(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    reading_id = await record(services, viewer, resident_id, now_bp(clock, 121, 80))
    await services.correcting.correct(
        viewer, resident_id, reading_id, now_bp(clock, 212, 80), version=1, confirmed=True
    )
    await build_dispatcher(services).drain()
    assert await alerts(services, viewer, resident_id) != []
    await services.correcting.restore(viewer, resident_id, reading_id, to_version=1, version=2)
    await build_dispatcher(services).drain()
    assert await alerts(services, viewer, resident_id) == []


async def test_a_corrected_typing_error_closes_the_alert(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    reading_id = await record(services, viewer, resident_id, now_bp(clock, 212, 80))
    await services.correcting.correct(
        viewer, resident_id, reading_id, now_bp(clock, 121, 80), version=1
    )
    await build_dispatcher(services).drain()
    assert await alerts(services, viewer, resident_id) == []


async def test_an_acknowledged_alert_is_not_open_any_more(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    await record(services, viewer, resident_id, now_bp(clock, 184, 111))
    for alert in await alerts(services, viewer, resident_id):
        done = await services.alerts.acknowledge(viewer, resident_id, alert.id)
        assert done.acknowledged_by == viewer.account_id
    assert await alerts(services, viewer, resident_id) == []
    everything = await services.alerts.page(viewer, resident_id, first=20, open_only=False)
    assert everything.items != []


async def test_a_snooze_lies_between_now_and_a_week(services: Services, clock: FixedClock) -> None:
    viewer, resident_id = await a_resident(services)
    await record(services, viewer, resident_id, now_bp(clock, 184, 111))
    alert = (await alerts(services, viewer, resident_id))[0]
    for wrong in (clock.now(), clock.now() + timedelta(days=8)):
        with pytest.raises(SnoozeInvalid):
            await services.alerts.snooze(viewer, resident_id, alert.id, wrong)
    until = clock.now() + timedelta(hours=2)
    done = await services.alerts.snooze(viewer, resident_id, alert.id, until)
    assert done.snoozed_until == until


async def test_who_receives_no_alerts_acknowledges_none(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    await record(services, viewer, resident_id, now_bp(clock, 184, 111))
    alert = (await alerts(services, viewer, resident_id))[0]
    onlooker = await a_caregiver(services, resident_id, actions=frozenset({Action.VIEW}))
    with pytest.raises(AccessDenied):
        await services.alerts.acknowledge(onlooker, resident_id, alert.id)
    other, other_id = await a_resident(services)
    with pytest.raises(AlertNotFound):
        await services.alerts.acknowledge(other, other_id, alert.id)
    assert len(await alerts(services, viewer, resident_id)) >= 1


async def test_the_log_names_the_alert_s_own_category(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    await record(services, viewer, resident_id, now_bp(clock, 184, 111))
    alert = (await alerts(services, viewer, resident_id))[0]
    daughter = await a_caregiver(services, resident_id)
    await services.alerts.get(daughter, resident_id, alert.id)
    await services.alerts.acknowledge(daughter, resident_id, alert.id)
    log = services.core.store.db["access_log"].find({"account_id": daughter.account_id})
    assert [(raw["category"], raw["action"]) async for raw in log] == [
        ("readings", "view"),
        ("readings", "receive_alerts"),
    ]


async def test_the_doctor_s_limit_holds_for_this_person_only(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    other, other_id = await a_resident(services)
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=resident_id, account_id=doctor.account_id, kind=RelationKind.DOCTOR
    )
    today = clock.now().astimezone(SHANGHAI).date()
    limit = Override(
        kind=Kind.SPO2, component="spo2", low=88, high=92, valid_from=today, set_by="王医生"
    )
    await services.overrides.set(doctor, resident_id, limit, idempotency_key=a_key())
    [(_, stored)] = await services.overrides.current(viewer, resident_id)
    assert stored == limit
    reading = Draft(
        kind=Kind.SPO2,
        at=clock.now().astimezone(SHANGHAI),
        values={"spo2": Quantity(90, "%")},
    )
    for who, whose in ((viewer, resident_id), (other, other_id)):
        await record(services, who, whose, reading)
    assert await alerts(services, viewer, resident_id) == []
    assert [e.level for e in await alerts(services, other, other_id)] == [Level.HIGH]


async def test_only_the_doctor_sets_limits(services: Services, clock: FixedClock) -> None:
    viewer, resident_id = await a_resident(services)
    today = clock.now().date()
    limit = Override(kind=Kind.SPO2, component="spo2", low=88, valid_from=today, set_by="自己")
    with pytest.raises(RoleRequired):
        await services.overrides.set(viewer, resident_id, limit, idempotency_key=a_key())
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=resident_id, account_id=doctor.account_id, kind=RelationKind.DOCTOR
    )
    wrong = Override(kind=Kind.SPO2, component="mood", low=1, valid_from=today, set_by="王医生")
    with pytest.raises(LimitInvalid):
        await services.overrides.set(doctor, resident_id, wrong, idempotency_key=a_key())
    assert await services.overrides.current(viewer, resident_id) == []


async def test_a_known_condition_decides_which_limits_hold(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    assert (await services.people.person(resident_id)).conditions == frozenset()
    await services.entries.add(viewer, resident_id, a_condition(), idempotency_key=a_key())
    assert "hypertension" in (await services.people.person(resident_id)).conditions
