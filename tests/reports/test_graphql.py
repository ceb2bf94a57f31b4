"""Progress over the subscription; a report that is somebody else's."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from bson import ObjectId

from backend.access.categories import Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import RelationKind
from backend.identity.viewer import Role
from backend.reports.reader import ReportReader
from backend.services import Services
from backend.web.graphql import admit
from graphql_api.common import ids
from graphql_api.common.context import Context
from graphql_api.schema import build_schema
from tests.api import sign_in
from tests.factories import a_key, a_profile
from tests.reports.graphql import changed, operation, refused, report_of
from tests.reports.papers import Written, a_photo, a_reading, a_report, an_item
from tests.reports.people import Person, stored


async def test_progress_is_told_from_upload_to_review(services: Services, person: Person) -> None:
    schema = build_schema(production=True)
    context = Context(services=services)
    await admit(context, f"Bearer {person.api.token}")
    results = await schema.stream(
        operation("report_progressed"),
        variable_values={"id": person.id},
        context_value=context,
    )
    told: list[dict[str, Any]] = []

    async def listen() -> None:
        async for each in results:
            assert each.errors is None
            told.append(each.data["reportProgressed"])
            if told[-1]["state"] == "DONE":
                return

    async with contextlib.aclosing(results):
        listening = asyncio.create_task(listen())
        while not services.core.changes._feeds:  # noqa: ASYNC110  (nothing tells)
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        report = await person.uploaded(("a.png", a_photo()))
        await ReportReader(services.core, Written(a_reading([an_item()]))).drain()
        await asyncio.wait_for(listening, 30)
    assert {each["reportId"] for each in told} == {report}
    assert [each["step"] for each in told[-1]["steps"]] == ["RECEIVED", "READ", "READY"]


async def test_the_name_on_the_paper_is_whole_for_the_owner_and_masked_for_a_caregiver(
    services: Services, person: Person
) -> None:
    report = await person.uploaded(("a.png", a_photo()))
    await ReportReader(services.core, Written(a_reading([an_item()]))).drain()
    daughter, carer = await sign_in(services, person.api.client, Role.CAREGIVER)
    await services.access.grant(
        resident_id=person.resident_id,
        account_id=carer.account_id,
        kind=RelationKind.CAREGIVER,
        categories=frozenset({Category.REPORTS}),
    )
    own, hers = await report_of(person.api, report), await report_of(daughter, report)
    assert (own["patientName"], own["patientMatch"]) == ("张建国", "SAME")
    assert (hers["patientName"], hers["patientMatch"]) == ("张*国", "SAME")


async def test_a_report_of_somebody_else_goes_to_their_record(
    services: Services, person: Person
) -> None:
    child = await services.residents.register(
        person.viewer,
        a_profile("张小宝", "2018-01-01"),
        kind=RelationKind.GUARDIAN,
        idempotency_key=a_key(),
        accepted=accepted_now(Purpose.HEALTH_DATA),
    )
    person.viewer.memo.clear()
    report = await a_report(services, person.viewer, person.resident_id, a_reading([an_item()]))
    before = await stored(services)
    key = ids.encode("PaperReport", person.resident_id, report.id)
    moved = await changed(
        person.api,
        "move_report",
        id=key,
        version=report.version,
        residentId=ids.encode("Resident", child),
    )
    owner, _ = ids.decode(moved["id"], "PaperReport")
    assert (owner, moved["state"]) == (child, "READING")
    assert await stored(services) == before
    assert await person.api.refusal(operation("report"), id=key) == "REPORT_NOT_FOUND"
    assert (await report_of(person.api, moved["id"]))["pages"][0]["width"] == 400
    code = await refused(
        person.api,
        "move_report",
        id=moved["id"],
        version=moved["version"],
        residentId=ids.encode("Resident", ObjectId()),
    )
    assert code == "ACCESS_DENIED"
    assert await stored(services) == before
