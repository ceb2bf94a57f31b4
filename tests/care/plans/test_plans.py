"""Proposed from the archive, confirmed, changed by people, ended with their reason."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied, RoleRequired
from backend.archive.sections import (
    CarePlanBody,
    PartialDate,
    PregnancyBody,
    Section,
)
from backend.archive.sections.pregnancy import PregnancyStatus
from backend.archive.sections.profile import Sex
from backend.care.plans.documents import Change, PlanDocument, PlanState, ScheduleDocument
from backend.care.plans.editing import Edit, LabEdit, Target
from backend.care.plans.errors import (
    CarePlanChanged,
    CarePlanInvalid,
    CarePlanNotFound,
    CarePlanNotOpen,
)
from backend.care.plans.judging import Week
from backend.care.plans.plan import proposal, to_raw
from backend.care.plans.programme import Part
from backend.care.reminders.documents import OccurrenceState
from backend.care.reminders.limits import ReminderKind
from backend.care.reminders.reminder import ReminderDraft
from backend.core.clock import FixedClock
from backend.identity.viewer import Viewer
from backend.measurements.draft import Draft, Kind, Quantity, Source
from backend.services import Services
from tests.care.plans.helpers import (
    HIGH,
    SUGAR,
    a_doctor_of,
    lab,
    proposed,
    reload,
    reminders,
    started,
    states,
    told,
    with_conditions,
)
from tests.factories import (
    a_caregiver,
    a_condition,
    a_key,
    a_profile,
    a_resident,
    at,
    bp,
)


async def test_a_diagnosis_of_the_archive_is_the_reason_of_a_plan_that_starts_when_confirmed(
    services: Services,
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    waiting = await proposed(services, viewer, resident_id)
    assert set(waiting) == {"hypertension", "elder"}
    assert waiting["hypertension"].reason.zh == "因为档案中有高血压"
    assert await reminders(resident_id) == []
    [plan] = await started(services, viewer, resident_id, "hypertension")
    assert (plan.state, plan.version) == (PlanState.ACTIVE, 2)
    [measure] = await reminders(resident_id)
    assert (measure["subject"], measure["times"]) == ("blood_pressure", ["07:30", "20:00"])
    assert measure["rule"] == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"
    checks = {each["subject"] for each in await reminders(resident_id, "recheck")}
    assert checks == {"2160-0", "9318-7", "13457-7", "11524-6"}
    [visit] = await reminders(resident_id, "follow_up")
    assert visit["start"] == "2026-12-19"
    page = await services.entries.page(viewer, resident_id, Section.CARE_PLAN, first=5)
    assert page.items[0].body.title("zh").startswith("照护计划：高血压管理计划")
    [revision] = await services.care_plans.looking.revisions(plan)
    assert (revision.what, revision.by) == (Change.STARTED, viewer.account_id)
    assert revision.why.zh == "您确认了这份计划"
    with pytest.raises(CarePlanNotOpen):
        await services.care_plans.deciding.confirm(
            viewer, resident_id, plan.id, idempotency_key=a_key()
        )


async def test_two_plans_that_ask_for_the_same_measurement_share_one_reminder(
    services: Services,
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH, SUGAR)
    elder, _ = await started(services, viewer, resident_id, "elder", "hypertension")
    [pressure] = await reminders(resident_id)
    assert pressure["rule"] == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"
    await started(services, viewer, resident_id, "diabetes")
    found = {each["subject"]: each for each in await reminders(resident_id)}
    assert set(found) == {"blood_pressure", "glucose", "weight"}
    lipids = [
        each for each in await reminders(resident_id, "recheck") if each["subject"] == "13457-7"
    ]
    assert len(lipids) == 1
    hypertension = (await proposed(services, viewer, resident_id)).get("hypertension")
    assert hypertension is None
    running = await services.care_plans.looking.plans(viewer, resident_id)
    pressure_plan = next(each for each in running if each.pathway == "hypertension")
    await services.care_plans.deciding.end(
        viewer, resident_id, pressure_plan.id, version=pressure_plan.version, note="已痊愈"
    )
    found = {each["subject"]: each for each in await reminders(resident_id)}
    assert found["blood_pressure"]["rule"] == "FREQ=WEEKLY;BYDAY=SU"
    assert (await reload(services, elder)).version == elder.version


async def test_a_plan_ends_itself_when_its_diagnosis_was_entered_in_error(
    services: Services,
) -> None:
    viewer, resident_id, [sugar, high] = await with_conditions(services, SUGAR, HIGH)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    for entry_id in (sugar, high):
        await services.entries.mark_entered_in_error(viewer, resident_id, entry_id, version=1)
    await told(services)
    ended = await reload(services, plan)
    assert (ended.state, ended.ended_at) == (PlanState.ENDED, services.core.clock.now())
    [last, _] = await services.care_plans.looking.revisions(ended)
    assert (last.what, last.by) == (Change.ENDED, None)
    assert last.why.zh.startswith("档案中不再有开始这份计划的原因")
    assert await reminders(resident_id) == []
    assert await states(resident_id) == {
        PlanState.ENDED: 1,
        PlanState.WITHDRAWN: 1,  # the proposal for diabetes
        PlanState.PROPOSED: 1,  # for the age
    }
    page = await services.entries.page(viewer, resident_id, Section.CARE_PLAN, first=5)
    assert [each.body.status.value for each in page.items] == ["completed"]  # type: ignore[attr-defined]
    await told(services)
    assert (await reload(services, plan)).version == ended.version


async def test_a_plan_that_runs_goes_on_in_a_pregnancy_that_a_proposal_would_not_come_in(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(
        services, profile=a_profile("张敏", "1990-03-08", Sex.FEMALE)
    )
    await services.entries.add(viewer, resident_id, a_condition(), idempotency_key=a_key())
    await told(services)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    sugar = a_condition(*SUGAR)
    await services.entries.add(viewer, resident_id, sugar, idempotency_key=a_key())
    await told(services)
    assert set(await proposed(services, viewer, resident_id)) == {"diabetes"}
    pregnancy = PregnancyBody(status=PregnancyStatus.PREGNANT, lmp=PartialDate("2026-09-01"))
    entry = await services.entries.add(viewer, resident_id, pregnancy, idempotency_key=a_key())
    await told(services)
    assert set(await proposed(services, viewer, resident_id)) == {"pregnancy"}
    [pregnant] = await started(services, viewer, resident_id, "pregnancy")
    mother = await a_caregiver(
        services, resident_id, categories=frozenset({Category.CONDITIONS, Category.READINGS})
    )
    seen = await services.care_plans.looking.plans(mother, resident_id)
    assert [each.id for each in seen] == [plan.id]
    told_of = await services.reminders.reminders.page(mother, resident_id, first=50)
    said = " ".join(each.draft.title for each in told_of.items)
    assert not any(word in said for word in ("产", "孕", "尿"))
    assert "随访" in said
    kept = await services.core.store.db["care_plan_schedules"].find_one({})
    assert not any(word in str(kept) for word in ("antenatal", "pregnancy", "urine"))
    over = pregnancy.model_copy(update={"status": PregnancyStatus.DELIVERED})
    await services.entries.amend(viewer, resident_id, entry.id, over, version=1)
    await told(services)
    assert (await reload(services, pregnant)).state is PlanState.ENDED
    assert (await reload(services, plan)).state is PlanState.ACTIVE
    assert set(await proposed(services, viewer, resident_id)) == {"diabetes"}


async def test_what_was_declined_or_ended_by_somebody_does_not_come_back_soon(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    waiting = await proposed(services, viewer, resident_id)
    deciding, proposing = services.care_plans.deciding, services.care_plans.proposing
    for _ in range(2):
        declined = await deciding.decline(viewer, resident_id, waiting["hypertension"].id)
    assert declined.state is PlanState.DECLINED
    [plan] = await started(services, viewer, resident_id, "elder")
    with pytest.raises(CarePlanNotOpen):
        await deciding.decline(viewer, resident_id, plan.id)
    await deciding.end(viewer, resident_id, plan.id, version=plan.version)
    assert await proposing.look(resident_id) == 0
    clock.advance(timedelta(days=91))
    assert await proposing.look(resident_id) == 1
    assert set(await proposed(services, viewer, resident_id)) == {"elder"}
    clock.advance(timedelta(days=90))
    assert await proposing.look(resident_id) == 1


async def test_a_weight_that_goes_to_and_fro_proposes_a_plan_once(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)

    async def measured(kind: Kind, value: float, unit: str) -> set[str]:
        clock.advance(timedelta(hours=12))
        quantity = {kind.value: Quantity(value, unit)}
        draft = Draft(kind=kind, at=clock.now(), values=quantity)
        await services.recording.record(viewer, resident_id, draft, idempotency_key=a_key())
        await told(services)
        return set(await proposed(services, viewer, resident_id)) & {"weight"}

    await measured(Kind.HEIGHT, 170, "cm")
    assert await measured(Kind.WEIGHT, 72, "kg") == {"weight"}  # BMI 24.9
    for _ in range(2):
        assert await measured(Kind.WEIGHT, 68, "kg") == set()
        assert await measured(Kind.WEIGHT, 72, "kg") == set()
    assert (await states(resident_id))["withdrawn"] == 1
    clock.advance(timedelta(days=30))
    assert await measured(Kind.WEIGHT, 72, "kg") == {"weight"}


async def test_only_who_may_manage_decides_and_only_the_doctor_edits(services: Services) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    waiting = (await proposed(services, viewer, resident_id))["hypertension"]
    deciding = services.care_plans.deciding
    recorder = await a_caregiver(
        services, resident_id, actions=frozenset({Action.VIEW, Action.RECORD})
    )
    with pytest.raises(AccessDenied):
        await deciding.confirm(recorder, resident_id, waiting.id, idempotency_key=a_key())
    readings_only = await a_caregiver(
        services, resident_id, categories=frozenset({Category.READINGS})
    )
    with pytest.raises(AccessDenied):
        await services.care_plans.looking.plans(readings_only, resident_id)
    with pytest.raises(AccessDenied):
        await services.care_plans.looking.get(readings_only, resident_id, waiting.id)
    private = await a_caregiver(
        services, resident_id, categories=frozenset({Category.REPRODUCTIVE_HEALTH})
    )
    with pytest.raises(CarePlanNotFound):
        await services.care_plans.looking.get(private, resident_id, waiting.id)
    daughter = await a_caregiver(services, resident_id)
    plan = await deciding.confirm(daughter, resident_id, waiting.id, idempotency_key=a_key())
    [revision] = await services.care_plans.looking.revisions(plan)
    assert (revision.relation, revision.why.zh) == ("caregiver", "家人确认了这份计划")
    for each in (viewer, daughter):
        with pytest.raises(RoleRequired):
            await deciding.edit(each, resident_id, plan.id, Edit(), version=plan.version)
    assert (await reload(services, plan)).version == plan.version


async def test_a_doctor_edits_schedule_steps_checks_and_targets_as_one_revision(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    doctor = await a_doctor_of(services, resident_id)
    deciding = services.care_plans.deciding
    edit = Edit(
        measures={Kind.BLOOD_PRESSURE: (3, (Part.EVENING,)), Kind.WEIGHT: (1, (Part.MORNING,))},
        steps=(("每天泡脚前量体重", 7),),
        checks={"ecg": 180, "fundus": 365},
        dropped=frozenset({"no_tobacco", "lipids"}),
        targets=(Target(kind=Kind.BLOOD_PRESSURE, component="systolic", high=145),),
        lab=(LabEdit(item="ldl", high=1.8), LabEdit(item="hba1c", low=7, high=8)),
        note="先放宽一些",
    )
    after = await deciding.edit(doctor, resident_id, plan.id, edit, version=plan.version)
    assert (after.held, after.version) == (True, plan.version + 1)
    assert [each.key for each in after.content.step] == ["less_salt", "active", "own_1"]
    assert {each.key: each.every_days for each in after.content.check} == {
        "kidney": 365,
        "urine_albumin": 365,
        "ecg": 180,
        "fundus": 365,
    }
    found = {each["subject"]: each["rule"] for each in await reminders(resident_id)}
    assert found == {
        "blood_pressure": "FREQ=WEEKLY;BYDAY=MO,WE,SA",
        "weight": "FREQ=WEEKLY;BYDAY=SU",
    }
    [(_, limit)] = await services.overrides.of(resident_id)
    assert (limit.component, limit.high, limit.set_by) == ("systolic", 145, "签约医生")
    [revision, _] = await services.care_plans.looking.revisions(after)
    assert (revision.what, revision.by) == (Change.EDITED, doctor.account_id)
    assert revision.why.zh == (
        "医生调整了计划（低密度脂蛋白胆固醇目标 <1.8 mmol/L、糖化血红蛋白目标 ≥7, <8 %）"
        "：先放宽一些"
    )
    page = await services.entries.page(viewer, resident_id, Section.CARE_PLAN, first=1)
    body = page.items[0].body
    assert isinstance(body, CarePlanBody)
    assert body.notes[1:] == (
        "糖化血红蛋白目标 ≥7, <8 %（签约医生）",
        "低密度脂蛋白胆固醇目标 <1.8 mmol/L（签约医生）",
    )
    [row] = [
        each
        for each in await services.care_plans.looking.exported(viewer, resident_id)
        if each["lab_targets"]
    ]
    assert [each["item"] for each in row["lab_targets"]] == ["hba1c", "ldl"]
    with pytest.raises(CarePlanChanged):
        await deciding.edit(doctor, resident_id, plan.id, edit, version=plan.version)
    wrong = {
        "checks": Edit(checks={"nonsense": 90}),
        "dropped": Edit(dropped=frozenset({"nonsense"})),
        "measures": Edit(measures={Kind.GLUCOSE: (2, (Part.MORNING,))}),
        "targets": Edit(targets=(Target(kind=Kind.WEIGHT, component="systolic", high=1),)),
        "steps": Edit(steps=(("", 7),)),
    }
    unfit = (
        (LabEdit(item="humours", high=1),),
        (LabEdit(item="ldl", high=180),),  # in mg/dL
        (LabEdit(item="hba1c", low=8, high=7),),
        (LabEdit(item="hba1c", low=7, high=7),),
        (LabEdit(item="ldl", high=1.8), LabEdit(item="ldl", high=1.4)),
    )
    cases = [*wrong.items(), *(("lab_targets", Edit(lab=each)) for each in unfit)]
    for field, each in cases:
        with pytest.raises(CarePlanInvalid) as refused:
            await deciding.edit(doctor, resident_id, plan.id, each, version=after.version)
        assert refused.value.data == {"field": field}
    assert (await reload(services, plan)).version == after.version
    assert len(await services.overrides.of(resident_id)) == 1
    # Neither end: the doctor's target goes, the other stays as it was.
    gone = Edit(lab=(LabEdit(item="hba1c"),))
    clock.advance(timedelta(hours=1))
    again = Edit(lab=(LabEdit(item="hba1c"), LabEdit(item="ldl", high=1.8)))
    last = await deciding.edit(doctor, resident_id, plan.id, again, version=after.version)
    assert last.lab == after.lab[1:]  # the same again is as old as it was
    last = await deciding.edit(doctor, resident_id, plan.id, gone, version=last.version)
    [revision, *_] = await services.care_plans.looking.revisions(last)
    assert revision.why.zh == "医生调整了计划（糖化血红蛋白不再有医生定的目标）"


async def test_a_paused_plan_asks_for_nothing_and_goes_on_with_new_reminders(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    deciding = services.care_plans.deciding
    paused = await deciding.pause(viewer, resident_id, plan.id, version=plan.version)
    assert await reminders(resident_id) == []
    with pytest.raises(CarePlanNotOpen):
        await deciding.tick(viewer, resident_id, plan.id, "active")
    clock.advance(timedelta(days=21))
    assert await services.care_plans.worker.drain() == 0
    resumed = await deciding.resume(viewer, resident_id, plan.id, version=paused.version)
    assert (resumed.state, len(await reminders(resident_id))) == (PlanState.ACTIVE, 1)
    assert str(resumed.stage_since) == "2026-12-13"


async def test_progress_counts_this_week_and_what_is_due_from_the_archive(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    clock.set(at("2026-11-25", "21:00"))  # Wednesday
    drafts = [
        bp(*values, at(f"2026-11-{day}", hour), source=Source(system="cuff", id=f"{day}{hour}"))
        for day, hour, values in (
            (23, "08:00", (130, 80)),
            (23, "20:00", (128, 79)),
            (24, "08:00", (150, 92)),
            (25, "20:00", (131, 82)),
        )
    ]
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=None)
    deciding = services.care_plans.deciding
    for day in ("2026-11-23", "2026-11-25", "2026-11-25"):
        on = date.fromisoformat(day)
        await deciding.tick(viewer, resident_id, plan.id, "active", day=on)
    for step, number in (("nonsense", 25), ("active", 22), ("active", 26)):
        on = date(2026, 11, number)
        with pytest.raises(CarePlanInvalid):
            await deciding.tick(viewer, resident_id, plan.id, step, day=on)
    progress = await services.care_plans.progressing.of(viewer, plan)
    assert (progress.days_done, progress.days_due) == (1, 3)
    assert progress.weeks[-1] == (date(2026, 11, 23), Week(6, 4, 4, 3))
    assert {each.step.key: each.done for each in progress.steps}["active"] == 2
    assert progress.today_due == ((Kind.BLOOD_PRESSURE, ("morning", "evening"), ("evening",)),)
    assert [str(each.target.upper.value) for each in progress.targets if each.target.upper] == [
        "135.0",
        "85.0",
    ]
    [row] = [
        each
        for each in await services.care_plans.looking.exported(viewer, resident_id)
        if each["state"] == "active"
    ]
    assert row["plan"] == "高血压管理计划"
    assert [each["what"] for each in row["revisions"]] == ["started"]
    assert row["steps_done"] == [
        {"day": f"2026-11-{day}", "step": "中等强度活动 30 分钟，如快走"} for day in (23, 25)
    ]
    creatinine = lab("2160-0", "80", "umol/L", "2026-06-01")
    await services.entries.add(viewer, resident_id, creatinine, idempotency_key=a_key())
    await told(services)
    found = await services.care_plans.progressing.of(viewer, plan)
    due = {each.key: (each.last, each.due) for each in found.duties}
    assert due["kidney"] == (date(2026, 6, 1), date(2027, 6, 1))
    assert due["lipids"] == (None, date(2026, 12, 5))
    kidney = [e for e in await reminders(resident_id, "recheck") if e["subject"] == "2160-0"]
    assert [each["start"] for each in kidney] == ["2027-06-01"]
    narrow = await a_caregiver(services, resident_id, categories=frozenset({Category.CONDITIONS}))
    seen = await services.care_plans.looking.get(narrow, resident_id, plan.id)
    little = await services.care_plans.progressing.of(narrow, seen)
    assert little.withheld == {Category.READINGS, Category.REPORTS}
    assert (little.weeks, little.targets) == ((), ())
    assert {each.kind.value for each in little.duties} == {"visit", "questionnaire"}


async def test_what_is_due_is_counted_from_what_came_while_another_worker_counted(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, resident_id, _ = await with_conditions(services, SUGAR)
    await started(services, viewer, resident_id, "diabetes")
    scheduling = services.care_plans.scheduling
    lock = scheduling.lock

    async def late(*args: Any) -> ScheduleDocument:
        monkeypatch.undo()
        body = lab("4548-4", "6.8", "%", "2026-11-19")
        await services.entries.add(viewer, resident_id, body, idempotency_key=a_key())
        await scheduling.renew(resident_id)
        return await lock(*args)

    monkeypatch.setattr(scheduling, "lock", late)
    await scheduling.renew(resident_id)
    starts = {each["subject"]: each["start"] for each in await reminders(resident_id, "recheck")}
    assert starts["4548-4"] == "2027-02-17"


async def test_a_download_has_every_plan_that_there_ever_was(services: Services) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    key = await services.core.keyring.key(resident_id)
    [waiting, *_] = (await proposed(services, viewer, resident_id)).values()
    content, reason, now = waiting.content, waiting.reason, waiting.created_at
    declined = [
        to_raw(proposal(ObjectId(), resident_id, content, reason, (), now), key)
        | {"state": PlanState.DECLINED.value, "open": False}
        for _ in range(60)
    ]
    await PlanDocument.get_pymongo_collection().insert_many(declined)
    rows = await services.care_plans.looking.exported(viewer, resident_id)
    assert len(rows) == 62


async def test_a_measuring_day_within_the_plan_earns_and_a_withdrawn_reading_takes_it_back(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    assert "plan_day" not in await _tasks(services, viewer, resident_id)
    await started(services, viewer, resident_id, "hypertension")
    clock.set(at("2026-11-23", "21:00"))
    assert (await _tasks(services, viewer, resident_id))["plan_day"] is False
    ids = []
    for hour in ("08:00", "20:00"):
        draft = bp(130, 80, at("2026-11-23", hour), source=Source(system="cuff", id=hour))
        [outcome] = await services.recording.record_batch(
            viewer, resident_id, [draft], idempotency_key=None
        )
        assert outcome.reading_id is not None
        ids.append(outcome.reading_id)
        await told(services)
        # One for measuring, and one more with the last that the plan asks for: two in all.
        both = [
            await _earned(services, resident_id, each) for each in ("measuring_day", "plan_day")
        ]
        assert both == ([1, 0] if hour == "08:00" else [1, 1])
    tasks = await _tasks(services, viewer, resident_id)
    assert (tasks["plan_day"], "medication_day" in tasks) == (True, False)
    await services.correcting.withdraw(viewer, resident_id, ids[0], version=1)
    await told(services)
    left = [await _earned(services, resident_id, each) for each in ("measuring_day", "plan_day")]
    assert left == [1, 0]


async def test_a_day_of_medicines_counts_when_every_dose_was_taken(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    room = services.reminders
    draft = ReminderDraft(
        kind=ReminderKind.MEDICATION,
        title="氨氯地平",
        times=(time(8), time(20)),
        start=date(2026, 11, 22),
        rule="FREQ=DAILY",
    )
    await room.reminders.create(viewer, resident_id, draft, idempotency_key=a_key())
    for hour, points in (("08:01", 0), ("20:01", 2)):
        clock.set(at("2026-11-22", hour))
        assert (await _tasks(services, viewer, resident_id))["medication_day"] is False
        await room.worker.drain()
        page = await room.occurrences.page(viewer, resident_id, first=1, open_only=True)
        await room.occurrences.answer(viewer, resident_id, page.items[0].id, OccurrenceState.TAKEN)
        await told(services)
        assert await _earned(services, resident_id, "medication_day") == points
    last = (await room.occurrences.page(viewer, resident_id, first=1)).items[0]
    await room.occurrences.answer(viewer, resident_id, last.id, OccurrenceState.SKIPPED)
    await told(services)
    assert await _earned(services, resident_id, "medication_day") == 0


async def _earned(services: Services, resident_id: ObjectId, rule: str) -> int:
    query = {"resident_id": resident_id, "rule": rule}
    rows = services.core.store.db["point_transfers"].find(query)
    return sum([raw["points"] * (-1 if raw["kind"] == "reversal" else 1) async for raw in rows])


async def _tasks(services: Services, viewer: Viewer, resident_id: ObjectId) -> dict[str, bool]:
    """Today's tasks, and whether they are done."""
    found = await services.points.tasks.of(viewer, resident_id)
    return {each.rule: each.done for each in found}
