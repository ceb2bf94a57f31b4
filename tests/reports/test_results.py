"""What typed results and ranges say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.reports.names import PatientMatch, match_names
from backend.reports.results import compared_in, digits_in, flag_for, number_in, reference_in
from ocr.model import Flag, Reference


@given(st.decimals(-1000, 10_000, places=3))
def test_a_number_is_read_with_its_digits(number: object) -> None:
    assert number_in(f" {number} ") == float(str(number))
    assert digits_in(f"{number}") == str(number)


@given(st.text(max_size=20))
def test_any_text_has_an_answer(text: str) -> None:
    value, reference = number_in(text), reference_in(text)
    assert (digits_in(text) is None) == (value is None)
    assert flag_for(value, text, reference) in (None, "normal", "low", "high")


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [("<0.005", "<", "0.005"), ("＞1000", ">", "1000"), ("≤ 5.2", "<=", "5.2"), (">=3", ">=", "3")],
)
def test_a_comparator_is_kept(text: str, sign: str, value: str) -> None:
    found = compared_in(text)
    assert found is not None
    assert (found.comparator, found.value) == (sign, value)
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3.9-6.1", 3.9, 6.1),
        ("3.5--5.3", 3.5, 5.3),
        ("3.9～6.1", 3.9, 6.1),
        ("<5.20", None, 5.2),
        ("≥1.04", 1.04, None),
        ("阴性", None, None),
    ],
)
def test_a_range_is_read(text: str, low: float | None, high: float | None) -> None:
    assert reference_in(text) == Reference(low, high, text)


@pytest.mark.parametrize(
    ("value", "text", "reference", "flag"),
    [
        (6.1, "6.1", Reference(3.9, 6.1, ""), "normal"),
        (6.2, "6.2", Reference(3.9, 6.1, ""), "high"),
        (3.8, "3.8", Reference(3.9, None, ""), "low"),
        (3.8, "3.8", Reference(None, None, "见说明"), None),
        (None, "阴性", Reference(None, None, "阴性"), "normal"),
        (None, "阳性", Reference(None, None, "阴性"), None),
        (5.0, "5.0", None, None),
    ],
)
def test_a_flag_says_no_more_than_the_range(
    value: float | None, text: str, reference: Reference | None, flag: Flag | None
) -> None:
    assert flag_for(value, text, reference) == flag


@pytest.mark.parametrize(
    ("printed", "own", "match"),
    [
        ("张建国", "张建国", PatientMatch.SAME),
        ("张 建 国", "张建国", PatientMatch.SAME),
        ("阿卜杜拉·买买提", "阿卜杜拉买买提", PatientMatch.SAME),
        ("张建军", "张建国", PatientMatch.DIFFERENT),
        (None, "张建国", PatientMatch.UNKNOWN),
    ],
)
def test_whose_report_it_is(printed: str | None, own: str, match: PatientMatch) -> None:
    assert match_names(printed, own) is match
