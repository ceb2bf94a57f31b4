"""Small resources and Bundles for the tests of this room."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from backend.archive.fhir import (
    BundleReading,
    EntryDraft,
    Export,
    OutEntry,
    OutKept,
    OutPerson,
    OutReading,
    ReadingDraft,
    read_bundle,
)

Json = dict[str, Any]
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
PERSON_ID = "65f0000000000000000000ff"


def bundle(*resources: Any, kind: str = "collection", **fields: Any) -> Json:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries, **fields}


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def read(*resources: Any, **options: Any) -> BundleReading:
    return read_bundle(encoded(bundle(*resources)), source_system="clinic", **options)


def condition(id_: str = "c1", patient: str = "p1", **fields: Any) -> Json:
    return {
        "resourceType": "Condition",
        "id": id_,
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"text": "高血压"},
        **fields,
    }


def observation(loinc: str, value: Json | None = None, **fields: Any) -> Json:
    made: Json = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "effectiveDateTime": "2026-11-03T08:12:00+08:00",
    }
    if value is not None:
        made["valueQuantity"] = {"system": "http://unitsofmeasure.org", **value}
    return {**made, **fields}


def patient(id_: str = "p1", **fields: Any) -> Json:
    return {"resourceType": "Patient", "id": id_, **fields}


def codes(reading: BundleReading) -> list[tuple[str, str | None]]:
    """What became of each entry, with the code of its reason."""
    return [
        (str(item.status), item.reason.code if item.reason else None) for item in reading.mapped
    ]


def export_of(reading: BundleReading, changed: bool = False) -> Export:
    """What the archive would hold after this import."""
    entries, readings, kept = [], [], []
    for number, draft in enumerate(reading.drafts):
        receipt: Json = {
            "raw": draft.raw,
            "full_url": draft.full_url,
            "source_system": draft.identity.system,
        }
        own: Json = {"id": f"{number:024x}", "status": draft.status, "changed": changed}
        if isinstance(draft, EntryDraft):
            entries.append(OutEntry(body=draft.body, **own, **receipt))
        elif isinstance(draft, ReadingDraft):
            readings.append(OutReading(draft=draft.draft, **own, **receipt))
        else:
            kept.append(OutKept(valid=draft.valid, **receipt))
    person = OutPerson(id=PERSON_ID, profile=reading.profile, changed=changed)
    return Export(person=person, at=NOW, entries=entries, readings=readings, kept=kept)


def contents(reading: BundleReading) -> list[tuple[str, str, str]]:
    return sorted((type(d).__name__, d.fhir_type, d.digest) for d in reading.drafts)


def said(reading: BundleReading) -> list[str]:
    """What was mapped, apart from the bytes it came in."""
    return sorted(
        repr(draft.body)
        if isinstance(draft, EntryDraft)
        else repr((draft.draft.kind, draft.draft.at, draft.draft.end, dict(draft.draft.values)))
        for draft in reading.drafts
        if isinstance(draft, EntryDraft | ReadingDraft)
    )
