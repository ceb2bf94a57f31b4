"""A plan keeps its pathway's version until somebody takes over a newer one."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

from backend.access.categories import Action
from backend.access.errors import AccessDenied
from backend.care.plans.book import Book
from backend.care.plans.documents import Change, PlanState
from backend.care.plans.editing import Edit, LabEdit
from backend.care.plans.errors import CarePlanChanged, CarePlanInvalid, PathwayFileInvalid
from backend.care.plans.parsing import parse
from backend.care.plans.programme import Part, Stage
from backend.core.clock import FixedClock
from backend.measurements.draft import Kind
from backend.services import Services
from tests.care.plans.helpers import (
    HIGH,
    a_doctor_of,
    next_monday,
    reload,
    reminders,
    started,
    with_conditions,
)
from tests.factories import a_caregiver

TEXT = (
    files("backend.care.plans").joinpath("data", "pathways", "hypertension.toml").read_text("utf-8")
)
NEWS = 'news = { zh = "盐减到 4 克", en = "four grams of salt" }'
STEP = """[[step]]
key = "{key}"
zh = "{zh}"
en = "{zh}"
a_week = 3
source = "a test"
"""


def a_book(version: int = 2, **replaced: str) -> Book:
    """The pathway as the program has it, in a later version with other salt and a walk more."""
    text = TEXT.replace("version = 1", f"version = {version}\n{NEWS}", 1)
    assert "少盐：每天食盐不超过 5 克" in text
    text = text.replace("少盐：每天食盐不超过 5 克", "少盐：每天食盐不超过 4 克")
    text = text.replace("[[step]]", STEP.format(key="walk", zh="饭后散步") + "[[step]]", 1)
    for right, wrong in replaced.items():
        assert right in text
        text = text.replace(right, wrong, 1)
    return Book({"hypertension.toml": text})


def test_a_later_version_says_what_it_brings() -> None:
    with pytest.raises(PathwayFileInvalid) as refused:
        parse("hypertension.toml", TEXT.replace("version = 1", "version = 2", 1))
    assert "news" in refused.value.reason


async def test_a_newer_version_is_offered_and_changes_nothing_until_it_is_taken_over(
    services: Services, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    doctor = await a_doctor_of(services, resident_id)
    deciding = services.care_plans.deciding
    edit = Edit(
        measures={Kind.BLOOD_PRESSURE: (3, (Part.EVENING,)), Kind.WEIGHT: (1, (Part.MORNING,))},
        steps=(("每天称体重", 7), ("少喝酒", 2)),
        checks={"ecg": 180, "fundus": 365},
        dropped=frozenset({"no_tobacco", "lipids"}),
        lab=(LabEdit(item="ldl", high=1.8),),
    )
    plan = await deciding.edit(doctor, resident_id, plan.id, edit, version=plan.version)
    edit = Edit(dropped=frozenset({"own_2"}), measures={Kind.WEIGHT: (0, ())}, steps=(("早睡", 7),))
    plan = await deciding.edit(doctor, resident_id, plan.id, edit, version=plan.version)
    # The ticks of what was dropped are not those of the new step.
    own = ["own_1", "own_3"]
    assert [each.key for each in plan.content.step] == ["less_salt", "active", *own]
    assert deciding.newer(plan) is None

    monkeypatch.setattr(deciding, "_book", a_book())
    next_monday(clock)
    await services.care_plans.worker.drain()
    assert (await reload(services, plan)).content == plan.content
    found = deciding.newer(plan)
    assert found is not None
    assert (found.version, found.news.zh) == (2, "盐减到 4 克")
    assert [(each.part, each.what, each.key) for each in found.differences] == [
        ("step", "added", "walk"),
        ("step", "changed", "less_salt"),
    ]
    asked = await reminders(resident_id)
    taken = await deciding.take_over(
        viewer, resident_id, plan.id, version=plan.version, pathway_version=2, note="同意"
    )
    assert taken.version == plan.version + 1
    assert [each.key for each in taken.content.step] == ["walk", "less_salt", "active", *own]
    assert taken.content.check == plan.content.check
    assert {each.every_days for each in taken.content.check if each.key == "ecg"} == {180}
    assert [each.kind for each in taken.content.measure] == [Kind.BLOOD_PRESSURE]
    assert (taken.held, taken.stage, taken.lab) == (True, Stage.START, plan.lab)
    assert taken.stage_since == plan.stage_since
    assert await reminders(resident_id) == asked
    [revision, *_] = await services.care_plans.looking.revisions(taken)
    assert (revision.what, revision.relation) == (Change.NEW_VERSION, "self")
    assert revision.why.zh == "计划改用第 2 版方案：盐减到 4 克：同意"
    assert deciding.newer(taken) is None
    with pytest.raises(CarePlanChanged):
        await deciding.take_over(
            viewer, resident_id, plan.id, version=taken.version, pathway_version=2
        )


async def test_only_who_may_decide_takes_over_what_they_were_shown(
    services: Services, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    [plan] = await started(services, viewer, resident_id, "hypertension")
    deciding = services.care_plans.deciding
    monkeypatch.setattr(
        deciding, "_book", a_book(3, **{"start = { days = 7": "start = { days = 6"})
    )
    shown: dict[str, Any] = {"version": plan.version, "pathway_version": 3}
    recorder = await a_caregiver(
        services, resident_id, actions=frozenset({Action.VIEW, Action.RECORD})
    )
    with pytest.raises(AccessDenied):
        await deciding.take_over(recorder, resident_id, plan.id, **shown)
    for wrong in ({"version": 1}, {"pathway_version": 2}):
        with pytest.raises(CarePlanChanged):
            await deciding.take_over(viewer, resident_id, plan.id, **(shown | wrong))
    with pytest.raises(CarePlanInvalid) as refused:
        await deciding.take_over(viewer, resident_id, plan.id, **shown, note="长" * 201)
    assert refused.value.data == {"field": "note"}
    assert (await reload(services, plan)).version == plan.version
    # What is measured is another thing now: the weeks before say nothing of those to come.
    next_monday(clock)
    doctor = await a_doctor_of(services, resident_id)
    taken = await deciding.take_over(doctor, resident_id, plan.id, **shown)
    assert plan.stage_since is not None
    assert taken.stage_since is not None
    assert taken.stage_since > plan.stage_since
    [measure] = await reminders(resident_id)
    assert measure["rule"] == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA"
    ended = await deciding.end(viewer, resident_id, plan.id, version=taken.version)
    monkeypatch.setattr(deciding, "_book", a_book(4))
    assert (ended.state, deciding.newer(ended)) == (PlanState.ENDED, None)
