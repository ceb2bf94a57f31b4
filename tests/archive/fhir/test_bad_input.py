"""Each kind of bad input has its own code, and what is beside it is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.archive.fhir import Outcome, read_bundle
from backend.archive.fhir import json_text as limits
from backend.core.errors import KangbanError
from tests.archive.fhir.samples import (
    NOW,
    Json,
    bundle,
    codes,
    condition,
    encoded,
    observation,
    read,
)


def refused_whole(data: bytes) -> str:
    with pytest.raises(KangbanError) as caught:
        read_bundle(data, source_system="clinic")
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "FHIR_MALFORMED_JSON"),
        (b"", "FHIR_MALFORMED_JSON"),
        (b'{"resourceType": "Condition", }', "FHIR_MALFORMED_JSON"),
        ('{"resourceType":"高"}'.encode("gb18030"), "FHIR_NOT_UTF8"),
        (b"\xff\xfe{\x00}\x00", "FHIR_NOT_UTF8"),
        (b"[1, 2]", "FHIR_NOT_A_BUNDLE"),
        (b'"Bundle"', "FHIR_NOT_A_BUNDLE"),
        (b'{"type": "collection"}', "FHIR_NOT_A_BUNDLE"),
        (b'{"resourceType": "Bundle", "type": "collection", "entry": {}}', "FHIR_NOT_A_BUNDLE"),
        (b'{"resourceType": "Bundle", "type": "history"}', "FHIR_BUNDLE_TYPE_UNSUPPORTED"),
        (b'{"resourceType": "Bundle"}', "FHIR_BUNDLE_TYPE_UNSUPPORTED"),
        (b"[" * 50_000, "FHIR_TOO_DEEP"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "FHIR_TOO_DEEP"),
        (b'{"a":[' * 60 + b"]}" * 60, "FHIR_TOO_DEEP"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(data: bytes, code: str) -> None:
    assert refused_whole(data) == code


def test_a_file_over_the_limit_is_refused_before_it_is_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 10)
    assert refused_whole(b"not json at all") == "FHIR_TOO_LARGE"


def test_nesting_to_the_limit_is_read() -> None:
    extension: Json = {"url": "urn:x", "valueString": "deep"}
    for _ in range(20):
        extension = {"url": "urn:x", "extension": [extension]}
    assert codes(read(condition(extension=[extension]))) == [("taken", None)]


def test_a_byte_order_mark_is_no_fault() -> None:
    data = b"\xef\xbb\xbf" + encoded(bundle(condition()))
    assert codes(read_bundle(data, source_system="x")) == [("taken", None)]


def entry(text: str) -> bytes:
    """A Bundle of a good condition, one with ``text`` inside, and another good one."""
    good = [json.dumps(condition(id_)) for id_ in ("a", "b")]
    bad = json.dumps(condition("bad")).replace('"resourceType"', f'{text}, "resourceType"')
    held = ",".join(f'{{"resource": {item}}}' for item in (good[0], bad, good[1]))
    return f'{{"resourceType":"Bundle","type":"batch","entry":[{held}]}}'.encode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('"note": [{"text": "a\\u0000b"}]', "TEXT_NULL_BYTE"),
        ('"note": [{"text": "a\\ud83d b"}]', "TEXT_LONE_SURROGATE"),
        ('"note": [{"text": "a", "text": "b"}]', "FHIR_DUPLICATE_KEY"),
        ('"id": "twice"', "FHIR_DUPLICATE_KEY"),
        ('"onsetAge": {"value": NaN}', "FHIR_NUMBER_NOT_FINITE"),
        ('"onsetAge": {"value": Infinity}', "FHIR_NUMBER_NOT_FINITE"),
        ('"onsetAge": {"value": -Infinity}', "FHIR_NUMBER_NOT_FINITE"),
        ('"onsetAge": {"value": 1e999999999}', "FHIR_NUMBER_OUT_OF_RANGE"),
        (f'"onsetAge": {{"value": {"9" * 5000}}}', "FHIR_NUMBER_OUT_OF_RANGE"),
    ],
)
def test_what_no_store_can_hold_is_refused_alone(text: str, code: str) -> None:
    reading = read_bundle(entry(text), source_system="clinic")
    assert codes(reading) == [("taken", None), ("refused", code), ("taken", None)]
    assert len(reading.drafts) == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"onsetDateTime": "2023-02-29"}, "DATE_DOES_NOT_EXIST"),
        ({"onsetDateTime": "2023-04-31T10:00:00Z"}, "DATE_DOES_NOT_EXIST"),
        ({"onsetDateTime": "2023-04-30T24:00:00Z"}, "DATE_HOUR_TWENTY_FOUR"),
        ({"onsetDateTime": "yesterday"}, "FHIR_INVALID"),
        ({"onsetDateTime": "9999-01-01"}, "DATE_IN_FUTURE"),
        ({"onsetDateTime": "0900"}, "DATE_TOO_EARLY"),
        ({"onsetDateTime": "2020", "abatementDateTime": "2010"}, "PERIOD_BACKWARDS"),
        ({"clinicalStatus": {"coding": [{"code": "bogus"}]}}, "FHIR_CODE_UNKNOWN"),
        ({"code": None}, "ENTRY_WITHOUT_NAME"),
        ({"code": {"text": ["高血压"]}}, "FHIR_INVALID"),
        ({"unheardOf": True}, "FHIR_INVALID"),
        ({"assertedDate": "2010"}, "FHIR_VERSION_UNSUPPORTED"),
        (
            {"code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "高"}]}},
            "ICD10_MALFORMED",
        ),
    ],
)
def test_what_is_wrong_with_an_entry_is_kept_raw_with_its_reason(fields: Json, code: str) -> None:
    bad = {name: value for name, value in condition("bad", **fields).items() if value is not None}
    reading = read(condition("a"), bad, condition("b"), now=NOW)
    assert codes(reading) == [("taken", None), ("raw", code), ("taken", None)]
    kept = reading.drafts[1]
    assert json.loads(kept.raw) == bad


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        (None, "FHIR_ENTRY_WITHOUT_RESOURCE"),
        ("Condition", "FHIR_NOT_A_RESOURCE"),
        (7, "FHIR_NOT_A_RESOURCE"),
        ({"id": "x"}, "FHIR_NOT_A_RESOURCE"),
        ({"resourceType": ["Condition"]}, "FHIR_NOT_A_RESOURCE"),
        ({"resourceType": "Quantity"}, "FHIR_TYPE_UNKNOWN"),
        ({"resourceType": "Resource"}, "FHIR_TYPE_UNKNOWN"),
        ({"resourceType": "../../etc/passwd"}, "FHIR_TYPE_UNKNOWN"),
        ({"resourceType": "MedicationOrder"}, "FHIR_VERSION_UNSUPPORTED"),
        ({"resourceType": "ProcedureRequest"}, "FHIR_VERSION_UNSUPPORTED"),
    ],
)
def test_what_is_no_resource_of_r4_is_refused(resource: Any, code: str) -> None:
    reading = read(condition("a"), resource)
    assert codes(reading) == [("taken", None), ("refused", code)]


def test_a_deletion_is_refused() -> None:
    entries = [{"request": {"method": "DELETE", "url": "Condition/c1"}}]
    data = encoded({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert codes(read_bundle(data, source_system="x")) == [("refused", "FHIR_DELETION_NOT_TAKEN")]


def test_one_bad_entry_among_a_thousand_is_that_one() -> None:
    entries = [condition(f"c{number}") for number in range(1000)]
    entries[577]["code"] = 5
    reading = read(*entries)
    assert reading.counts == {Outcome.TAKEN: 999, Outcome.RAW: 1}
    (bad,) = (item for item in reading.mapped if item.reason)
    assert (bad.index, bad.path, bad.fhir_id) == (577, "entry[577]", "c577")


@pytest.mark.parametrize("text", ["😀𠮷", "\u202eabc\u202c", "\u200f", "e\u0301", "\ufffd", "\x07"])
def test_emoji_rare_characters_and_marks_are_text_like_any(text: str) -> None:
    named = f"a{text}b"
    reading = read(condition(code={"text": named}))
    assert codes(reading) == [("taken", None)]
    assert json.loads(reading.drafts[0].raw)["code"]["text"] == named


def test_a_leap_day_is_taken() -> None:
    assert codes(read(condition(onsetDateTime="2024-02-29"))) == [("taken", None)]


def test_a_reference_to_something_broken_spoils_only_its_own_entry() -> None:
    medication = {"resourceType": "Medication", "id": "m", "ingredient": 5, "code": {"text": "x"}}
    request = {
        "resourceType": "MedicationRequest",
        "id": "r",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "medicationReference": {"reference": "Medication/m"},
    }
    reading = read(medication, request, condition())
    assert codes(reading) == [("raw", "FHIR_INVALID"), ("raw", "FHIR_INVALID"), ("taken", None)]


def test_an_infinite_quantity_given_as_json_already_parsed_is_refused() -> None:
    value = observation("2093-3", {"value": float("inf"), "unit": "mg/dL"})
    reading = read_bundle(bundle(value), source_system="x")
    assert codes(reading) == [("refused", "FHIR_NUMBER_NOT_FINITE")]
