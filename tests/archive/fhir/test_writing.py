"""What goes out: as received, as an overlay, or made from the archive's own facts."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from backend.access.categories import Category
from backend.archive.fhir import (
    EntryDraft,
    Export,
    Kept,
    Origin,
    OutEntry,
    OutPerson,
    canonical,
    dump,
    parse_canonical,
    read_bundle,
    write_bundle,
)
from backend.archive.fhir.overlay import overlay
from backend.archive.sections import ConditionBody, EntryStatus, PartialDate, Profile, named
from backend.archive.sections.profile import PersonName
from tests.archive.fhir.samples import (
    NOW,
    PERSON_ID,
    condition,
    encoded,
    export_of,
    observation,
    patient,
    read,
)


def written(export: Export) -> dict[str, Any]:
    """The exported resources by type and id, once the Bundle is found valid."""
    exported = write_bundle(export)
    Bundle.model_validate(exported)
    resources = [entry["resource"] for entry in exported["entry"]]
    urls = [entry["fullUrl"] for entry in exported["entry"]]
    assert len(set(urls)) == len(urls)
    return {f"{item['resourceType']}/{item.get('id')}": item for item in resources}


RICH = condition(
    onsetPeriod={"start": "2015-03", "end": "2015-04"},
    clinicalStatus={"coding": [{"code": "active", "version": "4"}]},
    code={"text": "高血压", "extension": [{"url": "urn:x", "valueString": "kept"}]},
    text={"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>a</div>"},
    note=[{"text": "随访", "authorString": "王医生"}],
    evidence=[{"code": [{"text": "血压高"}]}],
)


def test_numbers_keep_every_digit() -> None:
    text = '{"value":1.10,"low":0.000,"high":1e2,"big":123456789012345678901234567890}'
    data = b'{"resourceType":"Basic","id":"b","code":{"text":"x"},"extension":[' + b",".join(
        b'{"url":"urn:x","valueDecimal":%s}' % number
        for number in (b"1.10", b"0.000", b"1E+2", b"123456789.123456789012345678")
    )
    (kept,) = read_bundle(data + b"]}", source_system="x").drafts
    for number in (b"1.10", b"0.000", b"1E+2", b"123456789.123456789012345678"):
        assert b'"valueDecimal":' + number + b"}" in kept.raw
    assert canonical(parse_canonical(kept.raw)) == kept.raw
    assert b"1.10" in dump(parse_canonical(text.encode()))
    assert b"123456789012345678901234567890" in dump(parse_canonical(text.encode()))


def test_what_was_not_changed_goes_out_as_received() -> None:
    reading = read(patient(), RICH)
    out = written(export_of(reading))
    assert out["Condition/c1"] == RICH
    assert out["Patient/p1"] == patient()


def test_a_change_rewrites_its_own_field_and_nothing_else() -> None:
    export = export_of(read(patient(), RICH))
    (entry,) = export.entries
    assert isinstance(entry.body, ConditionBody)
    body = entry.body.model_copy(update={"severity": named("重度")})
    out = written(replace(export, entries=[replace(entry, body=body, changed=True)]))
    changed = out["Condition/c1"]
    assert changed.pop("severity") == {"text": "重度"}
    assert changed.pop("meta") == {
        "tag": [{"system": "urn:kangban:codesystem:origin", "code": "self"}]
    }
    assert changed == RICH


def test_a_changed_choice_removes_its_other_form() -> None:
    export = export_of(read(patient(), RICH))
    (entry,) = export.entries
    body = entry.body.model_copy(update={"onset": PartialDate("2014")})
    out = written(replace(export, entries=[replace(entry, body=body, changed=True)]))
    assert out["Condition/c1"]["onsetDateTime"] == "2014"
    assert "onsetPeriod" not in out["Condition/c1"]
    assert out["Condition/c1"]["code"] == RICH["code"]


def test_an_object_is_merged_field_by_field() -> None:
    received = {"code": {"text": "a", "id": "kept"}, "_onsetDateTime": {"id": "x"}, "n": 1}
    old, new = {"code": {"text": "a"}}, {"code": {"text": "b"}, "onsetDateTime": "2020"}
    assert overlay(received, old, new, ("onset",)) == {
        "code": {"text": "b", "id": "kept"},
        "onsetDateTime": "2020",
        "n": 1,
    }


def test_an_entry_recorded_here_gets_our_id_subject_and_origin() -> None:
    body = ConditionBody(name=named("高血压"), onset=PartialDate("2015"))
    entry = OutEntry(id="65f000000000000000000001", body=body, origin=Origin.OCR)
    profile = Profile(names=(PersonName(text="张建国"),))
    person = OutPerson(id=PERSON_ID, profile=profile)
    export = Export(person=person, at=NOW, entries=[entry])
    out = written(export)
    made = out["Condition/65f000000000000000000001"]
    urls = {
        entry["resource"]["resourceType"]: entry["fullUrl"]
        for entry in write_bundle(export)["entry"]
    }
    assert made["subject"] == {"reference": urls["Patient"]}
    assert made["onsetDateTime"] == "2015"

    back = read_bundle(dump(write_bundle(export)), source_system="kangban")
    assert back.profile == profile
    (draft,) = back.drafts
    assert (draft.origin, draft.own_id) == (Origin.OCR, "65f000000000000000000001")


def test_a_changed_profile_is_laid_over_the_received_patient() -> None:
    received = patient(birthDate="1952-03-01", photo=[{"title": "像"}], deceasedBoolean=False)
    export = export_of(read(received, condition()))
    profile = Profile(birth_date=PartialDate("1952-03-02"), died=PartialDate("2026-01-01"))
    person = OutPerson(id=PERSON_ID, profile=profile, changed=True)
    out = written(replace(export, person=person))
    assert out["Patient/p1"] == {
        "resourceType": "Patient",
        "id": "p1",
        "birthDate": "1952-03-02",
        "photo": [{"title": "像"}],
        "deceasedDateTime": "2026-01-01",
    }


def test_an_entry_marked_as_wrong_says_so_over_what_was_received() -> None:
    export = export_of(read(RICH))
    (entry,) = export.entries
    wrong = replace(entry, status=EntryStatus.ENTERED_IN_ERROR)
    out = written(replace(export, entries=[wrong]))["Condition/c1"]
    assert out["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert "clinicalStatus" not in out  # FHIR R4 invariant con-5
    assert out["evidence"] == RICH["evidence"]


def test_an_error_that_was_none_is_revived() -> None:
    reading = read(observation("2093-3", {"value": 5, "code": "g"}, status="entered-in-error"))
    assert reading.drafts[0].status is EntryStatus.ENTERED_IN_ERROR
    export = export_of(reading)
    revived = replace(export.entries[0], status=EntryStatus.ACTIVE)
    assert written(replace(export, entries=[revived]))["Observation/o1"]["status"] == "unknown"


def test_two_senders_with_one_id_are_kept_apart_with_their_references() -> None:
    def sent(by: str, value: float) -> Export:
        report = {
            "resourceType": "DiagnosticReport",
            "id": f"r-{by}",
            "status": "final",
            "code": {"text": by},
            "subject": {"reference": "Patient/p1"},
            "result": [{"reference": "Observation/o1"}],
        }
        resources = [observation("2093-3", {"value": value, "code": "g"}), report]
        data = encoded(
            {
                "resourceType": "Bundle",
                "type": "batch",
                "entry": [{"resource": r} for r in resources],
            }
        )
        return export_of(read_bundle(data, source_system=by))

    first, second = sent("a", 1), sent("b", 2)
    out = written(replace(first, entries=[*first.entries, *second.entries]))
    results = {by: out[f"DiagnosticReport/r-{by}"]["result"][0]["reference"] for by in "ab"}
    assert results["a"] == "Observation/o1"
    assert results["b"] != "Observation/o1"
    assert [str(out[results[by]]["valueQuantity"]["value"]) for by in "ab"] == ["1", "2"]


def test_what_is_not_valid_travels_wrapped_and_comes_back_as_it_was() -> None:
    bad = condition("bad", unheardOf=1.10)
    export = export_of(read(condition("a"), bad))
    out = written(export)
    assert [name.partition("/")[0] for name in out] == ["Patient", "Condition", "Binary"]
    back = read_bundle(dump(write_bundle(export)), source_system="x")
    kept = [draft for draft in back.drafts if isinstance(draft, Kept)]
    assert [json.loads(draft.raw) for draft in kept] == [bad]
    assert not kept[0].valid


def test_a_foreign_binary_is_kept_as_it_is() -> None:
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "YQ=="}
    (draft,) = read(binary).drafts
    assert isinstance(draft, Kept)
    assert json.loads(draft.raw) == binary


def test_version_and_time_of_a_server_do_not_make_other_content() -> None:
    def digest(**fields: Any) -> str:
        return read(condition(**fields)).drafts[0].digest

    plain = digest()
    assert digest(meta={"versionId": "7", "lastUpdated": "2026-01-01T00:00:00Z"}) == plain
    assert digest(meta={"versionId": "7", "profile": ["urn:p"]}) == digest(
        meta={"profile": ["urn:p"]}
    )
    assert digest(onsetDateTime="2020") != plain


@pytest.mark.parametrize(
    ("code", "system", "category"),
    [
        ("36923009", "http://snomed.info/sct", Category.MENTAL_HEALTH),
        ("72892002", "http://snomed.info/sct", Category.REPRODUCTIVE_HEALTH),
        ("38341003", "http://snomed.info/sct", Category.CONDITIONS),
    ],
)
def test_what_is_kept_raw_is_as_sensitive_as_its_codes(
    code: str, system: str, category: Category
) -> None:
    coding = {"code": code, "display": 'says "x"', "system": system}
    risk = {
        "resourceType": "RiskAssessment",
        "id": "r",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [coding]},
    }
    (draft,) = read(risk).drafts
    assert isinstance(draft, Kept)
    assert draft.category is category


def test_an_entry_without_an_id_is_recognised_by_its_content() -> None:
    first = condition()
    del first["id"]
    one, two = read(first).drafts[0], read(condition("x"), first).drafts[1]
    assert isinstance(one, EntryDraft)
    assert one.identity == two.identity
    exported = read_bundle(dump(write_bundle(export_of(read(first)))), source_system="clinic")
    assert exported.drafts[0].identity == one.identity


def test_the_server_starts_without_loading_the_fhir_models() -> None:
    script = "import sys, backend.archive.fhir; print('fhir.resources' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
