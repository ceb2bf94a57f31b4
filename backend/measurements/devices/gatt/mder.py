"""Medical device numbers (MDER) of IEEE 11073-20601: SFLOAT of 16 and FLOAT of 32 bits.

mantissa * 10^exponent, both signed, the exponent in the upper 4 or 8 bits. Five
patterns with exponent 0 are no numbers.
"""

from __future__ import annotations

from enum import StrEnum


class Special(StrEnum):
    """What a device sends when it has no number."""

    NAN = "NaN"
    NRES = "NRes"
    PLUS_INFINITY = "+INF"
    MINUS_INFINITY = "-INF"
    RESERVED = "reserved"


def sfloat(raw: int) -> float | Special:
    """``raw``: 16 bits, 0 to 0xFFFF."""
    return _decode(raw, mantissa_bits=12, exponent_bits=4)


def float32(raw: int) -> float | Special:
    """``raw``: 32 bits, 0 to 0xFFFFFFFF."""
    return _decode(raw, mantissa_bits=24, exponent_bits=8)


def _decode(raw: int, mantissa_bits: int, exponent_bits: int) -> float | Special:
    exponent = _signed(raw >> mantissa_bits, exponent_bits)
    mantissa = raw & ((1 << mantissa_bits) - 1)
    if exponent == 0 and (special := _special(mantissa, mantissa_bits)):
        return special
    # By way of the decimal text, since 1035 * 10**-1 is not 103.5 in binary.
    return float(f"{_signed(mantissa, mantissa_bits)}e{exponent}")


def _special(mantissa: int, bits: int) -> Special | None:
    middle = 1 << (bits - 1)
    return {
        middle - 2: Special.PLUS_INFINITY,
        middle - 1: Special.NAN,
        middle: Special.NRES,
        middle + 1: Special.RESERVED,
        middle + 2: Special.MINUS_INFINITY,
    }.get(mantissa)


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value
