"""How many commands the main operations send to MongoDB: few, and the same for one as for many."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from backend.access.categories import Action, Category
from backend.access.contract.terms import Terms
from backend.access.relations import RelationKind
from backend.core.clock import FixedClock
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from backend.web.graphql import admit
from graphql_api.common import ids
from graphql_api.common.context import Context
from graphql_api.schema import build_schema
from mobile_contract import operation
from tests.access.contract.practice import a_practice
from tests.care.plans.helpers import (
    HIGH,
    HIGH_VALUES,
    a_week,
    next_monday,
    started,
    with_conditions,
)
from tests.factories import a_condition, a_key, a_profile, a_resident, at, many_bp
from tests.graphql_api.commands import Commands
from tests.graphql_api.household import a_household, signed_in

SCHEMA = build_schema()
KINDS = ["BLOOD_PRESSURE", "GLUCOSE", "HEART_RATE", "WEIGHT", "SPO2", "TEMPERATURE"]


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def listener(commands: Commands) -> Commands:
    return commands


async def run(
    services: Services, commands: Commands, token: str, name: str, **variables: Any
) -> tuple[dict[str, Any], list[str]]:
    """A registered operation as a request would run it: its data and its commands."""
    text = operation(name)
    with commands.counted() as seen:
        context = Context(services=services)
        await admit(context, f"Bearer {token}")
        result = await SCHEMA.execute(text, variable_values=variables, context_value=context)
    assert result.errors is None
    assert result.data is not None
    return result.data, seen


async def test_the_home_screen(services: Services, commands: Commands) -> None:
    house = await a_household(services)
    resident = house.samples.ids["Resident"]
    data, seen = await run(
        services, commands, house.token, "home", residentId=resident, kinds=KINDS
    )
    assert data["resident"]["trend"]["whole"]["count"] == 1
    assert len(data["resident"]["latestReadings"]) == 2
    assert sorted(seen) == [
        "aggregate readings",
        "aggregate readings",
        "find alerts",
        "find consents",
        "find entries",
        "find relations",
        "find residents",
        "find residents",
        "find sessions",
        "find threshold_overrides",
    ]


@pytest.mark.parametrize("entries", [5, 60])
async def test_a_timeline_page(services: Services, commands: Commands, entries: int) -> None:
    viewer, token = await signed_in(services)
    _, resident_id = await a_resident(services, viewer)
    for day in range(entries):
        body = a_condition(f"感冒{day}", onset=str(at("2020-01-01") + timedelta(days=day))[:10])
        await services.entries.add(viewer, resident_id, body, idempotency_key=a_key())
    await services.recording.record_batch(
        viewer, resident_id, many_bp(entries), idempotency_key=a_key()
    )
    resident = ids.encode("Resident", resident_id)
    data, seen = await run(services, commands, token, "timeline", residentId=resident, first=50)
    assert len(data["resident"]["timeline"]["edges"]) == min(50, 2 * entries)
    assert sorted(seen) == [
        "find consents",
        "find entries",
        "find readings",
        "find relations",
        "find sessions",
    ]


@pytest.mark.parametrize("people", [2, 10])
async def test_a_care_circle_with_names(
    services: Services, commands: Commands, people: int
) -> None:
    carer, token = await signed_in(services)
    for number in range(people):
        await _cared_for(services, carer, f"老人{number}")
    data, seen = await run(services, commands, token, "care_circle")
    assert {each["resident"]["name"] for each in data["careCircle"]} == {
        f"老*{number}" for number in range(people)
    }
    assert sorted(seen) == [
        "aggregate access_log",  # where the chains end: this process has not written them yet
        "find access_checkpoints",
        "find data_keys",
        "find relations",
        "find residents",
        "find sessions",
        "insert access_log",
    ]


@pytest.mark.parametrize("people", [2, 10])
async def test_the_people_of_a_caregiver_with_what_is_open(
    services: Services, commands: Commands, people: int
) -> None:
    carer, token = await signed_in(services)
    for number in range(people):
        await _cared_for(services, carer, f"老人{number}")
    data, seen = await run(services, commands, token, "people", first=50)
    assert {each["node"]["name"] for each in data["people"]["edges"]} == {
        f"老*{number}" for number in range(people)
    }
    # The log has a chain a resident: how many inserts it makes of them is its own affair.
    assert sorted(each for each in set(seen) if "access_" not in each) == [
        "aggregate alerts",
        "aggregate relations",
        "find consents",
        "find data_keys",
        "find relations",
        "find residents",
        "find sessions",
    ]
    assert max(Counter(each for each in seen if "access_" not in each).values()) == 1


async def _cared_for(services: Services, carer: Viewer, name: str) -> None:
    _, resident_id = await a_resident(services, profile=a_profile(name))
    await services.access.grant(
        resident_id=resident_id, account_id=carer.account_id, kind=RelationKind.CAREGIVER
    )


@pytest.mark.parametrize("people", [2, 5])
async def test_a_doctors_panel_with_plans(
    services: Services, commands: Commands, clock: FixedClock, people: int
) -> None:
    """Which plans run, how last week went, what is overdue; and the same over the whole panel."""
    found = []
    for _ in range(people):
        viewer, resident_id, _ = await with_conditions(services, HIGH)
        await started(services, viewer, resident_id, "hypertension")
        found.append(resident_id)
    for _ in range(2):
        next_monday(clock)
    await a_week(services, viewer, resident_id, clock, HIGH_VALUES)
    doctor, token = await signed_in(services, Role.FAMILY_DOCTOR)
    granted = {Category.PROFILE, Category.CONDITIONS, Category.READINGS}
    for resident_id in found:
        await services.access.grant(
            resident_id=resident_id,
            account_id=doctor.account_id,
            kind=RelationKind.DOCTOR,
            categories=frozenset(granted | {Category.REPORTS} if people == 2 else granted),
        )
    data, seen = await run(services, commands, token, "panel", first=50)
    plans = [each["node"]["plans"] for each in data["panel"]["edges"]]
    stages = sorted(each[0]["plan"]["stage"] for each in plans)
    assert stages == ["SIMPLER"] * (people - 1) + ["START"]  # one of them measured
    standings = [each[0]["standing"] for each in plans]
    overdue = {(late["kind"], late["title"]) for each in plans for late in each[0]["overdue"]}
    if people == 2:
        assert sorted(standings) == ["BEHIND", "UNKNOWN"]
        assert ("CHECK", "血脂") in overdue
    else:  # half of what a plan is judged by is not granted: no word of it
        assert standings == [None] * people
        assert overdue == set()
    assert sorted(each for each in set(seen) if "access_" not in each) == [
        "aggregate alerts",
        "aggregate care_plan_weeks",
        "aggregate relations",
        "find care_plan_schedules",
        "find care_plans",
        "find care_teams",
        "find consents",
        "find entries",
        "find relations",
        "find residents",
        "find sessions",
    ]
    assert max(Counter(each for each in seen if "access_" not in each).values()) == 1
    data, seen = await run(services, commands, token, "panel_control")
    if people == 2:
        [row] = data["panelControl"]
        counts = {key: row[key] for key in ("onTrack", "behind", "worse", "unknown", "rate")}
        assert counts == {"onTrack": 0, "behind": 1, "worse": 0, "unknown": 1, "rate": 0.0}
    else:
        assert data["panelControl"] == []
    assert max(Counter(each for each in seen if "access_" not in each).values()) <= 2


@pytest.mark.parametrize("count", [5, 500])
async def test_a_batch(services: Services, commands: Commands, count: int) -> None:
    viewer, token = await signed_in(services)
    _, resident_id = await a_resident(services, viewer)
    # As a server that saw the phone before.
    await services.core.keyring.key(resident_id)
    await services.access.require(viewer, resident_id, Category.READINGS, Action.RECORD)
    readings = [
        {
            "kind": "BLOOD_PRESSURE",
            "at": draft.at.isoformat(),
            "values": [
                {"component": name, "value": each.value, "unit": each.unit}
                for name, each in draft.values.items()
            ],
            "source": {"system": draft.source.system, "id": draft.source.id},
        }
        for draft in many_bp(count)
    ]
    data, seen = await run(
        services,
        commands,
        token,
        "record_readings",
        input={
            "residentId": ids.encode("Resident", resident_id),
            "idempotencyKey": a_key(),
            "readings": readings,
        },
    )
    assert {each["outcome"] for each in data["recordReadings"]["items"]} == {"RECORDED"}
    assert sorted(seen) == [
        "commitTransaction",
        "find consents",
        "find data_keys",  # in the transaction: nothing is written for who is erased
        "find idempotent_answers",
        "find readings",
        "find readings",
        "find relations",
        "find residents",
        "find sessions",
        "insert access_log",
        "insert idempotent_answers",
        "insert outbox",
        "insert readings",
    ]


@pytest.mark.parametrize("pathways", [1, 3])
async def test_care_plans_with_their_progress(
    services: Services, commands: Commands, pathways: int
) -> None:
    viewer, token = await signed_in(services)
    _, resident_id = await a_resident(services, viewer)
    for name, code in (("高血压", "I10"), ("冠心病", "I25.1")):
        body = a_condition(name, code)
        await services.entries.add(viewer, resident_id, body, idempotency_key=a_key())
    plans = services.care_plans
    await plans.proposing.look(resident_id)
    # All three measure blood pressure: another kind is another aggregation.
    waiting = await plans.looking.proposals(viewer, resident_id)
    for each in waiting[:pathways]:
        await plans.deciding.confirm(viewer, resident_id, each.id, idempotency_key=a_key())
    services.content.library.named("life_salt")
    resident = ids.encode("Resident", resident_id)
    data, seen = await run(services, commands, token, "care_plans", id=resident)
    shown = data["resident"]["carePlans"]
    assert [each["progress"]["daysDue"] for each in shown] == [0] * pathways
    assert sorted(seen) == [
        "aggregate care_plan_ticks",
        "aggregate questionnaire_responses",
        "aggregate readings",
        "find appointments",
        "find care_plan_schedules",
        "find care_plans",
        "find consents",
        "find content_records",
        "find entries",
        "find entries",
        "find relations",
        "find residents",
        "find sessions",
        "find threshold_overrides",
    ]


@pytest.mark.parametrize("people", [1, 6])
async def test_who_asks_for_a_contract(services: Services, commands: Commands, people: int) -> None:
    doctor, token = await signed_in(services, Role.FAMILY_DOCTOR)
    practice = await a_practice(services, 1)
    registry = services.family_doctors.registry
    await registry.enter(
        practice.operator,
        doctor.account_id,
        institution_id=practice.institution_id,
        title="主治医师",
        emergency_duty=False,
    )
    for _ in range(people):
        owner, resident_id = await a_resident(services)
        await services.family_doctors.contracts.ask(
            owner,
            resident_id,
            Terms(),
            doctor_id=doctor.account_id,
            idempotency_key=a_key(),
        )
    data, seen = await run(services, commands, token, "contract_requests")
    assert [each["residentName"] for each in data["contractRequests"]] == ["张*国"] * people
    assert sorted(seen) == [
        "find accounts",
        "find care_contracts",
        "find care_teams",
        "find residents",
        "find sessions",
    ]
