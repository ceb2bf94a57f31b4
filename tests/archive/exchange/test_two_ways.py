"""One file by two ways, over HTTP and by the command line: the second finds it there already."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from bson import ObjectId

from backend.archive.documents import EntryDocument, KeptResource
from backend.archive.fhir import Outcome
from backend.archive.sections import Section
from backend.commands.fhir import import_files
from backend.core.outbox import OutboxEntry
from backend.identity.viewer import Viewer
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Kind
from backend.measurements.readings import ReadingFilter
from backend.services import Services
from tests.api import Api, sign_in
from tests.factories import a_resident

VITAL = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "vital-signs",
        }
    ]
}
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c1",
                "meta": {"versionId": "1", "lastUpdated": "2026-11-20T08:00:00Z"},
                "code": {"text": "青光眼"},
                "subject": {"reference": "Patient/p1"},
                "onsetDateTime": "2024-05",
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "id": "o1",
                "status": "final",
                "code": {"text": "尿微量白蛋白/肌酐"},
                "subject": {"reference": "Patient/p1"},
                "effectiveDateTime": "2025-11-02T08:10:00+08:00",
                "valueQuantity": {"value": 34, "unit": "mg/g"},
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "id": "w1",
                "status": "final",
                "category": [VITAL],
                "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
                "subject": {"reference": "Patient/p1"},
                "effectiveDateTime": "2026-11-20T07:00:00+08:00",
                "valueQuantity": {
                    "value": 74,
                    "unit": "kg",
                    "system": "http://unitsofmeasure.org",
                    "code": "kg",
                },
            }
        },
        {
            "resource": {
                "resourceType": "Device",
                "id": "d1",
                "deviceName": [{"name": "秤", "type": "user-friendly-name"}],
            }
        },
    ],
}


class Ways:
    def __init__(
        self, services: Services, api: Api, client: httpx.AsyncClient, resident_id: ObjectId
    ) -> None:
        self.services = services
        self.api = api
        self.client = client
        self.resident_id = resident_id

    async def http(self, bundle: dict[str, Any]) -> list[str]:
        answer = await self.client.post(
            f"/fhir/{self.resident_id}", json=bundle, headers=self.api.headers()
        )
        assert answer.status_code == 200, answer.text
        return [each["outcome"] for each in answer.json()["entries"]]


@pytest.fixture
async def home(services: Services, client: httpx.AsyncClient) -> tuple[Ways, Viewer]:
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    return Ways(services, api, client, resident_id), viewer


async def by_command(
    ways: Ways, bundle: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle), "utf-8")
    capsys.readouterr()
    work = import_files([path], str(ways.resident_id), sender="file", patient=None, as_json=True)
    assert await work(ways.services) is False
    said = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    return [each["outcome"] for each in said["entries"]]


async def counts() -> dict[str, int]:
    return {
        "entries": await EntryDocument.count(),
        "kept": await KeptResource.count(),
        "readings": await ReadingDocument.count(),
        "events": await OutboxEntry.count(),
    }


@pytest.mark.parametrize("http_first", [True, False])
async def test_the_second_way_says_that_it_is_there_already(
    home: tuple[Ways, Viewer],
    http_first: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ways, viewer = home

    async def command(bundle: dict[str, Any]) -> list[str]:
        return await by_command(ways, bundle, tmp_path, capsys)

    first, second = (ways.http, command) if http_first else (command, ways.http)
    assert await first(BUNDLE) == ["taken", "taken", "taken", "raw"]
    before = await counts()
    assert (before["entries"], before["kept"], before["readings"]) == (2, 1, 1)

    assert await second(BUNDLE) == ["merged"] * 4
    assert await second(BUNDLE) == ["merged"] * 4
    assert await first(BUNDLE) == ["merged"] * 4

    assert await counts() == before
    services = ways.services
    conditions = await services.entries.page(viewer, ways.resident_id, Section.CONDITION, first=10)
    assert len(conditions.items) == 1


async def test_a_server_that_writes_its_version_anew_sends_the_same(
    home: tuple[Ways, Viewer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ways, _ = home
    await ways.http(BUNDLE)
    before, anew = await counts(), copy.deepcopy(BUNDLE)
    anew["entry"][0]["resource"]["meta"] = {"versionId": "7", "lastUpdated": "2026-11-21T00:00:00Z"}
    anew["entry"][2]["resource"]["meta"] = {"versionId": "7"}
    assert await by_command(ways, anew, tmp_path, capsys) == ["merged"] * 4
    assert await counts() == before


async def test_another_senders_id_with_other_content_is_another_thing(
    home: tuple[Ways, Viewer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ways, _ = home
    await ways.http(BUNDLE)
    other = copy.deepcopy(BUNDLE)
    other["entry"][0]["resource"]["code"]["text"] = "白内障"
    other["entry"][2]["resource"]["effectiveDateTime"] = "2026-11-19T07:00:00+08:00"
    told = await by_command(ways, other, tmp_path, capsys)
    assert told == ["taken", "merged", "taken", "merged"]
    assert (await EntryDocument.count(), await ReadingDocument.count()) == (3, 2)


async def test_what_was_taken_back_here_does_not_come_back_by_the_other_way(
    home: tuple[Ways, Viewer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ways, viewer = home
    services, resident_id = ways.services, ways.resident_id
    await ways.http(BUNDLE)
    wanted = ReadingFilter(kinds=frozenset({Kind.WEIGHT}))
    [weight] = (await services.readings.page(viewer, resident_id, wanted, first=5)).items
    await services.correcting.withdraw(viewer, resident_id, weight.id, version=1)
    [glaucoma] = (
        await services.entries.page(viewer, resident_id, Section.CONDITION, first=5)
    ).items
    await services.entries.mark_entered_in_error(viewer, resident_id, glaucoma.id, version=1)

    assert await by_command(ways, BUNDLE, tmp_path, capsys) == ["merged"] * 4

    assert (await services.readings.page(viewer, resident_id, wanted, first=5)).items == []
    left = await services.entries.page(viewer, resident_id, Section.CONDITION, first=5)
    assert left.items == []


async def test_another_resident_gets_the_file_as_new(
    home: tuple[Ways, Viewer], services: Services
) -> None:
    ways, _ = home
    await ways.http(BUNDLE)
    other, other_id = await a_resident(services)
    report = await services.fhir_import.take(
        other, other_id, json.dumps(BUNDLE).encode(), sender="file"
    )
    assert [each.outcome for each in report.items] == [
        Outcome.TAKEN,
        Outcome.TAKEN,
        Outcome.TAKEN,
        Outcome.RAW,
    ]
