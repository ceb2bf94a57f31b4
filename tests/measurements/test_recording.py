"""Readings in: what is taken, recognised and refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.core.idempotency import IdempotencyKeyReused
from backend.measurements.batch import Outcome
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Kind, Source
from backend.measurements.errors import PlausibilityImpossible
from backend.measurements.readings import ReadingFilter
from backend.measurements.write_errors import BatchTooLarge
from backend.services import Services
from tests.factories import a_caregiver, a_key, a_resident, a_viewer, at, bp, glucose, many_bp


async def count(services: Services) -> int:
    return await ReadingDocument.count()


async def test_a_reading_is_stored_canonical_with_what_was_entered(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    draft = glucose(126, unit="mg/dL")
    outcome = await services.recording.record(viewer, resident_id, draft, idempotency_key=a_key())
    reading = await services.readings.get(viewer, resident_id, outcome.reading_id)
    assert reading.values == {"glucose": pytest.approx(6.993, abs=0.01)}
    assert reading.entered == {"glucose": (126, "mg/dL")}
    assert reading.at == draft.at
    assert reading.at.utcoffset() == timedelta(hours=8)
    assert reading.recorded_by.relation == "self"


async def test_mg_dl_sent_as_mmol_l_is_refused_and_nothing_is_stored(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    with pytest.raises(PlausibilityImpossible) as refusal:
        await services.recording.record(viewer, resident_id, glucose(140), idempotency_key=a_key())
    assert refusal.value.data["suggested_unit"] == "mg/dL"
    assert await count(services) == 0


async def test_the_same_key_gives_the_first_answer_again(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    key = a_key()
    first = await services.recording.record(viewer, resident_id, bp(), idempotency_key=key)
    again = await services.recording.record(viewer, resident_id, bp(), idempotency_key=key)
    assert again == first
    assert await count(services) == 1


async def test_the_same_key_with_another_reading_is_refused(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    key = a_key()
    await services.recording.record(viewer, resident_id, bp(), idempotency_key=key)
    with pytest.raises(IdempotencyKeyReused):
        await services.recording.record(viewer, resident_id, bp(150, 95), idempotency_key=key)
    assert await count(services) == 1


async def test_a_batch_answers_each_item_in_order(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    twin = bp(130, 80, at("2026-11-01"), source=Source(system="cuff", id="c1"))
    items = [
        bp(130, 80, at("2026-11-01"), source=Source(system="phone", id="p1")),
        glucose(140, source=Source(system="phone", id="p2")),
        twin,
        bp(130, 80, at("2026-11-01"), source=Source(system="phone", id="p1")),
        bp(131, 80, at("2026-11-01"), source=Source(system="phone", id="p1")),
    ]
    outcomes = await services.recording.record_batch(
        viewer, resident_id, items, idempotency_key=a_key()
    )
    assert [each.outcome for each in outcomes] == [
        Outcome.RECORDED,
        Outcome.REFUSED,
        Outcome.DUPLICATE,
        Outcome.UNCHANGED,
        Outcome.REFUSED,
    ]
    assert [each.error.code for each in outcomes if each.error] == [
        "PLAUSIBILITY_IMPOSSIBLE",
        "SOURCE_ID_REUSED",
    ]
    page = await services.readings.page(viewer, resident_id, ReadingFilter(), first=100)
    assert [each.id for each in page.items] == [outcomes[0].reading_id]
    assert outcomes[2].reading_id == outcomes[0].reading_id


async def test_a_batch_sent_again_changes_nothing(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    items = many_bp(300)
    first = await services.recording.record_batch(
        viewer, resident_id, items, idempotency_key=a_key()
    )
    again = await services.recording.record_batch(
        viewer, resident_id, items, idempotency_key=a_key()
    )
    assert {each.outcome for each in first} == {Outcome.RECORDED}
    assert {each.outcome for each in again} == {Outcome.UNCHANGED}
    assert [each.reading_id for each in again] == [each.reading_id for each in first]
    assert await count(services) == 300


async def test_what_is_known_between_new_ends_is_recognised(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    items = many_bp(9)
    stored = await services.recording.record_batch(
        viewer, resident_id, items[3:6], idempotency_key=a_key()
    )
    items[4] = replace(items[4], source=Source(system="cuff", id="c4"))
    items[5] = replace(items[5], source=Source(system="manual"))
    outcomes = await services.recording.record_batch(
        viewer, resident_id, items, idempotency_key=a_key()
    )
    new = [Outcome.RECORDED] * 3
    seen = [Outcome.UNCHANGED, Outcome.DUPLICATE, Outcome.DUPLICATE]
    assert [each.outcome for each in outcomes] == [*new, *seen, *new]
    assert [each.reading_id for each in outcomes[3:6]] == [each.reading_id for each in stored]
    assert await ReadingDocument.find({"state": "live"}).count() == 9
    assert await count(services) == 10  # the cuff's own is kept beside


async def test_two_phones_with_one_queue_store_each_reading_once(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    items = many_bp(200)
    await asyncio.gather(
        *(
            services.recording.record_batch(viewer, resident_id, items, idempotency_key=a_key())
            for _ in range(3)
        )
    )
    assert await count(services) == 200


async def test_a_batch_over_the_limit_is_refused_whole(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    with pytest.raises(BatchTooLarge):
        await services.recording.record_batch(
            viewer, resident_id, many_bp(1001), idempotency_key=a_key()
        )
    assert await count(services) == 0


async def test_a_stranger_records_and_reads_nothing(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    await services.recording.record(viewer, resident_id, bp(), idempotency_key=a_key())
    stranger = a_viewer()
    with pytest.raises(AccessDenied):
        await services.recording.record(stranger, resident_id, bp(), idempotency_key=a_key())
    with pytest.raises(AccessDenied):
        await services.readings.page(stranger, resident_id, ReadingFilter(), first=10)
    with pytest.raises(AccessDenied):
        await services.readings.latest(stranger, resident_id, [Kind.BLOOD_PRESSURE])
    assert await count(services) == 1


async def test_a_caregiver_records_under_her_own_name(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    outcome = await services.recording.record(daughter, resident_id, bp(), idempotency_key=a_key())
    reading = await services.readings.get(viewer, resident_id, outcome.reading_id)
    assert reading.recorded_by.account_id == daughter.account_id
    assert (reading.recorded_by.relation, reading.recorded_by.kinship) == ("caregiver", "daughter")


async def test_a_caregiver_who_may_only_view_records_nothing(services: Services) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(
        services,
        resident_id,
        categories=frozenset({Category.READINGS}),
        actions=frozenset({Action.VIEW}),
    )
    with pytest.raises(AccessDenied):
        await services.recording.record(daughter, resident_id, bp(), idempotency_key=a_key())
    assert await count(services) == 0


async def test_notes_are_not_readable_in_the_store(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    await services.recording.record(
        viewer, resident_id, bp(note="头有点晕😵"), idempotency_key=a_key()
    )
    raw = await ReadingDocument.get_pymongo_collection().find_one({})
    assert raw is not None
    assert "头有点晕".encode() not in raw["note"]
    page = await services.readings.page(viewer, resident_id, ReadingFilter(), first=1)
    assert page.items[0].note == "头有点晕😵"
