"""Result cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.layout.values import is_number, is_words, read_mark, read_result


@pytest.mark.parametrize(
    ("text", "value", "mark"),
    [
        ("7.83", 7.83, None),
        ("7.83↑", 7.83, "high"),
        ("↑7.83", 7.83, "high"),
        ("7.83 H", 7.83, "high"),
        ("3.2 L", 3.2, "low"),
        ("*7.83", 7.83, "abnormal"),
        ("↓ 2.1", 2.1, "low"),
        ("5.80 偏高", 5.8, "high"),
        ("１２.５", 12.5, None),
        ("1,250", 1250.0, None),
        ("2.5×10^3", 2500.0, None),
        ("5.0E+03", 5000.0, None),
        ("-1.5", -1.5, None),
        ("12.1 ↑↑", 12.1, "high"),
        ("HH 31", 31.0, "high"),
    ],
)
def test_numbers_come_with_their_marks(text: str, value: float, mark: str | None) -> None:
    result = read_result(text)
    assert result.value == pytest.approx(value)
    assert result.mark == mark


@pytest.mark.parametrize(
    ("text", "comparator", "bound"),
    [("<0.005", "<", 0.005), ("> 1000", ">", 1000.0), ("≤5.2", "≤", 5.2), ("<20.0 ↑", "<", 20.0)],
)
def test_a_bounded_result_has_no_value(text: str, comparator: str, bound: float) -> None:
    result = read_result(text)
    assert (result.value, result.comparator, result.bound) == (None, comparator, bound)


@pytest.mark.parametrize(
    "text", ["阴性", "阳性(+)", "±", "1:100", "未见", "0-1", "++", "A型", "淡黄色"]
)
def test_words_stay_words(text: str) -> None:
    result = read_result(text)
    assert result.value is None
    assert result.comparator is None
    assert result.text == text


@pytest.mark.parametrize("text", ["HBsAg", "L", "H", "HIV", "LDL"])
def test_letters_alone_are_no_marked_number(text: str) -> None:
    assert read_result(text).value is None
    assert not is_number(text)


def test_marks() -> None:
    assert read_mark("↑") == "high"
    assert read_mark("偏低") == "low"
    assert read_mark("*") == "abnormal"
    assert read_mark("正常") == "normal"
    assert read_mark("7.8") is None


def test_words_are_told_from_names() -> None:
    assert is_words("弱阳性")
    assert is_words("A")
    assert not is_words("葡萄糖")


@given(
    st.decimals(min_value=0, max_value=99999, places=3),
    st.sampled_from(["{}", "{}↑", "↓{}", "{} H", "*{}"]),
)
def test_any_number_survives_any_mark(number: object, form: str) -> None:
    assert read_result(form.format(number)).value == pytest.approx(float(str(number)))
