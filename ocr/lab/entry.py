"""One dictionary item, read from ``data/lab/*.csv`` (sources: ``data/lab/README.md``)."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from importlib.resources import files

BLOOD = frozenset({"serum", "plasma", "blood", "arterial"})
_GREEK = str.maketrans(
    {"α": "a", "β": "b", "ß": "b", "γ": "r", "δ": "d", "κ": "k", "λ": "l", "₂": "2"}
)
_DROP = re.compile(r"[\s\-_·.,，、'’′‘`\"“”()\[\]{}*★☆△▲◆●※:：;^~|]+")


@dataclass(frozen=True, slots=True)
class UnitOf:
    """A unit an item is reported in: times ``factor`` gives the canonical unit (0: none)."""

    unit: str
    factor: float
    loinc: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A laboratory item; ``low``/``high`` are the plausible limits in ``unit``."""

    name: str
    aliases: tuple[str, ...]
    abbreviations: tuple[str, ...]
    loinc: str | None
    specimen: str
    unit: str | None
    low: float | None
    high: float | None
    units: tuple[UnitOf, ...]
    explanation: str

    def unit_of(self, unit: str | None) -> UnitOf | None:
        """The entry's own line for a printed unit, spelling aside."""
        if unit is None:
            return None
        wanted = fold_unit(unit)
        return next((u for u in self.units if fold_unit(u.unit) == wanted), None)

    def code_for(self, unit: str | None) -> str | None:
        """The LOINC code for a result in ``unit``; None where it would be another's."""
        own = self.unit_of(unit)
        if own is not None:
            return own.loinc
        if unit is None or self.unit is None:
            return self.loinc
        return self.loinc if dimension(unit) == dimension(self.unit) else None

    def plausible(self, value: float, unit: str | None) -> bool | None:
        """Whether the value can be; None where the limits say nothing about this unit."""
        own = self.unit_of(unit)
        factor = own.factor if own else (1.0 if unit is None else 0.0)
        if self.low is None or self.high is None or not factor:
            return None
        return self.low <= value * factor <= self.high


def fold(text: str) -> str:
    """The form under which names are compared: case, width, spaces and dashes aside."""
    text = unicodedata.normalize("NFKC", text.translate(_GREEK))
    return _DROP.sub("", text.translate(_GREEK)).casefold()


def fold_unit(unit: str) -> str:
    """The form under which units are compared."""
    text = unicodedata.normalize("NFKC", unit).replace("μ", "u").replace("^", "").replace(" ", "")
    return text.casefold().replace("iu", "u")


def dimension(unit: str) -> str:
    """What a unit measures, coarsely: mass, amount, activity, count, share, other."""
    top = fold_unit(unit)
    if re.match(r"[mµunpfk]?mol", top):
        return "amount"
    if re.match(r"[munk]*u/|[munk]*u\(", top):
        return "activity"
    if top.startswith(("10", "/", "个")):
        return "count"
    if re.match(r"(k|m|u|n|p|mc)?g/", top):
        return "mass"
    return "share" if top in {"%", "l/l"} else top


def load() -> list[Entry]:
    """All items of all files, in file order."""
    entries: list[Entry] = []
    for file in sorted((files("ocr") / "data" / "lab").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".csv"):
            entries.extend(
                _entry(row) for row in csv.DictReader(file.read_text("utf-8").splitlines())
            )
    return entries


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _entry(row: dict[str, str]) -> Entry:
    unit, loinc = row["unit"] or None, row["loinc"] or None
    units = [_unit(part, loinc) for part in _list(row["other_units"])]
    if unit is not None and all(fold_unit(u.unit) != fold_unit(unit) for u in units):
        units.insert(0, UnitOf(unit, 1.0, loinc))
    return Entry(
        row["name"],
        _list(row["aliases"]),
        _list(row["abbreviations"]),
        loinc,
        row["specimen"],
        unit,
        float(row["low"]) if row["low"] else None,
        float(row["high"]) if row["high"] else None,
        tuple(units),
        row["explanation"],
    )


def _unit(part: str, loinc: str | None) -> UnitOf:
    head, at, code = part.partition("@")
    unit, _, factor = head.partition("*")
    return UnitOf(unit, float(factor or 0), (code or None) if at else loinc)
