"""FHIR in and out of the store, on real files that nobody here wrote."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from backend.access.categories import Action, Category
from backend.archive.documents import EntryDocument, KeptResource
from backend.archive.fhir import Outcome
from backend.measurements.documents import ReadingDocument
from backend.services import Services
from tests.factories import a_caregiver, a_profile, a_resident

SYNTHEA = (
    "Ned_Hintz_e4b9259d-0f54-48d1-a35d-b526729a4dfe",
    "Judson_Eichmann_34d4fd7e-b2b6-42fc-adb5-09db196b8662",
    "Mao_Kilback_93cfa114-ace6-4e01-b30b-73863b9339a5",
    "Sina_Yundt_9907f1bc-0884-4be2-b3d2-57602e4aaf42",
    "Bryan_Breitenberg_8ce561ed-8bf7-4b0b-b1cd-e26775a8a8f8",
    "Stevie_Cormier_7f4c7519-5b22-4855-812f-9e937c5a8d2f",
)
OTHER = ("SmartPatientA", "SmartPatientB", "bunsen-patient-1032702", "IPS-bundle-01")
FILES = [f"synthea/{name}.json" for name in SYNTHEA] + [f"other/{name}.json" for name in OTHER]


async def stored(services: Services) -> dict[str, int]:
    return {
        "entries": await EntryDocument.count(),
        "kept": await KeptResource.count(),
        "readings": await ReadingDocument.count(),
    }


def resources(bundle: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for each in bundle["entry"]:
        resource = each["resource"]
        if resource["resourceType"] == "Binary":  # what is not valid R4 travels wrapped
            resource = json.loads(base64.b64decode(resource["data"]))
        found[f"{resource['resourceType']}/{resource.get('id', each.get('fullUrl'))}"] = resource
    return found


@pytest.mark.parametrize("name", FILES)
async def test_a_file_imports_exports_and_imports_to_the_same_archive(
    services: Services, shared_data: Path, name: str
) -> None:
    data = (shared_data / "fhir" / name).read_bytes()
    viewer, resident_id = await a_resident(services, profile=a_profile(born=None))
    report = await services.fhir_import.take(viewer, resident_id, data, sender="clinic")
    assert report.counts["refused"] == 0
    assert report.counts["taken"] >= 7
    first = await stored(services)

    again = await services.fhir_import.take(viewer, resident_id, data, sender="clinic")
    assert await stored(services) == first
    assert {each.outcome for each in again.items} <= {Outcome.MERGED}

    bundle = json.loads(await services.fhir_export.everything(viewer, resident_id))
    sent = resources(json.loads(data))
    given = resources(bundle)
    assert [key for key in sent if key.split("/")[0] != "Patient" and key not in given] == []

    other, other_id = await a_resident(services, profile=a_profile(born=None))
    exported = json.dumps(bundle).encode()
    await services.fhir_import.take(other, other_id, exported, sender="clinic")
    both = await stored(services)
    assert both == {key: 2 * count for key, count in first.items()}


async def test_every_hl7_example_imports_without_losing_anything(
    services: Services, shared_data: Path
) -> None:
    for path in sorted((shared_data / "fhir/hl7_r4_examples").glob("*.json")):
        viewer, resident_id = await a_resident(services, profile=a_profile(born=None))
        report = await services.fhir_import.take(
            viewer, resident_id, path.read_bytes(), sender="hl7"
        )
        refused = [each for each in report.items if each.outcome is Outcome.REFUSED]
        assert all(each.reason is not None for each in refused), path.name
        before = await stored(services)
        again = await services.fhir_import.take(
            viewer, resident_id, path.read_bytes(), sender="hl7"
        )
        assert await stored(services) == before, path.name
        assert len(again.items) == len(report.items)
        assert await services.fhir_export.everything(viewer, resident_id)


async def test_one_bad_entry_among_a_thousand_is_told_and_the_others_are_taken(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    entries: list[dict[str, Any]] = [
        {
            "fullUrl": f"urn:uuid:00000000-0000-4000-8000-{index:012d}",
            "resource": {
                "resourceType": "Condition",
                "id": f"c{index}",
                "subject": {"reference": "Patient/p"},
                "code": {"text": f"问题{index}"},
            },
        }
        for index in range(1000)
    ]
    entries[500]["resource"]["onsetDateTime"] = "2015-02-30"
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    report = await services.fhir_import.take(
        viewer, resident_id, json.dumps(bundle).encode(), sender="clinic"
    )
    assert report.counts["taken"] == 999
    odd = report.items[500]
    assert odd.outcome in (Outcome.RAW, Outcome.REFUSED)
    assert odd.reason is not None
    assert await EntryDocument.count() == 999


async def test_what_is_not_granted_is_refused_entry_by_entry(services: Services) -> None:
    _, resident_id = await a_resident(services)
    clinic = await a_caregiver(
        services,
        resident_id,
        categories=frozenset({Category.MEDICATIONS}),
        actions=frozenset({Action.RECORD}),
    )
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {
                "resource": {
                    "resourceType": "Condition",
                    "id": "c",
                    "subject": {"reference": "Patient/p"},
                    "code": {"text": "高血压"},
                }
            }
        ],
    }
    report = await services.fhir_import.take(
        clinic, resident_id, json.dumps(bundle).encode(), sender="clinic"
    )
    assert [each.reason.code for each in report.items if each.reason] == ["ACCESS_DENIED"]
    assert await stored(services) == {"entries": 0, "kept": 0, "readings": 0}
