"""Importing a year's FHIR against parsing it and writing the same number of documents."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import orjson
from bson import ObjectId

from backend.archive.documents import EntryDocument
from backend.archive.entry import EntrySource, Provenance, to_raw
from backend.archive.sections import ConditionBody, named
from backend.bench.household import Somebody
from backend.bench.measure import Ratio, compare
from backend.core.clock import SHANGHAI
from backend.services import Services

_VISITS = 12
_LABS_A_VISIT = 20
_HOME_READINGS = 400


def year(services: Services, number: int) -> dict[str, Any]:
    """A Bundle of a year: visits with labs and a report each, medications, home readings."""
    end = services.core.clock.now().astimezone(SHANGHAI) - timedelta(days=1 + number)
    subject = {"reference": "Patient/p"}
    resources: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1952-03-08"}
    ]
    for visit in range(_VISITS):
        at = (end - timedelta(days=30 * visit)).isoformat(timespec="seconds")
        resources.append(_encounter(number, visit, at, subject))
        resources += [_lab(number, visit, lab, at, subject) for lab in range(_LABS_A_VISIT)]
    resources += [
        _pressure(number, each, end - timedelta(hours=21 * each), subject)
        for each in range(_HOME_READINGS)
    ]
    entries = [{"resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


async def fhir_year(services: Services, who: Somebody, rounds: int) -> Ratio:
    numbers = itertools.count()

    async def ours() -> None:
        data = orjson.dumps(year(services, next(numbers)))
        report = await services.fhir_import.take(who.viewer, who.resident_id, data, sender="bench")
        assert report.counts["refused"] == 0, report.counts

    from fhir.resources.R4B.bundle import Bundle

    key = await services.core.keyring.key(who.resident_id)
    provenance = Provenance(
        account_id=ObjectId(),
        relation="self",
        kinship=None,
        channel="app",
        source=EntrySource.SELF,
    )
    now = services.core.clock.now()
    made = to_raw(
        ConditionBody(name=named("x")),
        resident_id=who.resident_id,
        provenance=provenance,
        key=key,
        now=now,
    )

    async def base() -> None:
        data = orjson.dumps(year(services, next(numbers)))
        bundle = Bundle.model_validate_json(data)
        owner = ObjectId()
        documents = [{**made, "_id": ObjectId(), "resident_id": owner} for _ in bundle.entry or ()]
        await EntryDocument.get_pymongo_collection().insert_many(documents)

    return await compare("fhir", ours, base, limit=3.0, rounds=rounds, warm_up=1)


def _encounter(number: int, visit: int, at: str, subject: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": f"e{number}-{visit}",
        "status": "finished",
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "AMB",
        },
        "subject": subject,
        "period": {"start": at, "end": at},
    }


def _lab(number: int, visit: int, lab: int, at: str, subject: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"l{number}-{visit}-{lab}",
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "laboratory",
                    }
                ]
            }
        ],
        "code": {
            "coding": [{"system": "http://loinc.org", "code": "2160-0"}],
            "text": "肌酐",
        },
        "subject": subject,
        "effectiveDateTime": at,
        "valueQuantity": {
            "value": 60 + lab,
            "unit": "umol/L",
            "system": "http://unitsofmeasure.org",
            "code": "umol/L",
        },
        "referenceRange": [{"low": {"value": 57}, "high": {"value": 97}}],
    }


def _pressure(number: int, each: int, at: Any, subject: dict[str, str]) -> dict[str, Any]:
    def component(code: str, value: int) -> dict[str, Any]:
        return {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {
                "value": value,
                "unit": "mmHg",
                "system": "http://unitsofmeasure.org",
                "code": "mm[Hg]",
            },
        }

    return {
        "resourceType": "Observation",
        "id": f"b{number}-{each}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
        "subject": subject,
        "effectiveDateTime": at.isoformat(timespec="seconds"),
        "component": [component("8480-6", 120 + each % 30), component("8462-4", 75 + each % 15)],
    }
