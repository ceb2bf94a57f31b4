"""Plans over GraphQL: for the resident, the doctor, and who sees a part."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from backend.access.categories import ALL_CATEGORIES, Category
from backend.access.relations import RelationKind
from backend.care.plans.documents import PlanDocument
from backend.care.plans.pathway import Filled, Lesson
from backend.care.plans.plan import sealed
from backend.core.clock import FixedClock
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Role
from backend.measurements.draft import Source
from backend.services import Services
from graphql_api.common import ids
from mobile_contract import operation
from tests.api import Api, sign_in
from tests.care.plans.helpers import lab as a_result
from tests.care.plans.helpers import told
from tests.care.plans.test_newer import a_book
from tests.factories import a_condition, a_key, a_resident, at, bp


async def test_a_plan_is_confirmed_lived_and_edited_over_graphql(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    api, viewer = await sign_in(services, client, name="lives-it")
    _, resident_id = await a_resident(services, viewer)
    await services.entries.add(viewer, resident_id, a_condition(), idempotency_key=a_key())
    await told(services)
    resident = ids.encode("Resident", resident_id)
    data = await api.ask(operation("care_plan_proposals"), id=resident)
    waiting, elder = data["resident"]["carePlanProposals"]
    assert (waiting["pathway"], elder["pathway"]) == ("hypertension", "elder")
    assert waiting["reason"] == "因为档案中有高血压"
    confirm = {"id": waiting["id"], "idempotencyKey": a_key()}
    for _ in range(2):
        answer = await api.ask(operation("confirm_care_plan"), input=confirm)
        plan = answer["confirmCarePlan"]["plan"]
        assert (plan["state"], plan["stage"], plan["version"]) == ("ACTIVE", "START", 2)
    declined = await api.ask(operation("decline_care_plan"), input={"id": elder["id"]})
    assert declined["declineCarePlan"]["plan"]["state"] == "DECLINED"
    clock.set(at("2026-11-23", "21:00"))
    tokens = await services.identity.sign_in(DemoName("lives-it"), Device())
    api = Api(client, tokens.access_token)
    drafts = [
        bp(130, 80, at("2026-11-23", hour), source=Source(system="cuff", id=hour))
        for hour in ("08:00", "20:00")
    ]
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=None)
    tick = {"id": plan["id"], "step": "less_salt"}
    await api.ask(operation("tick_care_plan_step"), input=tick)
    shown = (await api.ask(operation("care_plans"), id=resident))["resident"]["carePlans"]
    [progress] = [each["progress"] for each in shown]
    assert (progress["daysDue"], progress["daysDone"], progress["weekOfPlan"]) == (1, 1, 1)
    today = {"kind": "BLOOD_PRESSURE", "due": ["morning", "evening"]}
    assert progress["today"] == [today | {"done": ["morning", "evening"]}]
    assert progress["steps"][0] == {
        "key": "less_salt",
        "title": "少盐：每天食盐不超过 5 克",
        "aWeek": 7,
        "done": 1,
    }
    assert [each["article"]["slug"] for each in progress["lessons"]] == [
        "hypertension_basics",
        "test_home_bp",
    ]
    assert [(each["component"], each["high"]) for each in progress["targets"]] == [
        ("systolic", 135.0),
        ("diastolic", 85.0),
    ]
    assert progress["withheld"] == []
    # What the plan was started with may have left the library since.
    stored = await services.care_plans.deciding.read(*ids.decode(plan["id"], "HealthPlan"))
    gone = stored.content.model_copy(
        update={
            "lesson": (Lesson(week=1, pieces=("life_salt", "no_such_piece")),),
            "questionnaire": (Filled(key="no_such_form", every_days=90, source="a test"),),
        }
    )
    key = await services.core.keyring.key(resident_id)
    await PlanDocument.get_pymongo_collection().update_one(
        {"_id": stored.id}, {"$set": {"box": sealed(replace(stored, content=gone), key)}}
    )
    node = (await api.ask(operation("care_plan"), id=plan["id"]))["node"]
    assert [each["title"] for each in node["questionnaires"]] == ["填写健康问卷"]
    lessons = node["progress"]["lessons"]
    assert [each["article"]["slug"] for each in lessons] == ["life_salt"]


async def test_the_doctor_edits_and_a_stranger_or_half_granted_relative_sees_their_part(
    services: Services, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    for body in (a_condition(), a_result("22748-8", "2.3", "mmol/L", "2026-11-10")):
        await services.entries.add(viewer, resident_id, body, idempotency_key=a_key())
    await told(services)
    doctor, doctor_viewer = await sign_in(services, client, Role.FAMILY_DOCTOR)
    nephew, nephew_viewer = await sign_in(services, client, Role.CAREGIVER)
    stranger, _ = await sign_in(services, client)
    for account, kind, categories in (
        (doctor_viewer, RelationKind.DOCTOR, ALL_CATEGORIES),
        (nephew_viewer, RelationKind.CAREGIVER, frozenset({Category.CONDITIONS})),
    ):
        await services.access.grant(
            resident_id=resident_id,
            account_id=account.account_id,
            kind=kind,
            categories=categories,
        )
    resident = ids.encode("Resident", resident_id)
    data = await doctor.ask(operation("care_plan_proposals"), id=resident)
    waiting = data["resident"]["carePlanProposals"][0]
    confirm = {"id": waiting["id"], "idempotencyKey": a_key()}
    await doctor.ask(operation("confirm_care_plan"), input=confirm)
    edit = {
        "id": waiting["id"],
        "version": 2,
        "measures": [{"kind": "BLOOD_PRESSURE", "days": 2, "parts": ["MORNING"]}],
        "targets": [{"kind": "BLOOD_PRESSURE", "component": "systolic", "high": 150}],
        "labTargets": [{"item": "ldl", "high": 1.8}],
        "note": "两周后再看",
    }
    assert await owner.refusal(operation("edit_care_plan"), input=edit) == "ROLE_REQUIRED"
    answer = await doctor.ask(operation("edit_care_plan"), input=edit)
    plan = answer["editCarePlan"]["plan"]
    assert (plan["version"], plan["setByDoctor"]) == (3, True)
    assert plan["measures"][0]["weekdays"] == ["TU", "SA"]
    assert await doctor.refusal(operation("edit_care_plan"), input=edit) == "CARE_PLAN_CHANGED"
    node = (await owner.ask(operation("care_plan"), id=waiting["id"]))["node"]
    assert [(each["what"], each["relation"], each["byMe"]) for each in node["revisions"]] == [
        ("EDITED", "doctor", False),
        ("STARTED", "doctor", False),
    ]
    [ldl] = node["labTargets"]
    assert (ldl["name"], ldl["high"], ldl["unit"]) == ("低密度脂蛋白胆固醇", 1.8, "mmol/L")
    [lab] = node["progress"]["labTargets"]
    assert lab["target"] == ldl
    assert (lab["latest"]["value"], lab["inTarget"]) == (2.3, False)
    assert "hba1c" in {each["key"] for each in node["labItems"]}
    assert (node["pathwayVersion"], node["newer"]) == (1, None)
    highs = {each["component"]: each["high"] for each in node["progress"]["targets"]}
    assert highs == {"systolic": 150, "diastolic": 85}
    half = (await nephew.ask(operation("care_plans"), id=resident))["resident"]["carePlans"]
    assert half[0]["progress"]["withheld"] == ["READINGS", "REPORTS"]
    assert (half[0]["progress"]["weeks"], half[0]["progress"]["targets"]) == ([], [])
    [lab] = half[0]["progress"]["labTargets"]
    assert (lab["target"]["high"], lab["latest"], lab["inTarget"]) == (1.8, None, None)
    monkeypatch.setattr(services.care_plans.deciding, "_book", a_book())
    node = (await doctor.ask(operation("care_plan"), id=waiting["id"]))["node"]
    assert (node["pathwayVersion"], node["newer"]["news"]) == (1, "盐减到 4 克")
    assert node["newer"]["differences"][0] == {
        "part": "STEP",
        "what": "ADDED",
        "title": "饭后散步",
    }
    take = {"id": waiting["id"], "version": 3, "pathwayVersion": 2}
    answer = await owner.ask(operation("take_over_care_plan_version"), input=take)
    plan = answer["takeOverCarePlanVersion"]["plan"]
    assert (plan["version"], plan["pathwayVersion"], plan["newer"]) == (4, 2, None)
    assert [each["item"] for each in plan["labTargets"]] == ["ldl"]
    assert await stranger.refusal(operation("care_plan"), id=waiting["id"]) == "ACCESS_DENIED"
    looks = services.core.store.db["access_log"].find({"resident_id": resident_id})
    assert any(raw.get("purpose") == "care_plan" for raw in await looks.to_list())
