"""Which codes are one item in other units or on other occasions: dictionary and ``joined.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from backend.measurements.draft import Kind, Meal
from backend.reports.errors import CodeUnknown
from backend.reports.limits import table
from ocr.lab import Entry, dictionary

_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One code of an item: what it is called, and its dictionary line for units."""

    code: str
    name: str
    meal: Meal | None
    line: Entry

    @property
    def abbreviation(self) -> str:
        return _abbreviation(self.line) or self.code

    def factor(self, unit: str | None) -> float | None:
        """What a value in ``unit`` is multiplied by; None where the unit cannot be converted."""
        known = self.line.unit_of(unit)
        if known is None:
            same = unit is None and self.line.unit is None
            return 1.0 if same else None
        return known.factor or None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabItem:
    """``occasions`` by LOINC code; ``kind`` of the home readings that stand beside them.
    ``abbreviation``: for those who read no Chinese, such as LDL-C."""

    name: str
    abbreviation: str
    unit: str | None
    explanation: str
    occasions: Mapping[str, Occasion]
    kind: Kind | None = None
    component: str | None = None


@cache
def lab_item(code: str) -> LabItem:
    """The item that a LOINC code belongs to. Raises ``CodeUnknown``."""
    own = {code, *(line.loinc for line in _lines(code))}
    joined = next((row for row in _joined() if own & set(row["codes"])), None)
    codes = joined["codes"] if joined else [code]
    lines = [line for each in codes for line in _lines(each)]
    if not any(code in _codes(line) for line in lines):
        raise CodeUnknown
    first = lines[0]
    return LabItem(
        name=first.name,
        abbreviation=_abbreviation(first) or code,
        unit=first.unit,
        explanation=first.explanation,
        occasions=MappingProxyType(
            {
                each: _occasion(each, line)
                for line in reversed(lines)
                for each in sorted(_codes(line))
            }
        ),
        kind=Kind(joined["kind"]) if joined else None,
        component=joined["component"] if joined else None,
    )


def _joined() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table("joined")["item"]
    return found


def _occasion(code: str, line: Entry) -> Occasion:
    meal = table("joined")["meals"].get(line.loinc)
    return Occasion(code=code, name=line.name, meal=Meal(meal) if meal else None, line=line)


def _abbreviation(line: Entry) -> str | None:
    return next((each for each in line.abbreviations if not _CHINESE.search(each)), None)


def _lines(code: str) -> list[Entry]:
    """The dictionary's lines that report under the code, a line of its own first."""
    found = [line for line in dictionary().entries if code in _codes(line)]
    return sorted(found, key=lambda line: line.loinc != code)


def _codes(line: Entry) -> set[str]:
    others = {unit.loinc for unit in line.units if unit.loinc and unit.factor}
    return others | ({line.loinc} if line.loinc else set())
