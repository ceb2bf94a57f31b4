"""A pathway that begins at an age is proposed on the birthday, though nobody writes anything."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from backend.care.plans.birthdays import next_look
from backend.care.plans.documents import LookDocument, PlanDocument
from backend.core.clock import SHANGHAI, FixedClock
from backend.identity.viewer import Viewer
from backend.measurements.draft import Draft, Kind, Quantity, Source
from backend.measurements.thresholds import age_in_months
from backend.services import Services
from tests.care.plans.helpers import proposed, told
from tests.conftest import NOW
from tests.factories import a_profile, a_resident, at


async def test_a_birthday_proposes_what_begins_at_that_age_once_whatever_clocks_do(
    services: Services, clock: FixedClock
) -> None:
    elder, elder_id = await a_resident(services, profile=a_profile(born="1961-12-10"))
    grown, grown_id = await a_resident(services, profile=a_profile(born="2008-12-12"))
    vague, vague_id = await a_resident(services, profile=a_profile(born="1961"))
    drafts = [
        Draft(kind=kind, at=at("2026-11-20"), values={kind.value: Quantity(value, unit)}, source=by)
        for kind, value, unit in ((Kind.WEIGHT, 95, "kg"), (Kind.HEIGHT, 170, "cm"))
        for by in (Source(system="scales", id=kind.value),)
    ]
    await services.recording.record_batch(grown, grown_id, drafts, idempotency_key=None)
    await told(services)
    birthdays = services.care_plans.birthdays

    async def plans(viewer: Viewer, resident_id: ObjectId) -> set[str]:
        viewer.memo.clear()
        return set(await proposed(services, viewer, resident_id))

    clock.set(_at("2026-12-10", 2))
    assert await birthdays.step() == 0
    assert await plans(elder, elder_id) == set()
    clock.set(_at("2026-12-10", 4))
    assert sum(await asyncio.gather(birthdays.step(), birthdays.step())) == 1
    assert await plans(elder, elder_id) == {"elder"}
    assert await plans(grown, grown_id) == set()
    clock.set(_at("2026-12-12", 4))
    assert await birthdays.step() == 1
    assert await plans(grown, grown_id) == {"weight"}
    # A clock that jumped far ahead and came back is not waited for; who is known is told nothing.
    clock.set(_at("2030-01-01", 4))
    assert await birthdays.step() == 3
    clock.set(_at("2026-12-13", 4))
    assert await birthdays.step() == 3
    assert await birthdays.step() == 0
    # From before there were looks, and without consent.
    await LookDocument.get_pymongo_collection().delete_many({})
    await services.core.store.db["consents"].delete_many({"resident_id": elder_id})
    await PlanDocument.get_pymongo_collection().delete_many({})
    await birthdays.seed()
    await birthdays.seed()
    assert await birthdays.step() == 3
    assert await PlanDocument.find({"resident_id": elder_id}).count() == 0
    assert await plans(grown, grown_id) == {"weight"}
    assert await plans(vague, vague_id) == set()
    now = clock.now()
    looks = [each.next_at async for each in LookDocument.find({})]
    assert len(looks) == 3
    assert all(now < each <= now + timedelta(days=30) for each in looks)


@given(
    st.dates(date(1900, 1, 1), date(2026, 11, 1)),
    st.integers(0, 40_000),
    st.frozensets(st.integers(1, 100), max_size=4),
)
def test_no_birthday_falls_between_two_looks(born: date, hours: int, ages: frozenset[int]) -> None:
    now = NOW + timedelta(hours=hours)
    after = next_look(born, ages, now)
    assert now < after <= now + timedelta(days=30)
    today, next_day = (each.astimezone(SHANGHAI).date() for each in (now, after))

    def age(day: date) -> int:
        return age_in_months(born, day) // 12

    between = range(1, (next_day - today).days)
    assert not ({age(today + timedelta(days=each)) for each in between} - {age(today)}) & ages
    if after < now + timedelta(days=30):
        assert age(next_day) in ages


def _at(day: str, hour: int) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).replace(
        hour=hour
    )
