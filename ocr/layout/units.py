"""Spelling of units: printed ones as UCUM-style plain text, nothing converted."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_POWER = re.compile(
    r"^[x×*XxΧ·.]?\s*10\s*[\^*~'’°`“\"\-E]?\s*(3|6|9|12)\s*/\s*([LlI1|]|[uUµμ][LlI1])$"
)
_LOST_POWER = re.compile(r"^[x×*X·]?\s*10\s*[\^*~'’°]?\s*/\s*[LlI1|]$")


@lru_cache(maxsize=1)
def known_units() -> dict[str, str]:
    """Folded spelling -> the canonical plain one, from ``data/units.txt``."""
    text = (files("ocr") / "data" / "units.txt").read_text("utf-8")
    units: dict[str, str] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            names = line.split()
            for name in names:
                units.setdefault(_fold(name), names[0])
    return units


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_SUPER))
    text = text.replace("μ", "u").replace("µ", "u").replace("／", "/").replace("㎡", "m2")
    return re.sub(r"[\s^]", "", text).casefold()


def _unconfuse(folded: str) -> str:
    """The folded spelling with letters that look alike made one."""
    return folded.replace("1", "l").replace("i", "l").replace("|", "l").replace("0", "o")


@lru_cache(maxsize=1)
def _look_alikes() -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for folded, unit in known_units().items():
        found.setdefault(_unconfuse(folded), set()).add(unit)
    return {key: next(iter(units)) for key, units in found.items() if len(units) == 1}


@lru_cache(maxsize=4096)
def read_unit(text: str) -> tuple[str, bool] | None:
    """The unit a cell holds, and whether a confusion was undone; None if it holds none.

    ``×10⁹/L``, ``10^9/L`` and ``109/L`` are ``10^9/L``; ``μmol/l`` is ``umol/L``. The
    exponent lost from ``10⁹/L`` cannot be told here: that gives ``10^?/L``.
    """
    text = text.strip().strip("()（）[]【】").rstrip(".,;:。，、").replace("%%", "%")
    if not text or len(text) > 24:
        return None
    plain = unicodedata.normalize("NFKC", text.translate(_SUPER))
    power = _POWER.match(plain)
    if power:
        volume = "uL" if power.group(2)[0] in "uUµμ" else "L"
        exact = re.search(r"10[\^*E]", plain.replace(" ", "")) is not None or _has_super(text)
        return f"10^{power.group(1)}/{volume}", not exact
    if _LOST_POWER.match(plain):
        return "10^?/L", True
    folded = _fold(text)
    if folded in known_units():
        return known_units()[folded], False
    alike = _look_alikes().get(_unconfuse(folded))
    return (alike, True) if alike else None


def _has_super(text: str) -> bool:
    return any("⁰" <= c <= "⁹" or c in "¹²³" for c in text)


def is_unit(text: str) -> bool:
    """Whether the whole text is a unit."""
    return read_unit(text) is not None
