from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistant.understanding.numerals import to_digits

_DIGITS = "零一二三四五六七八九"


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("三个月", "3个月"),
        ("两周", "2周"),
        ("半年", "6个月"),
        ("十五天", "15天"),
        ("一百四", "140"),
        ("一百四十九十", "140/90"),
        ("高压一百五十八低压九十二", "高压158低压92"),
        ("血糖七点五", "血糖7.5"),
        ("二零二五年", "2025年"),
        ("上半年", "上半年"),
        ("一直", "一直"),
        ("三高", "三高"),
        ("百草枯", "百草枯"),
        ("上周一共", "上周一共"),
    ],
)
def test_numerals_become_digits_where_they_are_numerals(said: str, plain: str) -> None:
    assert to_digits(said) == plain


def chinese(number: int) -> str:
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


@given(st.integers(min_value=1, max_value=999))
def test_every_count_of_days_is_read(number: int) -> None:
    assert to_digits(f"{chinese(number)}天") == f"{number}天"
