"""The assessment over the store: inputs, age limits, who may see what, the log."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from bson import ObjectId

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Category
from backend.access.errors import AccessDenied
from backend.access.log.documents import AccessEntry
from backend.access.relations import RelationKind
from backend.archive.sections import (
    Amount,
    Body,
    ConditionBody,
    ObservationBody,
    PartialDate,
    coded,
    named,
)
from backend.archive.sections.lifestyle import Aspect, LifestyleBody
from backend.archive.sections.result import Result, ResultType
from backend.assessment.model import Assessment, Outcome
from backend.core.clock import FixedClock
from backend.identity.viewer import Role, Viewer
from backend.measurements.draft import Draft, Kind, Quantity
from backend.services import Services
from graphql_api.common.ids import encode
from mobile_contract import operation
from tests.api import sign_in
from tests.factories import ICD10, a_caregiver, a_key, a_resident, a_viewer, at, bp

LOINC = "http://loinc.org"


def lab(code: str, value: str, unit: str = "mmol/L", day: str = "2026-10-20") -> ObservationBody:
    amount = Amount(value=Decimal(value), unit=unit)
    return ObservationBody(
        name=coded(LOINC, code, text=code),
        result=Result(type=ResultType.QUANTITY, amount=amount),
        effective=PartialDate(day),
    )


def single(kind: Kind, value: float, unit: str, day: str = "2026-11-10") -> Draft:
    return Draft(kind=kind, at=at(day), values={kind.value: Quantity(value, unit)})


BODIES: tuple[Body, ...] = (
    lab("14682-9", "92", "umol/L"),
    lab("14771-0", "6.5"),
    lab("14647-2", "5.6"),
    lab("22748-8", "3.2"),
    lab("14646-4", "1.2"),
    lab("14927-8", "1.2", day="2024-01-05"),
    LifestyleBody(aspect=Aspect.SMOKING, finding=named("吸烟"), recorded=PartialDate("2026-10-20")),
)


async def a_record(services: Services, *more: Body) -> tuple[Viewer, ObjectId]:
    """A man of 74 with a clinic pressure of 150/85, and home pressures on three days."""
    viewer, resident_id = await a_resident(services)
    drafts = [
        single(Kind.WEIGHT, 80, "kg"),
        single(Kind.HEIGHT, 170, "cm"),
        single(Kind.WAIST, 95, "cm"),
        *(bp(130, 80, at(f"2026-11-{day}")) for day in (15, 16, 17)),
    ]
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=None)
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=resident_id,
        account_id=doctor.account_id,
        kind=RelationKind.DOCTOR,
        categories=ALL_CATEGORIES,
        actions=ALL_ACTIONS,
    )
    for value in (152, 148):
        when = at("2026-11-18", f"0{value % 10}:30")
        await services.recording.record(
            doctor, resident_id, bp(value, 85, when), idempotency_key=a_key()
        )
    for body in (*BODIES, *more):
        await services.entries.add(viewer, resident_id, body, idempotency_key=a_key())
    return viewer, resident_id


def by_key(found: Assessment) -> dict[str, Outcome]:
    return {each.rule.key: each.outcome for each in found.rows}


async def test_each_row_says_value_class_inputs_and_what_is_too_old(services: Services) -> None:
    viewer, resident_id = await a_record(services)
    found = await services.assessments.assessment(viewer, resident_id)
    rows = by_key(found)
    said = {k: (r.value, r.category.key if r.category else None) for k, r in rows.items()}
    assert said == {
        "bmi": ("27.7", "overweight"),
        "waist": ("95.0", "central_obesity"),
        "blood_pressure_clinic": ("150/85", "grade_1"),
        "blood_pressure_home": ("130/80", "not_raised"),
        "glucose": ("6.5", "impaired"),
        "hba1c": (None, None),
        "total_cholesterol": ("5.60", "high"),
        "triglycerides": (None, None),
        "ldl": ("3.20", "normal"),
        "hdl": ("1.20", "normal"),
        "kidney": ("75", "G2"),
        "smoking": ("吸烟", "current"),
        "cardiovascular_risk": (None, "high"),
    }
    assert rows["hba1c"].state == "not_applicable"
    assert rows["triglycerides"].state == "too_old"
    assert [each.at for each in rows["triglycerides"].inputs] == [at("2024-01-05", "00:00")]
    assert [each.value for each in rows["blood_pressure_clinic"].inputs] == ["148/85", "152/85"]
    assert len(rows["blood_pressure_home"].inputs) == 3
    assert rows["cardiovascular_risk"].estimate
    note = rows["cardiovascular_risk"].note
    assert note is not None
    assert "年龄、吸烟、空腹血糖受损、血脂异常、肥胖或中心型肥胖；不明 无" in note.zh
    assert (found.withheld, found.left_out) == ((), ())


async def test_a_diagnosis_changes_limits_and_risk_and_time_makes_inputs_too_old(
    services: Services, clock: FixedClock
) -> None:
    diabetes = ConditionBody(name=coded(ICD10, "E11.2", text="2型糖尿病肾病"))
    viewer, resident_id = await a_record(services, diabetes, lab("4548-4", "7.0", "%"))
    rows = by_key(await services.assessments.assessment(viewer, resident_id))
    keys = {k: r.category.key for k, r in rows.items() if r.category}
    assert keys["glucose"] == "in_target"
    assert keys["hba1c"] == "above_target"
    assert keys["cardiovascular_risk"] == "very_high"
    assert "2型糖尿病肾病" in [each.value for each in rows["glucose"].inputs]
    clock.advance(timedelta(days=200))
    viewer.memo.clear()
    later = by_key(await services.assessments.assessment(viewer, resident_id))
    old = {key for key, each in later.items() if each.state == "too_old"}
    assert old == {
        "blood_pressure_clinic",
        "blood_pressure_home",
        "hba1c",
        "triglycerides",
        "cardiovascular_risk",
    }
    assert all(later[key].value is None for key in old)


async def test_what_the_viewer_may_not_see_is_left_out_and_said_and_the_look_is_noted(
    services: Services,
) -> None:
    _, resident_id = await a_record(services)
    some = frozenset({Category.PROFILE, Category.READINGS})
    daughter = await a_caregiver(services, resident_id, categories=some)
    found = await services.assessments.assessment(daughter, resident_id)
    assert set(by_key(found)) == {
        "bmi",
        "waist",
        "blood_pressure_clinic",
        "blood_pressure_home",
    }
    assert [each.value for each in found.withheld] == [
        "conditions",
        "reports",
        "reproductive_health",
    ]
    assert {"kidney", "smoking", "cardiovascular_risk"} < {r.key for r in found.left_out}
    noted = await AccessEntry.find({"account_id": daughter.account_id}).to_list()
    assert noted
    other = await a_caregiver(services, resident_id, categories=frozenset({Category.CHAT}))
    with pytest.raises(AccessDenied):
        await services.assessments.assessment(other, resident_id)


async def test_the_phone_gets_it_by_its_operation_with_nodes_that_can_be_opened(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    await services.entries.add(viewer, resident_id, BODIES[0], idempotency_key=a_key())
    who = encode("Resident", resident_id)
    data = await api.ask(operation("assessment"), residentId=who)
    rows = {each["key"]: each for each in data["resident"]["assessment"]["rows"]}
    assert rows["kidney"]["category"]["key"] == "G2"
    assert "CKD-EPI 2021" in rows["kidney"]["source"]
    assert rows["waist"]["state"] == "MISSING"
    assert rows["waist"]["note"] == "缺少：腰围"
    entry, *profile = (each["nodeId"] for each in rows["kidney"]["inputs"])
    assert profile == [who, who]
    node = await api.ask("query ($id: ID!) { node(id: $id) { __typename } }", id=entry)
    assert node["node"]["__typename"] == "Entry"
