"""Everything in one list: order, filters, pages, words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.access.categories import Category
from backend.archive.entry import EntrySource
from backend.archive.errors import SearchTooShort
from backend.archive.sections import AllergyBody, ConditionBody, PartialDate, Section, coded, named
from backend.archive.timeline import TimelineFilter
from backend.core import words
from backend.core.paging import Cursor, CursorInvalid, PageSizeInvalid
from backend.identity.viewer import Viewer
from backend.measurements.draft import Kind
from backend.services import Services
from tests.factories import (
    ICD10,
    a_caregiver,
    a_condition,
    a_key,
    a_resident,
    at,
    bp,
    many_bp,
)


async def filled(services: Services) -> tuple[Viewer, ObjectId]:
    viewer, resident_id = await a_resident(services)
    for year in ("2012", "2018-07", "2026-10-01"):
        await services.entries.add(
            viewer, resident_id, a_condition(onset=year), idempotency_key=a_key()
        )
    await services.entries.add(
        viewer, resident_id, AllergyBody(substance=named("青霉素")), idempotency_key=a_key()
    )
    drafts = many_bp(30, start=at("2026-09-30", "23:45"))
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=a_key())
    return viewer, resident_id


@pytest.mark.parametrize("size", [1, 7, 100])
async def test_pages_of_any_size_give_everything_once_and_in_order(
    services: Services, size: int
) -> None:
    viewer, resident_id = await filled(services)
    seen, after = [], None
    while True:
        page = await services.timeline.page(
            viewer, resident_id, TimelineFilter(), first=size, after=after
        )
        seen += page.items
        if not page.has_next:
            break
        after = page.cursor(page.items[-1])
    assert len(seen) == len({each.id for each in seen}) == 34
    assert seen == sorted(seen, key=lambda each: (each.at, each.id), reverse=True)


async def test_filters_by_section_kind_time_source_and_category(services: Services) -> None:
    viewer, resident_id = await filled(services)

    async def count(**wanted: object) -> int:
        page = await services.timeline.page(
            viewer, resident_id, TimelineFilter(**wanted), first=100
        )
        return len(page.items)

    assert await count(sections=frozenset({Section.CONDITION})) == 3
    assert await count(kinds=frozenset({Kind.BLOOD_PRESSURE})) == 30
    assert await count(kinds=frozenset({Kind.WEIGHT})) == 0
    assert await count(since=at("2026-10-01", "00:00"), until=at("2026-10-02", "00:00")) == 16
    assert await count(sources=frozenset({EntrySource.SELF})) == 34
    assert await count(sources=frozenset({EntrySource.INSTITUTION})) == 0
    assert await count(categories=frozenset({Category.READINGS})) == 30
    assert await count(categories=frozenset({Category.MENTAL_HEALTH})) == 0


async def test_search_finds_entries_and_notes_by_any_part(services: Services) -> None:
    viewer, resident_id = await filled(services)
    note = bp(150, 95, at("2026-11-02"), note="爬楼后胸闷, took amlodipine 5mg")
    await services.recording.record(viewer, resident_id, note, idempotency_key=a_key())

    async def found(text: str) -> int:
        page = await services.timeline.search(viewer, resident_id, text, first=100)
        return len(page.items)

    assert await found("青霉素") == 1
    assert await found("霉素") == 1
    assert await found("胸闷") == 1
    assert await found("AMLODIPINE") == 1
    assert await found("胸闷 amlodipine") == 1
    assert await found("胸闷 青霉素") == 0
    assert await found("qms") == 1
    assert await found("血压") == 31 + 3  # all blood pressures, and 高血压 three times
    assert await found("心脏") == 0
    with pytest.raises(SearchTooShort):
        await found("！？ ")


async def test_what_is_not_granted_shows_in_no_page_count_or_hit(services: Services) -> None:
    viewer, resident_id = await filled(services)
    body = ConditionBody(
        name=coded(ICD10, "F32.1", text="抑郁发作"), onset=PartialDate("2026-10-01")
    )
    await services.entries.add(viewer, resident_id, body, idempotency_key=a_key())
    daughter = await a_caregiver(
        services, resident_id, categories=frozenset({Category.CONDITIONS, Category.READINGS})
    )
    hers = await services.timeline.page(daughter, resident_id, TimelineFilter(), first=100)
    own = await services.timeline.page(viewer, resident_id, TimelineFilter(), first=100)
    assert len(own.items) == len(hers.items) + 1
    assert not (await services.timeline.search(daughter, resident_id, "抑郁", first=5)).items
    assert len((await services.timeline.search(viewer, resident_id, "抑郁", first=5)).items) == 1


async def test_a_corrected_word_is_not_found_any_more(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    entry = await services.entries.add(
        viewer, resident_id, a_condition("高血压"), idempotency_key=a_key()
    )
    await services.entries.amend(
        viewer, resident_id, entry.id, a_condition("痛风", "M10.9"), version=1
    )
    assert not (await services.timeline.search(viewer, resident_id, "高血压", first=5)).items
    assert len((await services.timeline.search(viewer, resident_id, "痛风", first=5)).items) == 1


async def test_pages_and_cursors_are_checked(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    for size in (0, -1, 101):
        with pytest.raises(PageSizeInvalid):
            await services.timeline.page(viewer, resident_id, TimelineFilter(), first=size)
    for text in ("", "x", "////", "AAAA", "é", "A" * 400):
        with pytest.raises(CursorInvalid):
            Cursor.decode(text)


@given(
    st.datetimes(timezones=st.just(at("2026-01-01").tzinfo)), st.binary(min_size=12, max_size=12)
)
def test_a_cursor_comes_back_to_the_millisecond(moment: datetime, binary: bytes) -> None:
    cursor = Cursor(moment, ObjectId(binary))
    back = Cursor.decode(cursor.encode())
    assert back.id == cursor.id
    assert abs(back.at - moment) < timedelta(milliseconds=1)


texts = st.text(
    alphabet=st.sampled_from("高血压糖尿病心电图abcXYZ019 ，。/"), min_size=1, max_size=30
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(texts, st.data())
def test_any_part_of_a_text_is_found_by_its_tokens(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : start + data.draw(st.integers(1, 6))]
    chinese = "".join(letter for letter in part if "\u4e00" <= letter <= "\u9fff")
    if not chinese or chinese not in text:
        return
    held = words.tokens(text)
    assert all(wanted & held for wanted in words.query_tokens(chinese))
    assert words.matches(text, chinese)


def test_tokens_are_bounded() -> None:
    assert len(words.tokens("高血压病人很多" * 5_000)) <= words.MOST_TOKENS
