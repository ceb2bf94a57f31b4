"""What a result's words say: number, comparator, range, and how the one lies to the other."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from ocr.model import Flag, Reference

Comparator = Literal["<", "<=", ">=", ">"]

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_PLAIN = re.compile(_NUMBER)
_COMPARED = re.compile(rf"(<=|>=|<|>|≤|≥)\s*({_NUMBER})")
_BETWEEN = re.compile(rf"({_NUMBER})\s*(?:--|[-~～—–至])\s*({_NUMBER})")
_SIGNS: dict[str, Comparator] = {
    "<": "<", "<=": "<=", "≤": "<=", ">": ">", ">=": ">=", "≥": ">=",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """A number beyond which the method does not measure (``<0.005``)."""

    comparator: Comparator
    value: str


def number_in(text: str) -> float | None:
    """The number that the whole text is, or None."""
    plain = _folded(text)
    return float(plain) if _PLAIN.fullmatch(plain) else None


def digits_in(text: str) -> str | None:
    """As ``number_in``, with the digits as they are written (``7.80``)."""
    plain = _folded(text)
    return plain.lstrip("+") if _PLAIN.fullmatch(plain) else None


def compared_in(text: str) -> Compared | None:
    """A comparator and its number, where the whole text is that."""
    found = _COMPARED.fullmatch(_folded(text))
    return Compared(_SIGNS[found[1]], found[2]) if found else None


def reference_in(text: str) -> Reference | None:
    """The range that somebody typed; words stay words."""
    said = text.strip()
    if not said:
        return None
    plain = _folded(said)
    if both := _BETWEEN.fullmatch(plain):
        return Reference(float(both[1]), float(both[2]), said)
    if one := _COMPARED.fullmatch(plain):
        bound = float(one[2])
        below = _SIGNS[one[1]].startswith("<")
        return Reference(None if below else bound, bound if below else None, said)
    return Reference(None, None, said)


def flag_for(value: float | None, text: str, reference: Reference | None) -> Flag | None:
    """Where a result lies in its printed range; None where nothing says so."""
    if reference is None:
        return None
    if value is None:
        if reference.low is None and reference.high is None:
            return "normal" if _folded(text) == _folded(reference.text) else None
        return None
    if reference.low is not None and value < reference.low:
        return "low"
    if reference.high is not None and value > reference.high:
        return "high"
    bounded = reference.low is not None or reference.high is not None
    return "normal" if bounded else None


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
