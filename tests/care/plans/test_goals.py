"""What plans are judged by beside readings in target: results, weights, diaries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any

import pytest
from bson import ObjectId

from backend.access.categories import Category
from backend.archive.entry import Entry, EntrySource, Provenance
from backend.archive.sections import (
    Body,
    Coding,
    EntryStatus,
    PartialDate,
    PregnancyBody,
    QuestionnaireBody,
)
from backend.archive.sections.observation import ObservationStatus
from backend.archive.sections.pregnancy import PregnancyStatus
from backend.archive.sections.questionnaire import Answer, Item
from backend.archive.sections.result import Result, ResultType
from backend.care.documents import Ticket
from backend.care.plans.book import book
from backend.care.plans.documents import WeekDocument
from backend.care.plans.editing import Edit, LabEdit
from backend.care.plans.errors import PathwayFileInvalid
from backend.care.plans.fitting import Known
from backend.care.plans.judging import Aims, Standing, State, Week, judge, standing
from backend.care.plans.lab import LabTarget, lab_items
from backend.care.plans.parsing import parse
from backend.care.plans.pathway import Pathway
from backend.care.plans.plan import Plan
from backend.care.plans.programme import Stage, programme
from backend.care.plans.signs import Found, sign
from backend.care.plans.weekly import week_place
from backend.core.clock import SHANGHAI, FixedClock
from backend.core.outbox import OutboxEntry
from backend.identity.viewer import Viewer
from backend.measurements.draft import Draft, Kind, Quantity
from backend.services import Services
from ocr.lab import dictionary
from tests.care.plans.helpers import (
    a_doctor_of,
    lab,
    next_monday,
    reload,
    started,
    told,
    with_conditions,
)
from tests.factories import a_key

MONDAY, STARTED = date(2026, 11, 23), date(2026, 11, 2)
DIARY = "urn:kangban:questionnaire:symptom-diary"


def diary(breath: int, day: str) -> QuestionnaireBody:
    coding = Coding(system="urn:own", code=f"breath-{breath}")
    result = Result(type=ResultType.CODING, coding=coding)
    return QuestionnaireBody(
        questionnaire=f"{DIARY}|1.0",
        authored=PartialDate(day),
        items=(Item(link_id="breath", answers=(Answer(result=result),)),),
    )


def pregnancy(lmp: str, babies: int = 1) -> PregnancyBody:
    return PregnancyBody(status=PregnancyStatus.PREGNANT, lmp=PartialDate(lmp), babies=babies)


def entry(body: Body) -> Entry:
    at = body.when.start() if body.when is not None else datetime(2026, 11, 20, tzinfo=UTC)
    made = Provenance(
        account_id=ObjectId(),
        relation="self",
        kinship=None,
        channel="app",
        source=EntrySource.SELF,
    )
    return Entry(
        id=ObjectId(),
        resident_id=ObjectId(),
        section=body.section,
        category=body.category,
        at=at,
        status=EntryStatus.ACTIVE,
        body=body,
        provenance=made,
        version=1,
        created_at=at,
        updated_at=at,
    )


def known(code: str) -> Known:
    system = "http://hl7.org/fhir/sid/icd-10"
    return Known(
        entry_id=ObjectId(), category=Category.CONDITIONS, label=code, codes=[(system, code)]
    )


def weighed(*kilograms: tuple[str, float]) -> Mapping[date, float]:
    return {date.fromisoformat(day): each for day, each in kilograms}


def results(*bodies: Body, **more: Any) -> Found:
    return Found(entries=[entry(each) for each in bodies], born=date(1990, 1, 1), **more)


LDL = "22748-8"


@pytest.mark.parametrize(
    ("pathway", "found", "state"),
    [
        ("gout", results(), State.UNKNOWN),
        ("gout", results(lab("14933-6", "359", "µmol/L", "2026-11-20")), State.REACHED),
        ("gout", results(lab("3084-1", "5.9", "mg/dL", "2026-11-20")), State.REACHED),
        ("gout", results(lab("14933-6", "360", "umol/L", "2026-11-20")), State.MISSED),
        # From before the plan: it may be reached, but what led to the plan is no news.
        ("gout", results(lab("14933-6", "520", "umol/L", "2026-10-20")), State.UNKNOWN),
        ("gout", results(lab("14933-6", "300", "umol/L", "2026-10-20")), State.REACHED),
        ("gout", results(lab("14933-6", "300", "umol/L", "2026-03-01")), State.UNKNOWN),
        ("gout", results(lab("14933-6", "300", "umol/L", "2026-12-20")), State.UNKNOWN),
        ("gout", results(lab("14933-6", "300", "furlong", "2026-11-20")), State.UNKNOWN),
        ("gout", results(lab("2160-0", "300", "umol/L", "2026-11-20")), State.UNKNOWN),
        (
            "gout",
            results(
                lab(
                    "14933-6",
                    "300",
                    "umol/L",
                    "2026-11-20",
                    status=ObservationStatus.PRELIMINARY,
                )
            ),
            State.UNKNOWN,
        ),
        ("dyslipidaemia", results(lab(LDL, "2.5", "mmol/L", "2026-11-20")), State.REACHED),
        ("dyslipidaemia", results(lab(LDL, "3.0", "mmol/L", "2026-11-20")), State.NEAR),
        ("dyslipidaemia", results(lab(LDL, "3.4", "mmol/L", "2026-11-20")), State.MISSED),
        (
            "dyslipidaemia",
            results(lab(LDL, "2.5", "mmol/L", "2026-11-20"), known=[known("I25.1")]),
            State.MISSED,
        ),
        (
            "dyslipidaemia",
            results(lab(LDL, "2.5", "mmol/L", "2026-11-20"), known=[known("E11.9")]),
            State.NEAR,
        ),
        ("copd", results(diary(1, "2026-11-24")), State.REACHED),
        ("copd", results(diary(2, "2026-11-24")), State.MISSED),
        ("copd", results(diary(2, "2026-10-01")), State.UNKNOWN),
        ("weight", results(weights=weighed(("2026-11-01", 90.0))), State.UNKNOWN),
        ("weight", results(weights=weighed(("2026-11-25", 90.0))), State.UNKNOWN),
        (
            "weight",
            results(weights=weighed(("2026-11-01", 90.0), ("2026-11-25", 89.0))),
            State.NEAR,
        ),
        (
            "weight",
            results(weights=weighed(("2026-11-01", 90.0), ("2026-11-25", 85.0))),
            State.REACHED,
        ),
        (
            "weight",
            results(weights=weighed(("2026-11-01", 90.0), ("2026-11-25", 92.8))),
            State.MISSED,
        ),
        ("weight", results(weights=weighed(("2026-11-25", 65.0)), height=170.0), State.REACHED),
    ],
)
def test_what_a_goal_says_of_a_week(pathway: str, found: Found, state: State) -> None:
    [goal] = _content(pathway).goal
    assert sign(goal, found, STARTED, MONDAY).state is state


@pytest.mark.parametrize(
    ("low", "high", "value", "day", "state"),
    [
        (None, 300.0, "299", "2026-11-20", State.REACHED),
        (None, 300.0, "300", "2026-11-20", State.MISSED),  # the guideline's 360 is not asked
        (None, 420.0, "400", "2026-11-20", State.REACHED),
        (240.0, 300.0, "239", "2026-11-20", State.MISSED),
        (240.0, 300.0, "240", "2026-11-20", State.REACHED),
        # The doctor knew it when the target was set, on the tenth.
        (None, 300.0, "520", "2026-11-09", State.UNKNOWN),
        (None, 300.0, "290", "2026-11-09", State.REACHED),
        (None, 300.0, None, "2026-11-20", State.UNKNOWN),
    ],
)
def test_a_doctors_target_holds_instead_of_the_pathways(
    low: float | None, high: float, value: str | None, day: str, state: State
) -> None:
    [goal] = _content("gout").goal
    at = datetime(2026, 11, 10, tzinfo=UTC)
    own = LabTarget(item="uric_acid", low=low, high=high, set_at=at, set_by="王医生")
    bodies = [] if value is None else [lab("14933-6", value, "umol/L", day)]
    found = results(*bodies, targets={"uric_acid": own})
    assert sign(goal, found, STARTED, MONDAY).state is state


def test_every_laboratory_item_is_the_dictionarys_with_its_units() -> None:
    lines = dictionary().entries
    for item in lab_items().values():
        line = next(each for each in lines if each.loinc in item.loinc and each.unit == item.unit)
        for each in (item.least, item.most):
            assert line.plausible(each, item.unit), item.key
        for unit, factor in item.units.items():
            known = line.unit_of(unit.replace("{1.73_m2}", "1.73m2"))
            assert known is not None, (item.key, unit)
            assert known.factor == factor, (item.key, unit)


@pytest.mark.parametrize(
    ("before", "gained", "babies", "state"),
    [
        (58.0, 1.4, 1, State.REACHED),  # normal: 0.26 to 0.48 kg a week
        (58.0, 2.4, 1, State.MISSED),
        (58.0, 0.4, 1, State.MISSED),
        (80.0, 0.8, 1, State.REACHED),  # obese: 0.15 to 0.30
        (80.0, 1.4, 1, State.MISSED),
        (58.0, 2.4, 2, State.UNKNOWN),  # no row for twins
        (None, 1.4, 1, State.UNKNOWN),
    ],
)
def test_a_gain_in_pregnancy_is_judged_by_the_weight_before(
    before: float | None, gained: float, babies: int, state: State
) -> None:
    [goal] = _content("pregnancy").goal
    lmp = MONDAY - timedelta(weeks=24)
    weights = {MONDAY - timedelta(weeks=4): 70.0, MONDAY + timedelta(days=3): 70.0 + gained}
    if before is not None:
        weights[lmp - timedelta(days=20)] = before
    found = results(pregnancy(str(lmp), babies), weights=weights, height=163.0)
    assert sign(goal, found, STARTED, MONDAY).state is state
    early = results(pregnancy(str(MONDAY - timedelta(weeks=15))), weights=weights, height=163.0)
    assert sign(goal, early, STARTED, MONDAY).state is State.UNKNOWN


def test_nothing_to_judge_is_never_control_and_never_worse() -> None:
    by = programme().adapting
    for pathway in book().pathways:
        aims = Aims(measured=bool(pathway.judged), goals=pathway.goal)
        blank = [Week(due=2, done=2)] * 8
        verdict = judge(
            Stage.START, blank, by, held=False, told=False, lighter=frozenset(), aims=aims
        )
        assert (verdict.change, verdict.stage, verdict.tell) == (None, None, False)
        assert standing(blank, by, aims) is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ("missed_from = 360", "missed_from = 300", "uric_acid: a level is missed before"),
        ("missed_from = 360", "", "goal.0.lab.level.0.missed_from: Field required"),
        ('by = "lab"', 'by = "guess"', "goal.0: Input tag 'guess'"),
        (
            "[[goal.level]]\nreached_below",
            '[[goal.level]]\nicd10 = ["I20-I25"]\nreached_below',
            "uric_acid: the last level, and no other, is for everybody else",
        ),
        ('key = "uric_acid"', 'key = "urate"', "goal.0.lab.loinc: Field required"),
        (
            'key = "uric_acid"',
            'key = "urate"\nloinc = ["3084-1"]\nunits = { "mg/dl" = 1.0 }',
            "urate is no item of lab_items.toml",
        ),
    ],
)
def test_a_goal_with_a_mistake_is_refused(right: str, wrong: str, reason: str) -> None:
    folder = files("backend.care.plans").joinpath("data", "pathways")
    text = folder.joinpath("gout.toml").read_text("utf-8")
    assert right in text
    with pytest.raises(PathwayFileInvalid) as refused:
        parse("gout.toml", text.replace(right, wrong, 1))
    assert reason in refused.value.reason
    assert text.splitlines()[refused.value.line - 1].startswith(("[[goal", "key =", "by ="))


async def test_uric_acid_of_confirmed_reports_moves_a_plan_for_gout(
    services: Services, clock: FixedClock
) -> None:
    """Nothing known: nothing said. Too high: the doctor hears once. In target: steady after four
    weeks. Too high again: back. A result that was entered in error says nothing any more."""
    viewer, resident_id, _ = await with_conditions(services, ("痛风", "M10.9"))
    [plan] = await started(services, viewer, resident_id, "gout")
    next_monday(clock)

    async def weeks(number: int) -> tuple[str, Plan]:
        for _ in range(number):
            await _weighed(services, viewer, resident_id, clock)
            next_monday(clock)
        await services.care_plans.worker.drain()
        return await _standing(services, plan), await reload(services, plan)

    async def result(value: str) -> ObjectId:
        day = str(clock.now().date() - timedelta(days=1))
        body = lab("14933-6", value, "umol/L", day)
        return (await services.entries.add(viewer, resident_id, body, idempotency_key=a_key())).id

    seen, now = await weeks(1)
    assert (seen, now.version) == ("unknown", 2)
    clock.advance(timedelta(days=2))
    await result("520")
    for number in (1, 5):
        seen, now = await weeks(number)
        assert (seen, now.stage) == ("worse", Stage.START)
    assert await OutboxEntry.find({"name": "care_plan_worse"}).count() == 1
    clock.advance(timedelta(days=2))
    await result("330")
    seen, now = await weeks(4)
    assert (seen, now.stage) == ("on_track", Stage.CONTROLLED)
    clock.advance(timedelta(days=2))
    wrong = await result("480")
    seen, now = await weeks(1)
    assert (seen, now.stage) == ("worse", Stage.START)
    whys = [each.why.zh for each in await services.care_plans.looking.revisions(now)]
    assert whys == [
        "没有达到目标：血尿酸。回到起始阶段，并告诉医生",
        "连续 4 周保持在目标内（血尿酸），进入稳定阶段",
        "没有达到目标：血尿酸。已告诉医生",
        "您确认了这份计划",
    ]
    assert await OutboxEntry.find({"name": "care_plan_worse"}).count() == 2
    assert await Ticket.find({"resident_id": resident_id}).count() == 0
    await services.entries.mark_entered_in_error(viewer, resident_id, wrong, version=1)
    await told(services)
    seen, now = await weeks(1)
    assert (seen, now.stage) == ("on_track", Stage.START)
    # A doctor's target: what was known when it was set is no news, the next result is.
    doctor = await a_doctor_of(services, resident_id)
    edit = Edit(lab=(LabEdit(item="uric_acid", high=300),))
    await services.care_plans.deciding.edit(doctor, resident_id, plan.id, edit, version=now.version)
    seen, now = await weeks(1)
    assert (seen, await OutboxEntry.find({"name": "care_plan_worse"}).count()) == ("unknown", 2)
    clock.advance(timedelta(days=2))
    await result("310")
    seen, now = await weeks(1)
    assert (seen, await OutboxEntry.find({"name": "care_plan_worse"}).count()) == ("worse", 3)


def _content(key: str) -> Pathway:
    found = book().get(key)
    assert found is not None
    return found


async def _weighed(
    services: Services, viewer: Viewer, resident_id: ObjectId, clock: FixedClock
) -> None:
    """On Sunday morning, as the plan asks."""
    day = clock.now().astimezone(SHANGHAI).date()
    sunday = day + timedelta(days=6 - day.weekday())
    at = datetime.combine(sunday, time(8), SHANGHAI)
    clock.set(at + timedelta(hours=1))
    draft = Draft(kind=Kind.WEIGHT, at=at, values={"weight": Quantity(70, "kg")})
    await services.recording.record(viewer, resident_id, draft, idempotency_key=a_key())


async def _standing(services: Services, plan: Plan) -> str:
    weeks = WeekDocument.get_pymongo_collection()
    raw = await weeks.find_one({"plan_id": plan.id}, sort=[("week", -1)])
    assert raw is not None
    key = await services.core.keyring.key(plan.resident_id)
    return str(key.open_json(raw["box"], week_place(raw["_id"]))["standing"])
