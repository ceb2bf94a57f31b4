"""Undoes confusions of characters, only where unit, interval and plausibility prove it."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from ocr.lab import Match, dictionary
from ocr.lab.entry import fold, fold_unit
from ocr.layout.units import is_unit
from ocr.layout.values import Result, read_result
from ocr.model import Reference, Repair

_DIGITS = str.maketrans(
    {
        "O": "0",
        "o": "0",
        "Q": "0",
        "D": "0",
        "〇": "0",
        "○": "0",
        "l": "1",
        "I": "1",
        "|": "1",
        "i": "1",
        "丨": "1",
        "S": "5",
        "s": "5",
        "B": "8",
        "Z": "2",
        "z": "2",
        "。": ".",
        "·": ".",
        ",": ".",
        "，": ".",
        ":": ".",
        "'": ".",
    }
)


_PER_LITRE = re.compile(r"(?<=[A-Za-z])(?:r|t|/t|/1|/l|/i|几|凡)$")
"""What small print makes of ``/L``."""


def repair_unit(unit: str | None, match: Match | None, repairs: list[Repair]) -> str | None:
    """``10^?/L`` gets the exponent of the item's own unit; else the exponent is dropped."""
    if unit is not None and unit != "10^?/L" and match is not None and not is_unit(unit):
        shaped = _PER_LITRE.sub("/L", unit)
        close = {
            u.unit: _distance(shaped, u.unit)
            for u in match.entry.units
            if _looks_like(shaped, u.unit)
        }
        least = min(close.values(), default=0)
        near = [name for name, distance in close.items() if distance == least]
        if len(near) == 1:
            repairs.append(Repair("unit", unit, near[0], "the item's own unit"))
            return near[0]
    if unit != "10^?/L":
        return unit
    own = match.entry.unit if match is not None else None
    if own is not None and own.startswith("10^"):
        repairs.append(Repair("unit", unit, own, "the item's own unit"))
        return own
    return "10/L"


def _looks_like(read: str, unit: str) -> bool:
    """One or two characters off, or a percent sign taken apart."""
    if unit == "%":
        return read in {"96", "9/6", "0/0", "％", "%6", "o/o", "9%", "98", "%0", "%o", "o"}
    return len(unit) >= 3 and _distance(read, unit) <= (2 if len(unit) >= 6 else 1)


def _distance(read: str, unit: str) -> int:
    return Levenshtein.distance(fold_unit(read), fold_unit(unit))


def repair_value(
    result: Result,
    unit: str | None,
    reference: Reference | None,
    match: Match | None,
    repairs: list[Repair],
) -> Result:
    """``7.8O`` → 7.80 and ``783`` → 7.83, where nothing else is plausible."""
    numeric = reference is not None and (reference.low is not None or reference.high is not None)
    if result.value is None and result.comparator is None and numeric:
        fixed = read_result(result.text.replace(" ", "").translate(_DIGITS))
        if (
            fixed.value is not None
            and re.search(r"\d", result.text)
            and _near(fixed.value, unit, reference, match)
        ):
            repairs.append(Repair("value", result.text, fixed.text, "digits by unit and interval"))
            return Result(fixed.text, fixed.value, result.mark)
        return result
    return _decimal_point(result, unit, reference, match, repairs)


def _near(value: float, unit: str | None, reference: Reference | None, match: Match | None) -> bool:
    """Whether a repaired value lies where results of this item lie."""
    if match is not None and (possible := match.entry.plausible(value, unit)) is not None:
        return possible
    if reference is None or reference.high is None:
        return False
    return 0 <= value <= 20 * max(abs(reference.high), 1e-9)


def _decimal_point(
    result: Result,
    unit: str | None,
    reference: Reference | None,
    match: Match | None,
    repairs: list[Repair],
) -> Result:
    """A point lost from a number is put back where exactly one place is possible."""
    if result.value is None or not re.fullmatch(r"\d{2,5}", result.text) or match is None:
        return result
    if (
        reference is None
        or reference.high is None
        or match.entry.plausible(result.value, unit) is not False
    ):
        return result
    decimals = _decimals(reference.text)
    if decimals == 0 or result.value < 8 * reference.high:
        return result
    places = [p for p in (1, 2, 3) if p < len(result.text)]
    fitting = [p for p in places if match.entry.plausible(result.value / 10**p, unit)]
    if decimals in fitting:
        fitting = [decimals]
    if len(fitting) != 1 or result.value / 10 ** fitting[0] > 6 * reference.high:
        return result
    cut = len(result.text) - fitting[0]
    text = f"{result.text[:cut]}.{result.text[cut:]}"
    repairs.append(Repair("value", result.text, text, "only this value is plausible"))
    return Result(text, float(text), result.mark)


