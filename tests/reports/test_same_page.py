"""The same page again is recognised and offered; another page of the same form is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from backend.reports.inspecting import inspect
from backend.reports.lookalikes import distance, looks_alike, reads_alike
from backend.services import Services
from tests.ocr import pages
from tests.reports.graphql import changed, report_of
from tests.reports.papers import a_photo, a_reading, a_report, an_item
from tests.reports.people import Person, stored

needs_font = pytest.mark.skipif(pages.font(20) is None, reason="no Chinese font on this machine")


def _hash(data: bytes) -> str:
    return inspect(data, "").pages[0].phash


@needs_font
@pytest.mark.parametrize(("scale", "quality"), [(1, 30), (0.5, 60), (0.7, 80), (1.3, 90)])
def test_a_copy_sent_through_a_chat_looks_the_same(scale: float, quality: int) -> None:
    page = pages.report()
    copy = page.resize(
        (int(page.width * scale), int(page.height * scale)), Image.Resampling.BICUBIC
    )
    one, other = _hash(pages.png(page)), _hash(pages.jpeg(copy))
    assert looks_alike([one], [other])


@needs_font
def test_another_page_looks_different() -> None:
    one, other = _hash(pages.png(pages.report())), _hash(pages.png(pages.report(pages.ROWS[::-1])))
    assert distance(one, other) > 5
    assert not looks_alike([one], [other])


def test_two_readings_are_alike_where_their_results_are() -> None:
    items = [an_item(f"项目{n}", f"{n}.5", row=n) for n in range(10)]
    one = a_reading(items)
    assert reads_alike(one, a_reading([*items[:9], an_item("项目9", "9.6", row=9)]))
    assert not reads_alike(one, a_reading([an_item(f"项目{n}", f"{n}.6") for n in range(10)]))
    assert not reads_alike(one, replace(one, collected_at="2026-11-04T08:00:00+08:00"))
    assert not reads_alike(replace(one, sample_number="1"), replace(one, sample_number="2"))


async def test_the_same_file_again_is_the_same_report(services: Services, person: Person) -> None:
    first = await person.send(("a.png", a_photo()))
    before = await stored(services)
    again = await person.send(("b.png", a_photo()))
    assert again.json() == {"report": first.json()["report"], "known": True, "resembles": []}
    assert await stored(services) == before


async def test_a_discarded_page_sent_again_comes_back(services: Services, person: Person) -> None:
    report = await a_report(services, person.viewer, person.resident_id, a_reading([an_item()]))
    sent = await person.send(("a.png", a_photo()))
    key = sent.json()["report"]
    put_away = await changed(person.api, "discard_report", id=key, version=report.version)
    assert put_away["state"] == "DISCARDED"
    again = await person.send(("a.png", a_photo()))
    assert again.json()["known"]
    assert (await report_of(person.api, key))["state"] == "READING"


async def test_the_same_paper_photographed_twice_is_offered_after_reading(
    services: Services, person: Person
) -> None:
    reading = a_reading([an_item()])
    one = await a_report(services, person.viewer, person.resident_id, reading, seed=1)
    two = await a_report(services, person.viewer, person.resident_id, reading, seed=2)
    other = a_reading([an_item(text="5.1")])
    three = await a_report(services, person.viewer, person.resident_id, other, seed=3)
    assert two.same_as == (one.id,)
    assert three.same_as == ()
