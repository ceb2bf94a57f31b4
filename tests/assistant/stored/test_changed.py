"""What changed since the last question is looked up by its stamp, not by reading the archive."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from backend.archive.fhir.validation import invalid
from backend.core.clock import SHANGHAI, FixedClock
from backend.core.database import Raw
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Draft, Kind, Meal, Quantity
from backend.measurements.thresholds import Override
from backend.services import Services
from bot.assistant.engine import Assistant
from bot.assistant.fhir.bundle import BundleView
from bot.assistant.stored.changed import moments_since
from tests.assistant.stored.people import a_doctor, a_father
from tests.conftest import NOW
from tests.factories import a_key, a_resident, at, many_bp

_STORED = 60


def keys_examined(plan: Any) -> int:
    if isinstance(plan, dict):
        own: int = plan.get("totalKeysExamined", 0)
        return own or sum(keys_examined(each) for each in plan.values())
    return sum(keys_examined(each) for each in plan) if isinstance(plan, list) else 0


async def test_nothing_new_is_seen_without_reading_what_is_old(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    drafts = many_bp(_STORED, start=at("2026-09-01"))
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=a_key())
    assert sum(n for n, _ in (await moments_since(resident_id, NOW)).values()) >= _STORED
    later = NOW + timedelta(minutes=5)
    assert await moments_since(resident_id, later) == {}

    query: Raw = {"resident_id": resident_id, "updated_at": {"$gte": later}}
    group = {"$group": {"_id": "$updated_at", "versions": {"$sum": "$version"}}}
    command = {"aggregate": "readings", "pipeline": [{"$match": query}, group], "cursor": {}}
    database = ReadingDocument.get_pymongo_collection().database
    plan = await database.command("explain", command, verbosity="executionStats")
    assert keys_examined(plan) <= 1
    assert "readings_by_change" in str(
        plan["queryPlanner"]["winningPlan"] if "queryPlanner" in plan else plan
    )


async def test_a_limit_that_the_doctor_sets_counts_with_the_next_question(
    services: Services, clock: FixedClock
) -> None:
    father = await a_father(services)
    await services.recording.record(
        father.viewer,
        father.id,
        Draft(kind=Kind.SPO2, at=clock.now(), values={"spo2": Quantity(90, "%")}),
        idempotency_key=a_key(),
    )
    doctor = await a_doctor(services, father.id)
    before = await father.ask("血氧怎么样")
    assert before.words is not None
    assert "这个数偏低" in before.words.text
    limit = Override(
        kind=Kind.SPO2,
        component="spo2",
        low=88,
        high=92,
        valid_from=clock.now().astimezone(SHANGHAI).date(),
        set_by="王医生",
    )
    limit_id = await services.overrides.set(doctor, father.id, limit, idempotency_key=a_key())
    held = await father.ask("血氧怎么样")
    assert held.words is not None
    assert "这在个人范围里（王医生定的血氧饱和度 88–92%）。" in held.words.text
    assert f"PersonalLimit/{limit_id}" in [each.resource for each in held.words.citations]
    fasting = replace(
        limit, kind=Kind.GLUCOSE, component="glucose", meal=Meal.FASTING, low=4.0, high=8.0
    )
    await services.overrides.set(doctor, father.id, fasting, idempotency_key=a_key())
    exported = await services.fhir_export.everything(father.viewer, father.id)
    bundle = json.loads(exported, parse_float=Decimal)
    assert [invalid(each["resource"]) for each in bundle["entry"]] == [None] * len(bundle["entry"])
    over_bundle = Assistant(BundleView(bundle, clock.now()))
    assert over_bundle.ask("血氧怎么样").text == held.words.text
    sugar = await father.ask("空腹血糖怎么样")
    assert sugar.words is not None
    assert "王医生定的空腹血糖 4–8 mmol/L" in sugar.words.text
    assert over_bundle.ask("空腹血糖怎么样").text == sugar.words.text
    await services.overrides.end(doctor, father.id, limit_id)
    after = await father.ask("血氧怎么样")
    assert after.words is not None
    assert "这个数偏低" in after.words.text
