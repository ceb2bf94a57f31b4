"""Pages in another order: read anew, with what was said of each page still on it."""

from __future__ import annotations

import pytest
from bson import ObjectId

from backend.core.history import ChangedMeanwhile
from backend.identity.viewer import Viewer
from backend.reports.confirming import Confirmation
from backend.reports.documents import ReportState
from backend.reports.errors import PageOrderWrong, ReportNotInState
from backend.reports.files import Incoming
from backend.reports.reader import ReportReader
from backend.services import Services
from graphql_api.common import ids
from ocr.model import ParsedReport
from tests.factories import a_key
from tests.ocr import pages as drawn
from tests.reports.graphql import changed
from tests.reports.papers import Written, a_photo, a_reading, a_report, an_item
from tests.reports.people import Person


def _read(*places: tuple[str, int]) -> ParsedReport:
    items = [an_item(name, "7.83", page=page) for name, page in places]
    return a_reading(items, pages=len(places))


async def test_pages_are_put_right_and_everything_goes_with_its_page(
    services: Services, person: Person
) -> None:
    place: tuple[Viewer, ObjectId] = (person.viewer, person.resident_id)
    first = await a_report(services, *place, _read(("葡萄糖", 1)))
    both = Written(_read(("葡萄糖", 1), ("钾", 2)))
    await services.reports.intake.take(*place, [Incoming(a_photo(7), "b.png")], into=first.id)
    await ReportReader(services.core, both).drain()
    report = await services.reports.reports.load(person.resident_id, first.id)
    assert report.review is not None
    corrected = await services.reports.reviewing.correct_item(
        *place, report.id, report.review.items[0].id, {"text": "8.10"}, version=report.version
    )
    done = await services.reports.confirming.confirm(
        *place, report.id, version=corrected.version,
        said=Confirmation(uncertain_confirmed=True), idempotency_key=a_key(),
    )  # fmt: skip
    entries = {each.part: each.entry_id for each in done.links}
    arranging = services.reports.arranging
    with pytest.raises(ReportNotInState):
        await arranging.reorder(*place, report.id, [2, 1], version=done.version)
    undone = await services.reports.retiring.undo(*place, report.id, version=done.version)
    again = await changed(
        person.api, "reorder_report_pages", pages=[2, 1], version=undone.version,
        id=ids.encode("PaperReport", person.resident_id, report.id),
    )  # fmt: skip
    assert (again["state"], again["progress"]["state"]) == ("READING", "PENDING")
    turned = Written(_read(("钾", 1), ("葡萄糖", 2)))
    await ReportReader(services.core, turned).drain()
    assert [data for data, _ in turned.files[0]] == [data for data, _ in both.files[0]][::-1]
    read = await services.reports.reports.load(person.resident_id, report.id)
    assert read.review is not None
    assert [(each.name, each.text, each.page) for each in read.review.items] == [
        ("钾", "7.83", 1),
        ("葡萄糖", "8.10", 2),
    ]
    glucose = read.review.items[1].id
    links = {each.part: each.entry_id for each in read.links}
    assert links[glucose] == entries[corrected.review.items[0].id]  # type: ignore[union-attr]


async def test_an_order_that_cannot_be_is_refused_and_nothing_changes(
    services: Services, person: Person
) -> None:
    place: tuple[Viewer, ObjectId] = (person.viewer, person.resident_id)
    scan = Incoming(drawn.pdf([drawn.report(), drawn.report(head=False)]), "a.pdf")
    taken = await services.reports.intake.take(*place, [scan, Incoming(a_photo(), "b.png")])
    reading = _read(("葡萄糖", 1), ("钾", 2), ("钠", 3))
    await ReportReader(services.core, Written(reading)).drain()
    before = await services.reports.reports.load(person.resident_id, taken.report_id)
    assert len(before.pages) == 3
    arranging = services.reports.arranging
    for order in ([1, 2], [1, 2, 2], [1, 2, 4], [0, 1, 2], [2, 1, 3], [1, 3, 2], []):
        with pytest.raises(PageOrderWrong):
            await arranging.reorder(*place, before.id, order, version=before.version)
    with pytest.raises(ChangedMeanwhile):
        await arranging.reorder(*place, before.id, [3, 1, 2], version=before.version - 1)
    assert await services.reports.reports.load(person.resident_id, before.id) == before
    after = await arranging.reorder(*place, before.id, [3, 1, 2], version=before.version)
    assert after.state is ReportState.READING
    assert [page.file_id for page in after.pages] == [
        before.pages[number - 1].file_id for number in (3, 1, 2)
    ]
