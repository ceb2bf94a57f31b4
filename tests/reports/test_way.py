"""From a photo to the archive, with the real engine."""

from __future__ import annotations

import json

from backend.core.clock import FixedClock
from backend.reports.bodies import DOCUMENT, REPORT
from backend.reports.confirming import Confirmation
from backend.reports.documents import ReportState
from backend.reports.reader import ReportReader
from backend.services import Services
from graphql_api.common import ids
from tests.factories import a_key
from tests.ocr import pages
from tests.reports.people import Person


async def test_a_photo_becomes_results_in_the_archive(
    services: Services, person: Person, reader: ReportReader, clock: FixedClock
) -> None:
    report = await person.uploaded(("report.jpg", pages.jpeg(pages.report())))
    place = ids.decode(report, "PaperReport")
    assert await reader.drain() == 1
    found = await services.reports.reports.get(person.viewer, *place)
    assert found.state is ReportState.READY
    assert found.review is not None
    assert [each.text for each in found.review.items][:2] == ["7.83", "88"]
    job = await services.reports.reports.job(person.viewer, *place)
    assert [each.step.value for each in job.steps] == [
        "received", "straightened", "read", "understood", "ready_for_review",
    ]  # fmt: skip
    done = await services.reports.confirming.confirm(
        person.viewer,
        *place,
        version=found.version,
        said=Confirmation(),
        idempotency_key=a_key(),
    )
    assert done.state is ReportState.CONFIRMED
    parts = {each.part for each in done.links}
    assert parts == {DOCUMENT, REPORT, *(each.id for each in found.review.items)}
    bundle = json.loads(await services.fhir_export.everything(person.viewer, person.resident_id))
    kinds = [each["resource"]["resourceType"] for each in bundle["entry"]]
    assert kinds.count("Observation") == len(found.review.items)
