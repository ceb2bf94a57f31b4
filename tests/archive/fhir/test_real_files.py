"""Every real file imports, exports as valid FHIR, and imports again to the same archive."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle

from backend.archive.fhir import Export, Outcome, dump, read_bundle, write_bundle
from backend.archive.sections import Profile
from tests.archive.fhir.samples import NOW, contents, export_of, said

SHARED = Path(__file__).resolve().parents[3] / "../shared/data/fhir"
FILES = sorted(SHARED.rglob("*.json"))
SEVERAL_PATIENTS = "Bundle-bundle-references.json"
needs_files = pytest.mark.skipif(not FILES, reason="no ../shared/data/fhir beside this checkout")


@needs_files
def test_there_are_128_files() -> None:
    assert len(FILES) == 128


@needs_files
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_survives_export_and_import(path: Path) -> None:
    first = read_bundle(path.read_bytes(), source_system="clinic")
    exported = write_bundle(export_of(first))
    Bundle.model_validate(exported)
    second = read_bundle(dump(exported), source_system="kangban")

    assert contents(second) == contents(first)
    assert said(second) == said(first)
    assert (second.profile or Profile()) == (first.profile or Profile())
    assert second.counts[Outcome.REFUSED] == 0
    assert first.counts[Outcome.REFUSED] == (11 if path.name == SEVERAL_PATIENTS else 0)


@needs_files
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_overlay_of_the_same_content_says_the_same(path: Path) -> None:
    first = read_bundle(path.read_bytes(), source_system="clinic")
    exported = write_bundle(export_of(first, changed=True))
    Bundle.model_validate(exported)
    assert said(read_bundle(dump(exported), source_system="kangban")) == said(first)


@needs_files
def test_all_files_together_are_one_persons_archive() -> None:
    """Ids that several senders use are kept apart; all Patients are said to be one person."""
    readings = [
        read_bundle(path.read_bytes(), source_system=str(number))
        for number, path in enumerate(FILES)
    ]
    exports = [export_of(reading) for reading in readings]
    together = replace(
        exports[0],
        entries=[entry for export in exports for entry in export.entries],
        readings=[reading for export in exports for reading in export.readings],
        kept=[kept for export in exports for kept in export.kept],
    )
    bundle = write_bundle(together)
    Bundle.model_validate(bundle)
    again = read_bundle(dump(bundle), source_system="kangban")

    before = Counter(draft.fhir_type for reading in readings for draft in reading.drafts)
    assert Counter(draft.fhir_type for draft in again.drafts) == before
    assert again.counts[Outcome.REFUSED] == again.counts[Outcome.MERGED] == 0
    assert len(again.candidates) == 1


@needs_files
def test_the_two_invalid_files_give_what_they_can() -> None:
    other = SHARED / "other"
    first = read_bundle((other / "SmartPatientA.json").read_bytes(), source_system="x")
    left = {item.fhir_type: item.reason.code for item in first.mapped if item.reason}
    assert left == {"Appointment": "FHIR_INVALID", "ImagingStudy": "FHIR_INVALID"}
    second = read_bundle((other / "bunsen-patient-1032702.json").read_bytes(), source_system="x")
    answers = {
        (item.fhir_type, str(item.status)): item.reason.code
        for item in second.mapped
        if item.reason
    }
    assert answers == {
        ("MedicationRequest", "raw"): "FHIR_INVALID",
        ("Condition", "taken"): "FHIR_CARRIED_OVER",
        ("Immunization", "raw"): "FHIR_VERSION_UNSUPPORTED",
        ("List", "raw"): "FHIR_INVALID",
    }
    assert second.counts == {Outcome.TAKEN: 7, Outcome.RAW: 6}


def test_an_empty_archive_exports_as_a_valid_bundle() -> None:
    empty = export_of(read_bundle(b'{"resourceType":"Patient","id":"p"}', source_system="x"))
    bundle = write_bundle(Export(person=empty.person, at=NOW))
    Bundle.model_validate(bundle)
    assert [entry["resource"]["resourceType"] for entry in bundle["entry"]] == ["Patient"]
