"""Reference intervals."""

from __future__ import annotations

import pytest

from ocr.layout.ranges import choose, read_interval


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3.9-6.1", 3.9, 6.1),
        ("3.9~6.1", 3.9, 6.1),
        ("3.9--6.1", 3.9, 6.1),
        ("3.9～6.1", 3.9, 6.1),
        ("3.9 - 6.1", 3.9, 6.1),
        ("<5.20", None, 5.2),
        ("≤5.2", None, 5.2),
        (">1.04", 1.04, None),
        ("≥60", 60.0, None),
        ("0.00－3.00", 0.0, 3.0),
        ("(57-97)", 57.0, 97.0),
        ("-3-3", -3.0, 3.0),
        ("小于10", None, 10.0),
        ("＜0.05", None, 0.05),
        ("3.9—6.1", 3.9, 6.1),
    ],
)
def test_printed_forms(text: str, low: float | None, high: float | None) -> None:
    assert read_interval(text) == (low, high)


@pytest.mark.parametrize(
    ("text", "sex", "age", "low", "high"),
    [
        ("男:57-97 女:41-73", "female", 40, 41.0, 73.0),
        ("男:57-97 女:41-73", "male", 40, 57.0, 97.0),
        ("男:57-97\n女:41-73", "female", 40, 41.0, 73.0),
        ("男性57-97;女性41-73", "male", 30, 57.0, 97.0),
        ("女 <20 男 <15", "male", 30, None, 15.0),
        ("成人:3.9-6.1 儿童:3.3-5.6", "male", 8, 3.3, 5.6),
        ("成人:3.9-6.1 儿童:3.3-5.6", "male", 45, 3.9, 6.1),
        ("0-50岁:0-15\n51-100岁:0-20", "male", 62, 0.0, 20.0),
        ("≤60岁 0-15;>60岁 0-20", "female", 71, 0.0, 20.0),
        ("男：130-175\n女：115-150", "female", None, 115.0, 150.0),
    ],
)
def test_the_patients_own_range_is_chosen(
    text: str, sex: str, age: float | None, low: float | None, high: float
) -> None:
    reference = choose(text, sex, age)  # type: ignore[arg-type]
    assert reference is not None
    assert (reference.low, reference.high) == (low, high)


def test_without_a_sex_no_range_is_chosen() -> None:
    reference = choose("男:57-97 女:41-73", None, None)
    assert reference is not None
    assert (reference.low, reference.high) == (None, None)
    assert reference.text == "男:57-97 女:41-73"


def test_phases_are_not_guessed_for_a_woman() -> None:
    text = "卵泡期:3.5-12.5\n排卵期:4.7-21.5\n黄体期:1.7-7.7"
    reference = choose(text, "female", 30)
    assert reference is not None
    assert (reference.low, reference.high) == (None, None)


@pytest.mark.parametrize("text", ["", "-", "--", "/"])
def test_an_empty_cell_is_no_range(text: str) -> None:
    assert choose(text, None, None) is None


def test_words_are_kept_as_text() -> None:
    reference = choose("阴性", None, None)
    assert reference is not None
    assert (reference.low, reference.high, reference.text) == (None, None, "阴性")


def test_a_titre_is_no_number() -> None:
    assert read_interval("<1:100") is None


@pytest.mark.parametrize("text", ["41 .0~73.0", "41. 0~73 .0", "41 . 0~73.0"])
def test_a_point_torn_from_its_digits_is_joined(text: str) -> None:
    assert read_interval(text) == (41.0, 73.0)


def test_a_reversed_interval_is_refused() -> None:
    assert read_interval("39-6.1") is None
