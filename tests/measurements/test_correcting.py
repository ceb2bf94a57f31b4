"""Readings changed after the fact."""

from __future__ import annotations

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.core.history import ChangedMeanwhile, VersionNotFound
from backend.identity.viewer import Viewer
from backend.measurements.draft import Source
from backend.measurements.errors import PlausibilityImpossible
from backend.measurements.readings import ReadingFilter
from backend.measurements.write_errors import (
    NotYourReading,
    ReadingNotFound,
    ReadingWithdrawnAlready,
    SameReadingExists,
)
from backend.services import Services
from tests.factories import a_caregiver, a_key, a_resident, at, bp


async def recorded(services: Services) -> tuple[Viewer, ObjectId, ObjectId]:
    viewer, resident_id = await a_resident(services)
    outcome = await services.recording.record(
        viewer, resident_id, bp(142, 88, note="晨起"), idempotency_key=a_key()
    )
    assert outcome.reading_id is not None
    return viewer, resident_id, outcome.reading_id


async def live(services: Services, viewer: Viewer, resident_id: ObjectId) -> list[dict[str, float]]:
    page = await services.readings.page(viewer, resident_id, ReadingFilter(), first=100)
    return [each.values for each in page.items]


async def test_a_correction_makes_a_version_and_keeps_the_old_one(services: Services) -> None:
    viewer, resident_id, reading_id = await recorded(services)
    after = await services.correcting.correct(
        viewer, resident_id, reading_id, bp(132, 88), version=1
    )
    assert (after.version, after.values["systolic"], after.note) == (2, 132, None)
    history = await services.readings.history(viewer, resident_id, reading_id)
    assert [(each.values["systolic"], each.note) for each, _ in history] == [(142, "晨起")]


async def test_an_old_version_is_restored_as_a_new_one(services: Services) -> None:
    viewer, resident_id, reading_id = await recorded(services)
    await services.correcting.withdraw(viewer, resident_id, reading_id, version=1)
    assert await live(services, viewer, resident_id) == []
    back = await services.correcting.restore(
        viewer, resident_id, reading_id, to_version=1, version=2
    )
    assert (back.version, back.state, back.note) == (3, "live", "晨起")
    assert await live(services, viewer, resident_id) == [{"systolic": 142, "diastolic": 88}]


async def test_what_was_withdrawn_is_not_corrected(services: Services) -> None:
    viewer, resident_id, reading_id = await recorded(services)
    await services.correcting.withdraw(viewer, resident_id, reading_id, version=1)
    with pytest.raises(ReadingWithdrawnAlready):
        await services.correcting.correct(viewer, resident_id, reading_id, bp(), version=2)
    with pytest.raises(ReadingWithdrawnAlready):
        await services.correcting.withdraw(viewer, resident_id, reading_id, version=2)


async def test_a_change_of_an_old_version_is_refused(services: Services) -> None:
    viewer, resident_id, reading_id = await recorded(services)
    await services.correcting.correct(viewer, resident_id, reading_id, bp(132, 88), version=1)
    with pytest.raises(ChangedMeanwhile):
        await services.correcting.correct(viewer, resident_id, reading_id, bp(99, 60), version=1)
    assert await live(services, viewer, resident_id) == [{"systolic": 132, "diastolic": 88}]


async def test_an_impossible_correction_changes_nothing(services: Services) -> None:
    viewer, resident_id, reading_id = await recorded(services)
    with pytest.raises(PlausibilityImpossible):
        await services.correcting.correct(viewer, resident_id, reading_id, bp(80, 120), version=1)
    assert await live(services, viewer, resident_id) == [{"systolic": 142, "diastolic": 88}]


async def test_a_correction_to_what_exists_already_is_refused(services: Services) -> None:
    viewer, resident_id, reading_id = await recorded(services)
    await services.recording.record(
        viewer, resident_id, bp(120, 80, at("2026-11-20", "09:00")), idempotency_key=a_key()
    )
    with pytest.raises(SameReadingExists):
        await services.correcting.correct(
            viewer, resident_id, reading_id, bp(120, 80, at("2026-11-20", "09:00")), version=1
        )
    assert len(await live(services, viewer, resident_id)) == 2


async def test_a_corrected_reading_sent_again_by_its_phone_stays_corrected(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    sent = bp(142, 88, source=Source(system="phone", id="p1"))
    first = await services.recording.record(viewer, resident_id, sent, idempotency_key=a_key())
    assert first.reading_id is not None
    await services.correcting.correct(viewer, resident_id, first.reading_id, bp(132, 88), version=1)
    again = await services.recording.record(viewer, resident_id, sent, idempotency_key=a_key())
    assert again.outcome == "unchanged"
    assert await live(services, viewer, resident_id) == [{"systolic": 132, "diastolic": 88}]


async def test_who_may_record_may_not_change_what_others_recorded(services: Services) -> None:
    _, resident_id, reading_id = await recorded(services)
    helper = await a_caregiver(
        services,
        resident_id,
        categories=frozenset({Category.READINGS}),
        actions=frozenset({Action.VIEW, Action.RECORD}),
    )
    with pytest.raises(NotYourReading):
        await services.correcting.correct(helper, resident_id, reading_id, bp(), version=1)
    with pytest.raises(NotYourReading):
        await services.correcting.withdraw(helper, resident_id, reading_id, version=1)


async def test_another_resident_s_reading_is_not_found(services: Services) -> None:
    _, _, reading_id = await recorded(services)
    other, other_id = await a_resident(services)
    with pytest.raises(ReadingNotFound):
        await services.correcting.correct(other, other_id, reading_id, bp(), version=1)
    with pytest.raises(ReadingNotFound):
        await services.readings.get(other, other_id, reading_id)
    with pytest.raises(VersionNotFound):
        await services.core.history.version(other_id, reading_id, 1)
