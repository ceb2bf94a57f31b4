"""Whose record a file holds."""

from __future__ import annotations

import pytest

from backend.archive.fhir import read_bundle
from backend.archive.fhir.errors import FhirPatientNotInBundle
from tests.archive.fhir.samples import bundle, codes, condition, encoded, observation, patient, read

SEVERAL = ("refused", "FHIR_SEVERAL_PATIENTS")
OTHER = ("refused", "FHIR_OTHER_PATIENT")


def test_one_subject_needs_no_naming() -> None:
    reading = read(patient("p1"), condition())
    assert codes(reading) == [("taken", None), ("taken", None)]
    assert reading.patient == "Patient/p1"


def test_a_second_patient_and_nothing_else_is_refused() -> None:
    reading = read(patient("p1"), patient("p2"), condition(), {"resourceType": "Organization"})
    assert codes(reading) == [("taken", None), OTHER, ("taken", None), ("raw", None)]


def test_of_several_subjects_none_is_guessed() -> None:
    reading = read(condition("a", "p1"), condition("b", "p2"))
    assert codes(reading) == [SEVERAL, SEVERAL]
    assert reading.candidates == ("Patient/p1", "Patient/p2")
    assert reading.drafts == ()


@pytest.mark.parametrize("wanted", ["p2", "Patient/p2"])
def test_the_named_one_is_taken_and_the_other_refused(wanted: str) -> None:
    reading = read(condition("a", "p1"), condition("b", "p2"), patient("p2"), patient=wanted)
    assert codes(reading) == [OTHER, ("taken", None), ("taken", None)]


def test_naming_somebody_who_is_not_there_is_refused() -> None:
    with pytest.raises(FhirPatientNotInBundle):
        read(condition(), patient="p9")


def test_linked_patients_are_one_person() -> None:
    link = [{"other": {"reference": "Patient/p2"}, "type": "seealso"}]
    reading = read(patient("p1", link=link), condition("a", "p1"), condition("b", "p2"))
    assert codes(reading) == [("taken", None)] * 3


def test_patients_linked_in_a_ring_are_one_person() -> None:
    link = {name: [{"other": {"reference": f"Patient/{name}"}, "type": "refer"}] for name in "ab"}
    reading = read(patient("a", link=link["b"]), patient("b", link=link["a"]), condition("c", "a"))
    assert codes(reading) == [("taken", None)] * 3


def test_a_relative_reference_begins_where_its_own_url_does() -> None:
    entries = [
        {"fullUrl": "http://a.org/fhir/Patient/1", "resource": patient("1")},
        {"fullUrl": "http://b.org/fhir/Patient/1", "resource": patient("1", active=True)},
        {"fullUrl": "http://b.org/fhir/Condition/2", "resource": condition("2", "1")},
    ]
    data = encoded({**bundle(), "entry": entries})
    reading = read_bundle(data, source_system="x")
    assert reading.patient == "http://b.org/fhir/Patient/1"
    assert codes(reading) == [OTHER, ("taken", None), ("taken", None)]


def test_a_documents_composition_says_whose_it_is() -> None:
    composition = {
        "resourceType": "Composition",
        "id": "d",
        "status": "final",
        "type": {"text": "小结"},
        "date": "2026-01-01",
        "title": "小结",
        "author": [{"display": "王医生"}],
        "subject": {"reference": "Patient/p1"},
    }
    resources = (composition, condition("a", "p1"), condition("b", "p2"))
    reading = read_bundle(bundle(*resources, kind="document"), source_system="x")
    assert codes(reading) == [("raw", None), ("taken", None), OTHER]


def test_what_is_about_a_group_is_kept_and_not_mapped() -> None:
    herd = observation("2093-3", {"value": 1, "code": "g"}, subject={"reference": "Group/herd"})
    assert codes(read(condition(), herd)) == [("taken", None), ("raw", "FHIR_NOT_ABOUT_A_PERSON")]


def test_the_same_resource_twice_is_merged_and_another_with_its_id_refused() -> None:
    reading = read(condition(), condition(), condition(code={"text": "糖尿病"}))
    assert codes(reading) == [
        ("taken", None),
        ("merged", "FHIR_REPEATED_ENTRY"),
        ("refused", "FHIR_DUPLICATE_ENTRY"),
    ]
    assert len(reading.drafts) == 1
