"""Arrows that were read as the digit they look like: ``60.9↑`` as ``60.91``.

One row proves nothing. A table does that marks what is outside its range: a value outside
that bears no mark, has one digit more than its range is printed with, and stays outside
without its last digit 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.lab import dictionary
from ocr.layout.cells import Cells
from ocr.layout.flags import flag_of
from ocr.layout.values import DOWN, UP, Result, read_result
from ocr.model import Reference, Repair

_ONE_MORE = re.compile(r"^(\d+(?:\.\d+)?)\s?1$")
_APART = re.compile(r"^(\d+(?:\.\d+)?)\s1$")
_ARROWS = frozenset(UP + DOWN)
_OUTSIDE = ("high", "low")
_TOGETHER = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """A row with the range that holds for the patient."""

    cells: Cells
    reference: Reference | None
    specimen: str | None


def put_back(rows: Sequence[Measured], texts: Sequence[str]) -> None:
    """Takes the digit away in place, with its repair; ``texts`` are the result cells as read."""
    suspects = [(row, shorter) for row in rows if (shorter := _without_one(row)) is not None]
    arrows = any(_ARROWS & set(text) for text in texts)
    if not arrows and len(suspects) < _TOGETHER:
        return
    for row, shorter in suspects:
        cells = row.cells
        cells.repairs.append(Repair("value", cells.result.text, shorter.text, _REASON))
        cells.result = shorter


_REASON = "an arrow read as 1: outside the range, unmarked, one digit too many"


def _without_one(row: Measured) -> Result | None:
    cells, reference = row.cells, row.reference
    found = _ONE_MORE.match(cells.result.text)
    if found is None or cells.mark is not None or reference is None:
        return None
    shorter = read_result(found[1])
    if _flag(shorter, reference) not in _OUTSIDE:
        return None
    if _APART.match(cells.result.text):
        return shorter
    if _flag(cells.result, reference) not in _OUTSIDE:
        return None
    printed, read = _decimals(reference.text), _decimals(cells.result.text)
    if read > 0:
        return shorter if printed > 0 and read == printed + 1 else None
    return shorter if printed == 0 and _only_possible(row, shorter) else None


def _flag(result: Result, reference: Reference) -> str | None:
    return flag_of(result, reference, None, False)


def _only_possible(row: Measured, shorter: Result) -> bool:
    """Without decimals to count: no such value exists, and the shorter one does."""
    cells = row.cells
    match = dictionary().match(cells.name, cells.abbreviation, cells.unit, row.specimen)
    if match is None or cells.result.value is None or shorter.value is None:
        return False
    entry, unit = match.entry, cells.unit
    return (
        entry.plausible(cells.result.value, unit) is False
        and entry.plausible(shorter.value, unit) is True
    )


def _decimals(text: str) -> int:
    return max((len(each) for each in re.findall(r"\d\.(\d+)", text)), default=0)
