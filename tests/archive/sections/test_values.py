from __future__ import annotations

from decimal import Decimal

import pytest

from backend.archive.sections import Amount, Coding, Concept, ConditionBody, Section, build, named
from backend.archive.sections.errors import (
    CodeMalformed,
    EntryInvalid,
    EntryWithoutName,
    FieldsExclusive,
    Icd10Malformed,
    NumberNotFinite,
    PeriodBackwards,
    TextEmpty,
    TextLoneSurrogate,
    TextNullByte,
    TextTooLong,
)
from backend.archive.sections.tables import MAX_TEXT

ICD10 = "http://hl7.org/fhir/sid/icd-10"


@pytest.mark.parametrize(
    "code", ["I10", "I10.x00", "I10.x00x002", "E11.900", "E11.9", "K29.501", "C50.911", "M1A.0710"]
)
def test_the_forms_of_icd10_in_china_are_taken(code: str) -> None:
    assert Coding(system=ICD10, code=code).code == code


@pytest.mark.parametrize("code", ["A18.000x003+M90.0*", "M32.101+N08.5*", "G01*", "A39.0†"])
def test_dagger_and_asterisk_pairs_are_taken(code: str) -> None:
    assert Coding(system=ICD10, code=code).code == code


@pytest.mark.parametrize("code", ["10", "i10", "I1", "高血压", "I10.", "I10.x00x2", "I10.123456"])
def test_what_has_not_the_form_of_icd10_is_refused(code: str) -> None:
    with pytest.raises(Icd10Malformed):
        Coding(system=ICD10, code=code)


def test_other_systems_have_their_own_forms() -> None:
    assert Coding(system="http://snomed.info/sct", code="38341003").code == "38341003"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", TextEmpty),
        (" \n\u3000", TextEmpty),
        ("a\x00b", TextNullByte),
        ("a\ud800b", TextLoneSurrogate),
        ("长" * (MAX_TEXT + 1), TextTooLong),
    ],
)
def test_what_is_no_text_has_its_own_error(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        named(text)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_an_amount_is_finite(value: str) -> None:
    with pytest.raises(NumberNotFinite):
        Amount(value=Decimal(value))


def test_an_amount_keeps_its_digits() -> None:
    amount = Amount.model_validate_json('{"value": "1.10", "unit": "mg"}')
    assert amount.label == "1.10 mg"
    assert amount.model_dump(mode="json")["value"] == "1.10"


def test_a_code_holds_no_stray_space() -> None:
    with pytest.raises(CodeMalformed):
        Coding(code=" 1")


def test_a_concept_says_something() -> None:
    with pytest.raises(EntryWithoutName):
        Concept()
    with pytest.raises(EntryWithoutName):
        Coding(system=ICD10)


def test_an_end_before_the_start_is_refused_at_the_precision_given() -> None:
    with pytest.raises(PeriodBackwards):
        build(Section.CONDITION, {"name": {"text": "a"}, "onset": "2020", "abatement": "2019-12"})
    body = build(
        Section.CONDITION, {"name": {"text": "a"}, "onset": "2020-05-03", "abatement": "2020"}
    )
    assert isinstance(body, ConditionBody)


def test_one_place_in_fhir_takes_one_answer() -> None:
    with pytest.raises(FieldsExclusive) as caught:
        build(Section.CONDITION, {"name": {"text": "a"}, "onset": "2020", "onset_text": "小时候"})
    assert caught.value.data == {"fields": "onset, onset_text"}


def test_an_invalid_entry_names_the_fields_and_never_their_values() -> None:
    with pytest.raises(EntryInvalid) as caught:
        build(Section.ALLERGY, {"substance": {"text": "x"}, "type": "secret", "extra": "secret"})
    assert caught.value.data == {"fields": "type, extra"}
    assert "secret" not in str(caught.value)
