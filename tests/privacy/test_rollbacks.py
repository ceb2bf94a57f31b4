"""A wrong change by staff undone by two of them; corrections asked of who recorded."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.errors import AccessDenied, RoleRequired
from backend.access.log.documents import AccessEntry
from backend.access.relations import RelationKind
from backend.archive.entry import Entry
from backend.core.clock import FixedClock
from backend.core.history import ChangedMeanwhile, VersionNotFound
from backend.core.outbox import OutboxEntry
from backend.core.text_errors import TextEmpty
from backend.identity.errors import OperatorRequired
from backend.identity.viewer import Role, Viewer
from backend.measurements.documents import ReadingDocument
from backend.privacy.documents import CorrectionDocument, RollbackDocument
from backend.privacy.errors import (
    CorrectionAnswered,
    CorrectionNotFound,
    CorrectionYours,
    RightNotYours,
    RollbackChangedSince,
    RollbackClosed,
    RollbackNotStaffs,
    RollbackSecondNeeded,
    RollbackTooLate,
)
from backend.privacy.records import ENTRIES, READINGS, Thing
from backend.privacy.rollbacks import Rollback
from backend.services import Services
from tests.factories import a_caregiver, a_condition, a_key, a_resident, a_viewer, bp
from tests.graphql_api.household import signed_in

RIGHT, WRONG = "2015", "1915"


async def a_doctor(services: Services, resident_id: ObjectId) -> Viewer:
    doctor, _ = await signed_in(services, Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=resident_id, account_id=doctor.account_id, kind=RelationKind.DOCTOR
    )
    return doctor


async def wronged(services: Services) -> tuple[Viewer, Viewer, Entry]:
    """The owner, a doctor, and the owner's entry that the doctor changed to nonsense."""
    owner, resident_id = await a_resident(services)
    doctor = await a_doctor(services, resident_id)
    right = a_condition(onset=RIGHT)
    entry = await services.entries.add(owner, resident_id, right, idempotency_key=a_key())
    entry = await services.entries.amend(
        doctor, resident_id, entry.id, a_condition(onset=WRONG), version=1
    )
    return owner, doctor, entry


def thing_of(entry: Entry) -> Thing:
    return Thing(ENTRIES, entry.resident_id, entry.id)


async def ask(services: Services, staff: Viewer, entry: Entry, to_version: int = 1) -> Rollback:
    return await services.privacy.rollbacks.ask(
        staff, thing_of(entry), to_version, "年份录错了", idempotency_key=a_key()
    )


async def onset(services: Services, owner: Viewer, entry: Entry) -> tuple[int, str]:
    now = await services.entries.get(owner, entry.resident_id, entry.id)
    return now.version, str(getattr(now.body, "onset", None))


async def test_two_members_of_staff_put_the_right_version_back(
    services: Services, clock: FixedClock
) -> None:
    owner, doctor, entry = await wronged(services)
    asked = await ask(services, doctor, entry)
    assert await onset(services, owner, entry) == (2, WRONG)
    second = await a_doctor(services, entry.resident_id)
    done = await services.privacy.rollbacks.confirm(second, entry.resident_id, asked.id, version=2)
    assert await onset(services, owner, entry) == (3, RIGHT)
    assert (done.open, done.new_version, done.confirmed_by) == (False, 3, second.account_id)
    history = await services.entries.history(owner, entry.resident_id, entry.id)
    assert [past.version for _, past in history] == [2, 1]
    assert history[0][1].replaced_by == second.account_id
    [seen] = await services.privacy.rollbacks.of(owner, entry.resident_id)
    assert (seen.reason, seen.at) == ("年份录错了", clock.now())
    noted = await AccessEntry.find({"account_id": second.account_id, "action": "record"}).count()
    assert noted > 0
    names = [each.name async for each in OutboxEntry.find({}).sort("_id")]
    assert names[-2:] == ["entry_changed", "rollback_done"]


