from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.measurements.devices.gatt.mder import Special, float32, sfloat


def encode(mantissa: int, exponent: int, mantissa_bits: int, exponent_bits: int) -> int:
    upper = exponent & ((1 << exponent_bits) - 1)
    return upper << mantissa_bits | mantissa & ((1 << mantissa_bits) - 1)


@given(mantissa=st.integers(-2045, 2045), exponent=st.integers(-8, 7))
def test_an_sfloat_comes_back_exactly(mantissa: int, exponent: int) -> None:
    assert sfloat(encode(mantissa, exponent, 12, 4)) == float(f"{mantissa}e{exponent}")


@given(mantissa=st.integers(-8_388_605, 8_388_605), exponent=st.integers(-128, 127))
def test_a_float_comes_back_exactly(mantissa: int, exponent: int) -> None:
    assert float32(encode(mantissa, exponent, 24, 8)) == float(f"{mantissa}e{exponent}")


@given(raw=st.integers(0, 0xFFFF))
def test_every_sixteen_bits_are_a_number_or_a_known_special(raw: int) -> None:
    value = sfloat(raw)
    assert isinstance(value, float | Special)


@pytest.mark.parametrize(
    ("short", "long", "special"),
    [
        (0x07FF, 0x007FFFFF, Special.NAN),
        (0x0800, 0x00800000, Special.NRES),
        (0x07FE, 0x007FFFFE, Special.PLUS_INFINITY),
        (0x0802, 0x00800002, Special.MINUS_INFINITY),
        (0x0801, 0x00800001, Special.RESERVED),
    ],
)
def test_patterns_that_are_no_numbers(short: int, long: int, special: Special) -> None:
    assert sfloat(short) is special
    assert float32(long) is special


def test_the_special_mantissas_are_numbers_with_another_exponent() -> None:
    assert sfloat(0x17FF) == 20470.0
