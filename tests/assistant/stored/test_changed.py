"""What changed since the last question is looked up by its stamp, not by reading the archive."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.core.database import Raw
from backend.measurements.documents import ReadingDocument
from backend.services import Services
from bot.assistant.stored.changed import moments_since
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
