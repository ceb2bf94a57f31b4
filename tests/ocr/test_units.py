"""Units as printed."""

from __future__ import annotations

import pytest

from ocr.layout.units import is_unit, read_unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("mmol/L", "mmol/L"),
        ("μmol/L", "umol/L"),
        ("µmol/l", "umol/L"),
        ("×10^9/L", "10^9/L"),
        ("10^9/L", "10^9/L"),
        ("10*9/L", "10^9/L"),
        ("10⁹/L", "10^9/L"),
        ("×10¹²/L", "10^12/L"),
        ("IU/L", "IU/L"),
        ("U/L", "U/L"),
        ("uIU/ml", "uIU/mL"),
        ("%", "%"),
        ("fl", "fL"),
        ("秒", "秒"),
        ("mL/min/1.73m²", "mL/min/1.73m2"),
        ("/HP", "/HP"),
        ("个/uL", "个/uL"),
        ("(g/L)", "g/L"),
    ],
)
def test_spelling(text: str, unit: str) -> None:
    assert read_unit(text) == (unit, False)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("109/L", "10^9/L"),
        ("10°9/L", "10^9/L"),
        ("1012/L", "10^12/L"),
        ("mmo1/L", "mmol/L"),
        ("mmol/1", "mmol/L"),
    ],
)
def test_confusions_are_undone_and_said(text: str, unit: str) -> None:
    assert read_unit(text) == (unit, True)


def test_a_lost_exponent_is_left_open() -> None:
    assert read_unit("10/L") == ("10^?/L", True)


@pytest.mark.parametrize("text", ["葡萄糖", "7.83", "3.9-6.1", "阴性", "", "免疫比浊法"])
def test_other_texts_are_no_units(text: str) -> None:
    assert not is_unit(text)


def test_units_are_never_converted() -> None:
    assert read_unit("IU/mL") == ("IU/mL", False)
    assert read_unit("mg/dl") == ("mg/dL", False)
