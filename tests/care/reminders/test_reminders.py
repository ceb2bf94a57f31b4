"""Reminders through their day: due, taken, put off, missed; who hears; what workers do."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.errors import AccessDenied
from backend.archive.sections import MedicationBody, coded
from backend.archive.sections.medication import Dosage, MedicationStatus, PeriodUnit, Schedule
from backend.care.reminders.documents import (
    OccurrenceDocument,
    OccurrenceState,
    ReminderDocument,
    ReminderState,
)
from backend.care.reminders.errors import (
    OccurrenceSettled,
    ReminderChanged,
    ReminderInvalid,
    ReminderNeverDue,
    ReminderNotFound,
    ReminderSnoozeInvalid,
    RemindersTooMany,
    ScheduleUnclear,
)
from backend.care.reminders.limits import ReminderKind
from backend.care.reminders.reminder import ReminderDraft, StockDraft
from backend.care.reminders.worker import ReminderWorker
from backend.core.clock import SHANGHAI, FixedClock
from backend.core.outbox import OutboxEntry
from backend.main import build_dispatcher
from backend.notifications.documents import InboxItem
from backend.notifications.kinds import PushState
from backend.services import Services
from tests.care.reminders.helpers import a_draft, a_reminder, occurrences
from tests.factories import a_caregiver, a_key, a_resident, a_viewer, bp
from tests.notifications.phones import SayingPhone, reachable, with_phones

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
TAKEN, SKIPPED = OccurrenceState.TAKEN, OccurrenceState.SKIPPED
HOUR = timedelta(hours=1)


async def told(text: str | None = None) -> list[InboxItem]:
    return await InboxItem.find({"text": text} if text else {}).sort("_id").to_list()


async def test_a_medicine_is_reminded_of_taken_and_counted(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    made = await a_reminder(services, owner, resident_id, a_draft("12:00", "20:00"))
    room = services.reminders
    assert made.next_at == NOON
    clock.set(NOON - timedelta(minutes=1))
    assert await room.worker.drain() == 0
    clock.set(NOON)
    assert await room.worker.drain() == 1
    assert await room.worker.drain() == 0
    [occurrence] = await occurrences(resident_id)
    assert (occurrence.due_at, occurrence.state) == (NOON, OccurrenceState.DUE)
    [item] = await told()
    assert (item.account_id, item.text) == (owner.account_id, "reminder_medication")
    assert item.about == ["ReminderOccurrence", str(occurrence.id)]
    after = await room.occurrences.answer(owner, resident_id, occurrence.id, TAKEN)
    assert (after.state, after.answered_by) == (TAKEN, owner.account_id)
    assert (await told())[0].read_at == NOON, "it was dealt with"
    assert await room.occurrences.answer(owner, resident_id, occurrence.id, TAKEN) == after
    assert await OutboxEntry.find({"name": "reminder_answered"}).count() == 1
    clock.set(NOON + 8 * HOUR)
    await room.worker.drain()
    second = (await occurrences(resident_id))[1]
    await room.occurrences.answer(owner, resident_id, second.id, SKIPPED)
    clock.set(NOON + 24 * HOUR)
    await room.worker.drain()
    clock.advance(2 * HOUR)
    await room.worker.drain()
    third = (await occurrences(resident_id))[2]
    assert third.state is OccurrenceState.MISSED
    found = await room.occurrences.adherence(owner, resident_id, reminder_id=made.id)
    assert (found.taken, found.skipped, found.missed, found.percent) == (1, 1, 1, 33)
    await room.occurrences.answer(owner, resident_id, third.id, TAKEN)
    assert (await room.occurrences.adherence(owner, resident_id)).percent == 67
    clock.advance(timedelta(days=8))
    with pytest.raises(OccurrenceSettled):
        await room.occurrences.answer(owner, resident_id, third.id, SKIPPED)


async def test_later_comes_again_and_what_is_missed_is_told_to_family_if_so_chosen(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    readings_only = await a_caregiver(
        services, resident_id, categories=frozenset({Category.READINGS})
    )
    await a_reminder(services, owner, resident_id, a_draft(tell_family=True))
    await a_reminder(services, owner, resident_id, a_draft("12:00", title="阿司匹林"))
    room = services.reminders
    clock.set(NOON)
    assert await room.worker.drain() == 2
    first = next(each for each in await occurrences(resident_id) if each.tell_family)
    for minutes in (4, 1_441):
        with pytest.raises(ReminderSnoozeInvalid):
            await room.occurrences.later(owner, resident_id, first.id, minutes)
    put_off = await room.occurrences.later(owner, resident_id, first.id, 30)
    assert put_off.missed_at == NOON + timedelta(minutes=150)
    clock.set(NOON + timedelta(minutes=30))
    assert await room.worker.drain() == 1
    about_first = [
        each for each in await told() if each.about == ["ReminderOccurrence", str(first.id)]
    ]
    assert [each.read_at is None for each in about_first] == [False, True]
    clock.set(NOON + timedelta(minutes=149))
    await room.worker.drain()
    assert await told("reminder_missed") == []
    clock.set(NOON + timedelta(minutes=150))
    await room.worker.drain()
    [item] = await told("reminder_missed")
    assert item.account_id == daughter.account_id
    assert item.account_id != readings_only.account_id
    states = Counter(each.state for each in await occurrences(resident_id))
    assert states == {OccurrenceState.MISSED: 2}
    with pytest.raises(OccurrenceSettled):
        await room.occurrences.later(owner, resident_id, first.id, 30)
    assert await room.worker.drain() == 0


async def test_a_clock_that_jumps_tells_nothing_twice_and_nothing_stale(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    await a_reminder(services, owner, resident_id, a_draft("12:00"))
    room = services.reminders
    clock.set(NOON + timedelta(days=3, hours=1))
    await room.worker.drain()
    found = await occurrences(resident_id)
    assert [each.due_at for each in found] == [NOON + timedelta(days=day) for day in range(4)]
    assert [each.state for each in found] == [OccurrenceState.UNTOLD] * 3 + [OccurrenceState.DUE]
    assert len(await told()) == 1
    clock.set(NOON - timedelta(days=1))
    await room.worker.drain()
    clock.set(NOON + timedelta(days=3, hours=1))
    await room.worker.drain()
    assert len(await told()) == 1
    assert len(await occurrences(resident_id)) == 4
    clock.set(NOON + timedelta(days=400))
    await room.worker.drain()
    assert len(await occurrences(resident_id)) <= 4 + 51, "a jump leaves no flood"
    assert len(await told()) == 2
    adherence = await room.occurrences.adherence(owner, resident_id)
    assert adherence.missed == 0, "what nobody was told counts for nothing"


async def test_two_workers_on_the_same_reminders_tell_each_once(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    for number in range(60):
        await a_reminder(services, owner, resident_id, a_draft(title=f"药{number}"))
    clock.set(NOON)
    room = services.notifications
    workers = [ReminderWorker(services.core, room.telling, room.recipients) for _ in range(3)]
    done = await asyncio.gather(*(each.drain() for each in workers))
    assert sum(done) == 60
    assert len(await occurrences(resident_id)) == 60
    assert len({each.occasion for each in await told()}) == len(await told()) == 60


async def test_a_reminder_that_cannot_be_looked_at_holds_up_no_other(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    broken, good = [await a_reminder(services, viewer, resident_id) for _ in range(2)]
    await ReminderDocument.get_pymongo_collection().update_one(
        {"_id": broken.id}, {"$set": {"zone": "Nowhere/At_All"}}
    )
    clock.set(NOON)
    await services.reminders.worker.step()
    assert {each.reminder_id for each in await occurrences(resident_id)} == {good.id}


async def test_a_worker_that_dies_or_oversleeps_neither_loses_nor_repeats(
    services: Services, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, resident_id = await a_resident(services)
    made = await a_reminder(services, owner, resident_id)
    clock.set(NOON)
    room = services.notifications
    dying = ReminderWorker(services.core, room.telling, room.recipients)

    async def killed(*_: object) -> int:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(room.telling, "tell", killed)
        with pytest.raises(asyncio.CancelledError):
            await dying.step()
    assert await occurrences(resident_id) == []
    assert await services.reminders.worker.drain() == 0, "the lease holds"
    clock.advance(timedelta(seconds=21))
    assert await services.reminders.worker.drain() == 1
    assert len(await told()) == 1
    # Somebody changes it between the claim and the write: the claim matches nothing.
    clock.set(NOON + timedelta(days=1))
    name, raws = await dying._reminders.take({"state": "active"}, 10)
    version = raws[0]["version"]
    await services.reminders.reminders.change(
        owner, resident_id, made.id, a_draft("15:00"), version=version
    )
    await dying._in_batch_or_alone(dying._fall, name, raws)
    assert len(await told()) == 1
    clock.set(NOON + timedelta(days=1, hours=3))
    await services.reminders.worker.drain()
    assert [each.due_at.hour for each in await occurrences(resident_id)] == [4, 7]


async def test_a_reminder_reaches_the_phone_in_quiet_hours_that_its_owner_chose_it_in(
    services: Services, clock: FixedClock
) -> None:
    phone = SayingPhone()
    room = with_phones(services, phone)
    owner, resident_id = await a_resident(services)
    await reachable(services.core, room, owner.account_id, phone)
    await a_reminder(services, owner, resident_id, a_draft("06:00", "06:30"))
    clock.set(NOON + timedelta(hours=18))
    await services.reminders.worker.drain()
    await room.sending.drain()
    assert [parcel.text for _, parcel in phone.got] == ["您有一条新的健康提醒"]
    clock.advance(timedelta(minutes=30))
    await services.reminders.worker.drain()
    open_ones = await services.reminders.occurrences.page(
        owner, resident_id, first=10, open_only=True
    )
    for each in open_ones.items:
        await services.reminders.occurrences.answer(owner, resident_id, each.id, TAKEN)
    await room.sending.drain()
    assert len(phone.got) == 1, "taken before it was sent"
    assert (await told())[-1].push.state is PushState.READ


async def test_stock_runs_down_with_what_is_taken_and_is_said_once(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    stock = StockDraft(left=5, per_dose=1, warn_days=3)
    made = await a_reminder(services, owner, resident_id, a_draft(stock=stock))
    room = services.reminders
    for day in range(4):
        clock.set(NOON + timedelta(days=day))
        await room.worker.drain()
        last = (await occurrences(resident_id))[-1]
        await room.occurrences.answer(owner, resident_id, last.id, TAKEN)
        assert len(await told("reminder_stock")) == (0 if day < 2 else 1), day
    now = await room.reminders.get(owner, resident_id, made.id)
    assert now.stock is not None
    assert now.stock.left == 1
    await room.occurrences.answer(owner, resident_id, last.id, SKIPPED)
    now = await room.reminders.get(owner, resident_id, made.id)
    assert now.stock is not None
    assert now.stock.left == 2, "corrected: the dose is there again"
    refilled = a_draft(stock=StockDraft(left=30))
    now = await room.reminders.change(owner, resident_id, made.id, refilled, version=now.version)
    assert now.stock is not None
    assert (now.stock.left, now.stock.told) == (30, False)


async def test_who_may_what_is_the_policys_by_the_kinds_category(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    made = await a_reminder(services, owner, resident_id)
    measure = await a_reminder(
        services, owner, resident_id, a_draft(kind=ReminderKind.MEASURE, subject="blood_pressure")
    )
    clock.set(NOON)
    await services.reminders.worker.drain()
    looks = await a_caregiver(
        services,
        resident_id,
        categories=frozenset({Category.READINGS}),
        actions=frozenset({Action.VIEW}),
    )
    room = services.reminders
    assert [each.id for each in (await room.reminders.page(looks, resident_id, first=9)).items] == [
        measure.id
    ]
    [seen] = (await room.occurrences.page(looks, resident_id, first=9)).items
    assert seen.kind is ReminderKind.MEASURE
    pill = next(each for each in await occurrences(resident_id) if each.reminder_id == made.id)
    stranger = a_viewer()
    before = await ReminderDocument.find_all().to_list()
    for viewer in (looks, stranger):
        with pytest.raises(AccessDenied):
            await room.reminders.get(viewer, resident_id, made.id)
        with pytest.raises(AccessDenied):
            await room.occurrences.answer(viewer, resident_id, pill.id, TAKEN)
        with pytest.raises(AccessDenied):
            await room.occurrences.adherence(viewer, resident_id)
        with pytest.raises(AccessDenied):
            await a_reminder(services, viewer, resident_id)
        with pytest.raises(AccessDenied):
            await room.reminders.switch(
                viewer, resident_id, measure.id, ReminderState.ENDED, version=measure.version
            )
    with pytest.raises(AccessDenied):
        await room.reminders.get(stranger, resident_id, ObjectId())
    with pytest.raises(ReminderNotFound):
        await room.reminders.get(owner, resident_id, ObjectId())
    assert await ReminderDocument.find_all().to_list() == before


async def test_the_download_holds_reminders_of_what_one_may_see_and_what_became_of_them(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    await a_reminder(services, owner, resident_id)
    clock.set(NOON)
    await services.reminders.worker.drain()
    rows = services.reminders.rows
    [row] = await rows.exported(owner, resident_id)
    assert (row["title"], row["times"], row["rule"]) == ("氨氯地平", ["12:00"], "FREQ=DAILY")
    due = {"due_at": "2026-11-21T04:00:00+00:00", "state": "due", "answered_at": None}
    assert row["occurrences"] == [due]
    reports = await a_caregiver(services, resident_id, categories=frozenset({Category.REPORTS}))
    assert await rows.exported(reports, resident_id) == []
    with pytest.raises(AccessDenied):
        await rows.exported(a_viewer(), resident_id)


async def test_paused_tells_nothing_ended_is_over_and_consent_is_needed(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    made = await a_reminder(services, owner, resident_id)
    room = services.reminders.reminders
    paused = await room.switch(owner, resident_id, made.id, ReminderState.PAUSED, version=1)
    clock.set(NOON + timedelta(days=2))
    assert await services.reminders.worker.drain() == 0
    with pytest.raises(ReminderChanged):
        await room.switch(owner, resident_id, made.id, ReminderState.ACTIVE, version=1)
    running = await room.switch(
        owner, resident_id, made.id, ReminderState.ACTIVE, version=paused.version
    )
    assert running.next_at == NOON + timedelta(days=3)
    [accepted] = accepted_now(Purpose.HEALTH_DATA)
    await services.consents.change(
        owner, resident_id, accepted, given=False, idempotency_key=a_key()
    )
    clock.set(NOON + timedelta(days=3))
    await services.reminders.worker.drain()
    assert (await occurrences(resident_id), await told()) == ([], [])
    owner.memo.clear()
    await services.consents.change(
        owner, resident_id, accepted, given=True, idempotency_key=a_key()
    )
    owner.memo.clear()
    found = await room.get(owner, resident_id, made.id)
    assert found.next_at == NOON + timedelta(days=4)
    await room.switch(owner, resident_id, made.id, ReminderState.ENDED, version=found.version)
    clock.set(NOON + timedelta(days=9))
    assert await services.reminders.worker.drain() == 0
    assert (await room.page(owner, resident_id, first=9)).items == []
    [ended] = (await room.page(owner, resident_id, first=9, ended=True)).items
    with pytest.raises(ReminderNotFound):
        await room.switch(owner, resident_id, made.id, ReminderState.ACTIVE, version=ended.version)


async def test_a_reminder_that_makes_no_sense_is_refused_and_nothing_is_stored(
    services: Services,
) -> None:
    owner, resident_id = await a_resident(services)
    good = a_draft()
    bad: dict[type[Exception], list[ReminderDraft]] = {
        ReminderInvalid: [
            _changed(good, title="  "),
            _changed(good, title="x" * 61),
            _changed(good, times=()),
            _changed(good, times=tuple(time(hour) for hour in range(13))),
            _changed(good, start=date(1999, 1, 1)),
            _changed(good, note="x" * 501),
            _changed(good, stock=StockDraft(left=-1)),
            _changed(good, stock=StockDraft(left=1, per_dose=0)),
            _changed(good, kind=ReminderKind.MEASURE, stock=StockDraft(left=1)),
            _changed(good, missed_after=timedelta(minutes=1)),
        ],
        ReminderNeverDue: [
            _changed(good, rule=None, start=date(2026, 11, 20)),
            _changed(good, rule="FREQ=DAILY;UNTIL=20261101"),
        ],
    }
    for error, drafts in bad.items():
        for draft in drafts:
            with pytest.raises(error):
                await a_reminder(services, owner, resident_id, draft)
    assert await ReminderDocument.find_all().count() == 0
    key = a_key()
    room = services.reminders.reminders
    first = await room.create(owner, resident_id, good, idempotency_key=key)
    assert await room.create(owner, resident_id, good, idempotency_key=key) == first
    stored = await services.core.store.db["reminders"].find_one({})
    assert stored is not None
    assert "氨氯地平".encode() not in stored["words"]
    key_of = await services.core.keyring.key(resident_id)
    assert key_of.open_json(stored["words"], f"reminders:{first.id}:words")["title"] == "氨氯地平"
    raws = [{**stored, "_id": ObjectId()} for _ in range(99)]
    await services.core.store.db["reminders"].insert_many(raws)
    with pytest.raises(RemindersTooMany):
        await a_reminder(services, owner, resident_id)


async def test_a_medications_instruction_becomes_a_reminder_and_ends_with_it(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    twice = _medicine(Schedule(frequency=2, period=Decimal(1), period_unit=PeriodUnit.DAY))
    entry = await services.entries.add(owner, resident_id, twice, idempotency_key=a_key())
    room = services.reminders
    draft = await room.of_medication(owner, resident_id, entry.id)
    assert (draft.times, draft.rule) == ((time(8), time(20)), "FREQ=DAILY;INTERVAL=1")
    assert draft.start == date(2026, 11, 21)
    made = await a_reminder(services, owner, resident_id, draft)
    for unclear in (
        Schedule(frequency=1, period=Decimal(6), period_unit=PeriodUnit.HOUR),
        Schedule(frequency=3, period=Decimal(1), period_unit=PeriodUnit.WEEK),
        Schedule(count=3),
    ):
        other = await services.entries.add(
            owner, resident_id, _medicine(unclear), idempotency_key=a_key()
        )
        with pytest.raises(ScheduleUnclear):
            await room.of_medication(owner, resident_id, other.id)
    stopped = twice.model_copy(update={"status": MedicationStatus.STOPPED})
    await services.entries.amend(owner, resident_id, entry.id, stopped, version=1)
    await build_dispatcher(services).drain()
    after = await room.reminders.get(owner, resident_id, made.id)
    assert after.state is ReminderState.ENDED


async def test_a_reading_answers_what_was_to_be_measured_and_age_brings_vaccinations(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    dispatcher = build_dispatcher(services)
    await dispatcher.drain()
    measure = a_draft("12:00", kind=ReminderKind.MEASURE, subject="blood_pressure")
    made = await a_reminder(services, owner, resident_id, measure)
    clock.set(NOON)
    await services.reminders.worker.drain()
    await services.recording.record(owner, resident_id, bp(128, 80, NOON), idempotency_key=a_key())
    await dispatcher.drain()
    [done] = await OccurrenceDocument.find({"reminder_id": made.id}).to_list()
    assert (done.state, done.answered_by) == (TAKEN, owner.account_id)
    found = (await services.reminders.reminders.page(owner, resident_id, first=9)).items
    sources = {each.source for each in found}
    assert sources == {None, "vaccine:influenza", "vaccine:ppv23"}
    flu = next(each for each in found if each.source == "vaccine:influenza")
    await services.reminders.reminders.switch(
        owner, resident_id, flu.id, ReminderState.ENDED, version=flu.version
    )
    await services.residents.update(
        owner, resident_id, (await services.residents.load(resident_id)).profile, version=1
    )
    await dispatcher.drain()
    again = (await services.reminders.reminders.page(owner, resident_id, first=9)).items
    assert {each.source for each in again} == {None, "vaccine:ppv23"}, "ended stays ended"


def _medicine(schedule: Schedule) -> MedicationBody:
    atc = "http://www.whocc.no/atc"
    return MedicationBody(
        name=coded(atc, "C08CA01", text="氨氯地平"), dosages=(Dosage(schedule=schedule),)
    )


def _changed(draft: ReminderDraft, **fields: object) -> ReminderDraft:
    values = {name: getattr(draft, name) for name in ReminderDraft.__dataclass_fields__}
    return ReminderDraft(**{**values, **fields})
