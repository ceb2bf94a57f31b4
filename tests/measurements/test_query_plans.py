"""No look-up reads a person's whole history: what is examined follows what is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from backend.core.database import Raw
from backend.identity.viewer import Viewer
from backend.measurements.draft import Draft, Kind, Quantity
from backend.measurements.readings import ALL_KINDS, ReadingFilter
from backend.measurements.trends import Period
from backend.services import Services
from tests.factories import a_key, a_resident, at, many_bp

STORED = 600
_READS = frozenset({"find", "aggregate"})
_NOT_OF_THE_QUERY = frozenset({"lsid", "$db", "txnNumber", "startTransaction", "$clusterTime"})


class Reads(CommandListener):
    """The reads of ``readings`` as they were sent."""

    def __init__(self) -> None:
        self.commands: list[Raw] = []

    def started(self, event: CommandStartedEvent) -> None:
        name = event.command_name
        if name in _READS and event.command[name] == "readings":
            sent = {k: v for k, v in event.command.items() if k not in _NOT_OF_THE_QUERY}
            self.commands.append(sent)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass


@pytest.fixture
def reads() -> Reads:
    return Reads()


@pytest.fixture
def listener(reads: Reads) -> Reads:
    return reads


async def somebody_with_a_history(services: Services, reads: Reads) -> tuple[Viewer, ObjectId]:
    viewer, resident_id = await a_resident(services)
    drafts = many_bp(STORED, start=at("2025-10-01"))
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=a_key())
    reads.commands.clear()
    return viewer, resident_id


def weight(*, start: datetime, days: int, kg: float = 74) -> Draft:
    values = {"weight": Quantity(kg, "kg")}
    return Draft(kind=Kind.WEIGHT, at=start + timedelta(days=days), values=values)


def examined(plan: Any, name: str = "totalDocsExamined") -> int:
    """The documents that a query or all parts of a pipeline looked at."""
    if isinstance(plan, dict):
        own = plan.get(name, 0)
        return own or sum(examined(each, name) for each in plan.values())
    if isinstance(plan, list):
        return sum(examined(each, name) for each in plan)
    return 0


async def assert_frugal(services: Services, reads: Reads, most: int) -> None:
    assert reads.commands
    for command in list(reads.commands):
        plan = await services.core.store.db.command("explain", command, verbosity="executionStats")
        looked_at = examined(plan), examined(plan, "totalKeysExamined")
        assert max(looked_at) <= most, (looked_at, command)


async def test_a_batch_looks_up_its_own_items_only(services: Services, reads: Reads) -> None:
    viewer, resident_id = await somebody_with_a_history(services, reads)
    drafts = many_bp(10, start=at("2026-11-01"), system="phone-2")
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=a_key())
    assert len(reads.commands) == 2
    await assert_frugal(services, reads, 2 * len(drafts) + 2)


@pytest.mark.parametrize("count", [1, 40])
async def test_own_last_weights_are_one_command_of_a_few_seeks(
    services: Services, reads: Reads, count: int
) -> None:
    viewer, resident_id = await somebody_with_a_history(services, reads)
    years = [weight(start=at("2025-01-01"), days=each) for each in range(STORED)]
    await services.recording.record_batch(viewer, resident_id, years, idempotency_key=a_key())
    reads.commands.clear()
    drafts = [weight(start=at("2025-06-01", "09:00"), days=each) for each in range(count)]
    drafts += many_bp(10, start=at("2026-11-01"), system="phone-2")
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=a_key())
    [own] = [each for each in reads.commands if "aggregate" in each]
    assert len(reads.commands) == 3
    plan = await services.core.store.db.command("explain", own, verbosity="executionStats")
    # Three before the latest, three before the earliest, one after; a key more to see the end.
    assert 0 < examined(plan) <= 7
    assert 0 < examined(plan, "totalKeysExamined") <= 10


async def test_a_correction_reads_the_values_around_it(services: Services, reads: Reads) -> None:
    viewer, resident_id = await somebody_with_a_history(services, reads)
    years = [weight(start=at("2025-01-01"), days=each) for each in range(STORED)]
    outcomes = await services.recording.record_batch(
        viewer, resident_id, years, idempotency_key=a_key()
    )
    reads.commands.clear()
    changed, reading_id = weight(start=at("2025-01-01"), days=300, kg=75), outcomes[300].reading_id
    assert reading_id is not None
    await services.correcting.correct(viewer, resident_id, reading_id, changed, version=1)
    await assert_frugal(services, reads, 10)


async def test_a_batch_sent_again_finds_each_item_by_its_id(
    services: Services, reads: Reads
) -> None:
    viewer, resident_id = await somebody_with_a_history(services, reads)
    again = many_bp(10, start=at("2025-10-01"))
    await services.recording.record_batch(viewer, resident_id, again, idempotency_key=a_key())
    await assert_frugal(services, reads, 2 * len(again) + 2)


async def test_a_source_that_sends_a_reading_again_finds_it_by_its_id(
    services: Services, reads: Reads
) -> None:
    viewer, resident_id = await somebody_with_a_history(services, reads)
    draft = replace(many_bp(1, start=at("2025-10-01"))[0], at=at("2025-10-02"))
    await services.correcting.resend(viewer, resident_id, draft, b"{}")
    await assert_frugal(services, reads, 2)


async def test_a_page_of_the_list_reads_a_page(services: Services, reads: Reads) -> None:
    viewer, resident_id = await somebody_with_a_history(services, reads)
    wanted = ReadingFilter(kinds=frozenset({Kind.BLOOD_PRESSURE}))
    page = await services.readings.page(viewer, resident_id, wanted, first=20, after=None)
    assert len(page.items) == 20
    await assert_frugal(services, reads, 21)


async def test_the_latest_of_each_kind_is_one_seek_a_kind(services: Services, reads: Reads) -> None:
    viewer, resident_id = await somebody_with_a_history(services, reads)
    kinds = (Kind.BLOOD_PRESSURE, Kind.GLUCOSE, Kind.WEIGHT)
    found = await services.readings.latest(viewer, resident_id, kinds)
    assert len(found) == 1
    await assert_frugal(services, reads, 2 * len(kinds))


async def test_words_are_looked_up_by_their_index(services: Services, reads: Reads) -> None:
    _, resident_id = await somebody_with_a_history(services, reads)
    key = await services.core.keyring.key(resident_id)
    found = await services.readings.with_words(resident_id, "头晕", key, kinds=ALL_KINDS, limit=10)
    assert found == []
    await assert_frugal(services, reads, 2)


async def test_a_trend_reads_its_window(services: Services, reads: Reads) -> None:
    viewer, resident_id = await somebody_with_a_history(services, reads)
    since = at("2025-10-01")
    await services.trends.trend(
        viewer,
        resident_id,
        Kind.BLOOD_PRESSURE,
        period=Period.DAY,
        since=since,
        until=since + timedelta(minutes=30),
    )
    await assert_frugal(services, reads, 32)