def _decimals(text: str) -> int:
    found = [len(d) for d in re.findall(r"\d\.(\d+)", text)]
    return max(found, default=0)


def repair_range(text: str, repairs: list[Repair]) -> str:
    """``39-6.1`` → ``3.9-6.1``: a lower limit above the upper one has lost its point."""
    match = re.fullmatch(r"\s*(\d{2,4})\s*[-~～]+\s*(\d+\.(\d+))\s*", text)
    if match is None or float(match.group(1)) <= float(match.group(2)):
        return text
    cut = len(match.group(1)) - len(match.group(3))
    if cut < 1:
        return text
    low = f"{match.group(1)[:cut]}.{match.group(1)[cut:]}"
    if float(low) >= float(match.group(2)):
        return text
    fixed = text.replace(match.group(1), low, 1)
    repairs.append(Repair("reference", text, fixed, "lower limit above the upper one"))
    return fixed


def repair_name(name: str, weakest: float, match: Match | None, repairs: list[Repair]) -> str:
    """One wrong character in a known name, where the unit confirms the item."""
    if match is None:
        return name
    if name.startswith("-"):
        ends = {n for n in (match.entry.name, *match.entry.aliases) if n.endswith(name)}
        whole = min(ends, key=len, default=None)
        if whole is not None:
            repairs.append(Repair("name", name, whole, "dictionary name, first letter lost"))
            return whole
    greek = _greek(name, match)
    if greek != name:
        repairs.append(Repair("name", name, greek, "dictionary name, look-alike letter"))
        return greek
    if match.how != "fuzzy" or weakest > 0.97:
        return name
    known = [n for n in (match.entry.name, *match.entry.aliases) if len(n) == len(name)]
    near = [n for n in known if Levenshtein.distance(fold(n), fold(name)) == 1]
    if len(near) != 1:
        return name
    repairs.append(Repair("name", name, near[0], "dictionary name, unit agrees"))
    return near[0]


def repair_last_letter(name: str, repairs: list[Repair]) -> str:
    """``抗链球菌溶血素0`` → ``…O``: where only the letter makes it a name."""
    words, letter = dictionary(), name[:-1] + "O"
    if not re.search(r"[一-鿿][0〇○]$", name) or words.knows_name(name):
        return name
    if not words.knows_name(letter):
        return name
    repairs.append(Repair("name", name, letter, "dictionary name, look-alike letter"))
    return letter


def repair_short_name(
    name: str,
    abbreviation: str | None,
    unit: str | None,
    specimen: str | None,
    repairs: list[Repair],
) -> str:
    """``理`` beside ``K`` and ``mmol/L`` → ``钾``: a name too short for likeness."""
    if len(name) > 2 or abbreviation is None or unit is None:
        return name
    entries = dictionary().of_abbreviation(abbreviation, unit, specimen or "blood")
    known = [n for e in entries[:1] for n in (e.name, *e.aliases) if len(n) == len(name)]
    if len(entries) != 1 or not known:
        return name
    repairs.append(Repair("name", name, known[0], "abbreviation and unit name the item"))
    return known[0]


_ALIKE = {"γ": "γYyrv", "α": "αaɑ", "β": "βBßb8", "O": "O0〇○o"}


def _greek(name: str, match: Match) -> str:
    """``Y-谷氨酰转肽酶`` → ``γ-谷氨酰转肽酶``: only where all else is the printed name."""
    for known in (match.entry.name, *match.entry.aliases):
        if len(known) != len(name) or known == name or not set(known) & set(_ALIKE):
            continue
        if all(a == b or b in _ALIKE.get(a, "") for a, b in zip(known, name, strict=True)):
            return known
    return name