async def test_a_reading_is_put_back_as_well(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    doctor, second = await a_doctor(services, resident_id), await a_doctor(services, resident_id)
    outcome = await services.recording.record(
        owner, resident_id, bp(138, 86), idempotency_key=a_key()
    )
    assert outcome.reading_id is not None
    await services.correcting.correct(
        doctor, resident_id, outcome.reading_id, bp(238, 86), version=1, confirmed=True
    )
    thing = Thing(READINGS, resident_id, outcome.reading_id)
    asked = await services.privacy.rollbacks.ask(
        doctor, thing, 1, "收缩压录错", idempotency_key=a_key()
    )
    await services.privacy.rollbacks.confirm(second, resident_id, asked.id, version=2)
    reading = await services.readings.get(owner, resident_id, outcome.reading_id)
    assert (reading.version, reading.values["systolic"]) == (3, 138)
    assert await ReadingDocument.count() == 1


async def test_nobody_confirms_their_own_request(services: Services) -> None:
    owner, doctor, entry = await wronged(services)
    asked = await ask(services, doctor, entry)
    with pytest.raises(RollbackSecondNeeded):
        await services.privacy.rollbacks.confirm(doctor, entry.resident_id, asked.id, version=2)
    assert await onset(services, owner, entry) == (2, WRONG)


async def test_only_staff_of_the_resident_ask_and_confirm(services: Services) -> None:
    owner, doctor, entry = await wronged(services)
    asked = await ask(services, doctor, entry)
    daughter = await a_caregiver(services, entry.resident_id)
    other_doctor, _ = await signed_in(services, Role.FAMILY_DOCTOR)
    for viewer in (owner, daughter, a_viewer(), other_doctor):
        with pytest.raises(AccessDenied):
            await ask(services, viewer, entry)
        with pytest.raises(AccessDenied):
            await services.privacy.rollbacks.confirm(viewer, entry.resident_id, asked.id, version=2)
    assert await onset(services, owner, entry) == (2, WRONG)
    assert await RollbackDocument.count() == 1


async def test_after_thirty_days_it_is_too_late(services: Services, clock: FixedClock) -> None:
    owner, doctor, entry = await wronged(services)
    second = await a_doctor(services, entry.resident_id)
    asked = await ask(services, doctor, entry)
    clock.advance(timedelta(days=30, milliseconds=1))
    with pytest.raises(RollbackTooLate) as refusal:
        await services.privacy.rollbacks.confirm(second, entry.resident_id, asked.id, version=2)
    assert refusal.value.data == {"days": 30}
    with pytest.raises(RollbackTooLate):
        await ask(services, second, entry)
    assert await onset(services, owner, entry) == (2, WRONG)


async def test_what_the_resident_changed_meanwhile_needs_confirming_anew(
    services: Services,
) -> None:
    owner, doctor, entry = await wronged(services)
    second = await a_doctor(services, entry.resident_id)
    asked = await ask(services, doctor, entry)
    await services.entries.amend(
        owner, entry.resident_id, entry.id, a_condition(onset="2016"), version=2
    )
    with pytest.raises(RollbackChangedSince) as refusal:
        await services.privacy.rollbacks.confirm(second, entry.resident_id, asked.id, version=2)
    assert refusal.value.data == {"version": 3}
    assert await onset(services, owner, entry) == (3, "2016")
    await services.privacy.rollbacks.confirm(second, entry.resident_id, asked.id, version=3)
    assert await onset(services, owner, entry) == (4, RIGHT)


async def test_what_the_resident_changed_is_not_staffs_to_undo(services: Services) -> None:
    owner, doctor, entry = await wronged(services)
    await services.entries.amend(
        owner, entry.resident_id, entry.id, a_condition(onset="2016"), version=2
    )
    with pytest.raises(RollbackNotStaffs):
        await ask(services, doctor, entry, to_version=2)
    with pytest.raises(VersionNotFound):
        await ask(services, doctor, entry, to_version=9)
    assert await RollbackDocument.count() == 0


async def test_two_confirm_at_once_and_one_wins(services: Services) -> None:
    owner, doctor, entry = await wronged(services)
    asked = await ask(services, doctor, entry)
    with pytest.raises(RollbackClosed):
        await ask(services, doctor, entry)  # one at a time for an entry
    others = [await a_doctor(services, entry.resident_id) for _ in range(3)]
    results = await asyncio.gather(
        *(
            services.privacy.rollbacks.confirm(each, entry.resident_id, asked.id, version=2)
            for each in others
        ),
        return_exceptions=True,
    )
    lost = [each for each in results if isinstance(each, Exception)]
    assert len(lost) == 2
    assert all(
        isinstance(each, (ChangedMeanwhile, RollbackClosed, RollbackChangedSince)) for each in lost
    )
    assert await onset(services, owner, entry) == (3, RIGHT)


async def test_operators_find_what_waits_for_a_second_and_the_resident_sees_that_they_looked(
    services: Services, clock: FixedClock
) -> None:
    asked = []
    for _ in range(3):
        clock.advance(timedelta(minutes=1))
        owner, doctor, entry = await wronged(services)
        asked.append(await ask(services, doctor, entry))
    rollbacks, operator = services.privacy.rollbacks, a_viewer(Role.OPERATOR)
    page = await rollbacks.waiting(operator, first=2)
    assert [(each.id, each.reason) for each in page.items] == [
        (asked[2].id, "年份录错了"),
        (asked[1].id, "年份录错了"),
    ]
    looked = await AccessEntry.find({"account_id": operator.account_id}).to_list()
    # The third request is not shown yet, so nobody looked.
    assert {each.resident_id for each in looked} == {each.thing.resident_id for each in page.items}
    assert {(each.action, each.why) for each in looked} == {("view", "rollback")}
    rest = await rollbacks.waiting(operator, first=2, after=page.cursor(page.items[-1]))
    assert ([each.id for each in rest.items], rest.has_next) == ([asked[0].id], False)
    await rollbacks.confirm(operator, entry.resident_id, asked[2].id, version=2)
    waiting = await rollbacks.waiting(operator, first=10)
    assert [each.id for each in waiting.items] == [asked[1].id, asked[0].id]
    for viewer in (owner, doctor, a_viewer()):
        with pytest.raises(OperatorRequired):
            await rollbacks.waiting(viewer, first=10)


async def test_a_reason_is_needed_and_sealed(services: Services) -> None:
    _, doctor, entry = await wronged(services)
    with pytest.raises(TextEmpty):
        await services.privacy.rollbacks.ask(
            doctor, thing_of(entry), 1, "  ", idempotency_key=a_key()
        )
    await ask(services, doctor, entry)
    [raw] = await RollbackDocument.get_pymongo_collection().find().to_list()
    assert "年份录错了".encode() not in bytes(raw["reason"])


async def from_the_doctor(services: Services) -> tuple[Viewer, Viewer, Entry]:
    owner, resident_id = await a_resident(services)
    doctor = await a_doctor(services, resident_id)
    entry = await services.entries.add(doctor, resident_id, a_condition(), idempotency_key=a_key())
    return owner, doctor, entry


async def test_a_correction_is_asked_answered_and_shown(services: Services) -> None:
    owner, doctor, entry = await from_the_doctor(services)
    corrections = services.privacy.corrections
    made = await corrections.request(
        owner, thing_of(entry), "我没有高血压", idempotency_key=a_key()
    )
    page = await corrections.waiting(doctor, first=10)
    assert [(each.id, each.words) for each in page.items] == [(made.id, "我没有高血压")]
    await corrections.answer(
        doctor, entry.resident_id, made.id, accepted=True, words="已标记为误录"
    )
    [seen] = await corrections.of(owner, entry.resident_id)
    assert (seen.open, seen.accepted, seen.answer) == (False, True, "已标记为误录")
    assert (await corrections.waiting(doctor, first=10)).items == []
    with pytest.raises(CorrectionAnswered):
        await corrections.answer(doctor, entry.resident_id, made.id, accepted=False, words="不")
    names = [each.name async for each in OutboxEntry.find({}).sort("_id")]
    assert names[-2:] == ["correction_requested", "correction_answered"]


async def test_other_staff_see_and_answer_nothing_and_operators_all(services: Services) -> None:
    owner, _, entry = await from_the_doctor(services)
    corrections = services.privacy.corrections
    made = await corrections.request(owner, thing_of(entry), "有误", idempotency_key=a_key())
    other = await a_doctor(services, entry.resident_id)
    assert (await corrections.waiting(other, first=10)).items == []
    with pytest.raises(CorrectionNotFound):
        await corrections.answer(other, entry.resident_id, made.id, accepted=True, words="好")
    operator = a_viewer(Role.OPERATOR)
    assert [each.id for each in (await corrections.waiting(operator, first=10)).items] == [made.id]
    looked = await AccessEntry.find({"account_id": operator.account_id}).to_list()
    assert [(each.relation, each.why) for each in looked] == [("operator", "correction")]
    with pytest.raises(RoleRequired):
        await corrections.waiting(owner, first=10)
    with pytest.raises(AccessDenied):
        await corrections.answer(a_viewer(), entry.resident_id, made.id, accepted=True, words="好")


async def test_what_is_ones_own_needs_no_request_and_others_cannot_make_one(
    services: Services,
) -> None:
    owner, doctor, entry = await wronged(services)
    request = services.privacy.corrections.request
    with pytest.raises(CorrectionYours):
        await request(owner, thing_of(entry), "错", idempotency_key=a_key())
    for viewer, error in ((doctor, RightNotYours), (a_viewer(), AccessDenied)):
        with pytest.raises(error):
            await request(viewer, thing_of(entry), "错", idempotency_key=a_key())
    assert await CorrectionDocument.count() == 0
