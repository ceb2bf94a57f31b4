"""Mood is mental health: who is granted readings alone is not given a hint of it anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.archive.timeline import TimelineFilter
from backend.identity.viewer import Viewer
from backend.measurements.batch import Outcome
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Draft, Kind, Quantity
from backend.measurements.readings import ReadingFilter
from backend.measurements.trends import Period
from backend.measurements.write_errors import ReadingNotFound
from backend.services import Services
from tests.factories import a_caregiver, a_key, a_resident, at, bp

WITHOUT_MOOD = frozenset({Category.READINGS})


def mood(score: float = 2, note: str | None = "夜里睡不着心里烦") -> Draft:
    return Draft(
        kind=Kind.MOOD,
        at=at("2026-11-20", "21:00"),
        values={"score": Quantity(score, "{score}")},
        note=note,
    )


async def a_pair(services: Services) -> tuple[Viewer, Viewer, ObjectId, ObjectId]:
    """The resident with a pressure and a mood, and a daughter who may see readings only."""
    owner, resident_id = await a_resident(services)
    outcomes = await services.recording.record_batch(
        owner, resident_id, [bp(), mood()], idempotency_key=a_key()
    )
    daughter = await a_caregiver(services, resident_id, categories=WITHOUT_MOOD)
    assert outcomes[1].reading_id is not None
    return owner, daughter, resident_id, outcomes[1].reading_id


async def test_the_list_leaves_it_out(services: Services) -> None:
    owner, daughter, resident_id, _ = await a_pair(services)
    seen = await services.readings.page(daughter, resident_id, ReadingFilter(), first=10)
    assert [each.kind for each in seen.items] == [Kind.BLOOD_PRESSURE]
    own = await services.readings.page(owner, resident_id, ReadingFilter(), first=10)
    assert {each.kind for each in own.items} == {Kind.BLOOD_PRESSURE, Kind.MOOD}


async def test_asking_for_it_by_name_is_refused(services: Services) -> None:
    _, daughter, resident_id, _ = await a_pair(services)
    wanted = ReadingFilter(kinds=frozenset({Kind.MOOD, Kind.BLOOD_PRESSURE}))
    with pytest.raises(AccessDenied) as refusal:
        await services.readings.page(daughter, resident_id, wanted, first=10)
    assert refusal.value.data == {"category": "mental_health", "action": "view"}
    with pytest.raises(AccessDenied):
        await services.readings.latest(daughter, resident_id, [Kind.MOOD])


async def test_its_id_is_as_unknown_as_any(services: Services) -> None:
    _, daughter, resident_id, mood_id = await a_pair(services)
    for reading_id in (mood_id, ObjectId()):
        with pytest.raises(ReadingNotFound):
            await services.readings.get(daughter, resident_id, reading_id)
        with pytest.raises(ReadingNotFound):
            await services.correcting.withdraw(daughter, resident_id, reading_id, version=1)
    assert await services.readings.history(daughter, resident_id, mood_id) == []


async def test_its_trend_is_refused(services: Services) -> None:
    _, daughter, resident_id, _ = await a_pair(services)
    with pytest.raises(AccessDenied):
        await services.trends.trend(
            daughter,
            resident_id,
            Kind.MOOD,
            period=Period.DAY,
            since=at("2026-11-01"),
            until=at("2026-11-21"),
        )


async def test_timeline_and_search_do_not_know_it(services: Services) -> None:
    owner, daughter, resident_id, mood_id = await a_pair(services)
    line = await services.timeline.page(daughter, resident_id, TimelineFilter(), first=10)
    assert mood_id not in {each.id for each in line.items}
    only = TimelineFilter(kinds=frozenset({Kind.MOOD}))
    with pytest.raises(AccessDenied):
        await services.timeline.page(daughter, resident_id, only, first=10)
    for words in ("心情", "睡不着"):
        hits = await services.timeline.search(daughter, resident_id, words, first=10)
        assert hits.items == []
        own = await services.timeline.search(owner, resident_id, words, first=10)
        assert [each.id for each in own.items] == [mood_id]


async def test_the_export_leaves_it_out(services: Services) -> None:
    owner, daughter, resident_id, mood_id = await a_pair(services)
    assert (
        str(mood_id) not in (await services.fhir_export.everything(daughter, resident_id)).decode()
    )
    assert str(mood_id) in (await services.fhir_export.everything(owner, resident_id)).decode()


async def test_in_a_batch_it_alone_is_refused(services: Services) -> None:
    _, daughter, resident_id, _ = await a_pair(services)
    later = replace(bp(130, 80), at=at("2026-11-20", "20:00"))
    before = await ReadingDocument.count()
    outcomes = await services.recording.record_batch(
        daughter, resident_id, [mood(4), later], idempotency_key=a_key()
    )
    assert [each.outcome for each in outcomes] == [Outcome.REFUSED, Outcome.RECORDED]
    assert isinstance(outcomes[0].error, AccessDenied)
    assert await ReadingDocument.count() == before + 1


async def test_who_is_granted_mental_health_alone_sees_it_alone(services: Services) -> None:
    _, _, resident_id, mood_id = await a_pair(services)
    therapist = await a_caregiver(
        services,
        resident_id,
        categories=frozenset({Category.MENTAL_HEALTH}),
        actions=frozenset({Action.VIEW}),
    )
    seen = await services.readings.page(therapist, resident_id, ReadingFilter(), first=10)
    assert [each.id for each in seen.items] == [mood_id]
