"""How sure an item is, and what makes it doubtful: what a person must look at."""

from __future__ import annotations

import re

from ocr.lab import Match, dictionary
from ocr.layout.cells import Cells
from ocr.layout.flags import flag_of
from ocr.layout.pieces import Piece
from ocr.layout.units import is_unit
from ocr.layout.values import Result
from ocr.model import Reference

SURE_VALUE = 0.88
SURE_NAME = 0.6
_WORDS = re.compile(r"[一-鿿+±]|\d\s*[-~]\s*\d|^-+$|[Nn]eg|[Pp]os")
_ORDERLY = re.compile(r"[<>]?\d+\s*[:~-]\s*\d+|.*[一-鿿+].*")


def doubts_of(
    cells: Cells,
    result: Result,
    unit: str | None,
    reference: Reference | None,
    match: Match | None,
    name_score: float,
) -> list[str]:
    """Reasons for a second look, as short codes."""
    doubts: list[str] = []
    if _weakest(cells.pieces) < SURE_VALUE:
        doubts.append("weak_value")
    if name_score < SURE_NAME:
        doubts.append("weak_name")
    if unit is not None and not is_unit(unit):
        doubts.append("unknown_unit")
    if any(r.field in {"value", "reference"} or r.reason.startswith("abbr") for r in cells.repairs):
        doubts.append("repaired")
    doubts.extend(_against_range(cells, result, reference))
    doubts.extend(_against_dictionary(cells, result, unit, match))
    return doubts


def _weakest(pieces: list[Piece]) -> float:
    return min((p.weakest for p in pieces), default=0.0)


def _against_range(cells: Cells, result: Result, reference: Reference | None) -> list[str]:
    found: list[str] = []
    by_range = flag_of(result, reference, None, False)
    if cells.mark in ("high", "low") and by_range is not None and by_range != cells.mark:
        found.append("mark_contradicts_range")
    if cells.mark is None and by_range in ("high", "low"):
        found.append("outside_without_mark")
    unread = reference is not None and reference.low is None and reference.high is None
    if (
        reference is not None
        and unread
        and result.value is not None
        and re.search(r"\d", reference.text)
    ):
        found.append("range_unreadable")
    if _is_words(result) and re.search(r"\d", result.text) and not _ORDERLY.fullmatch(result.text):
        found.append("odd_result")
    return found


def _against_dictionary(
    cells: Cells, result: Result, unit: str | None, match: Match | None
) -> list[str]:
    if match is None:
        known = cells.abbreviation is not None and dictionary().knows(cells.abbreviation)
        return ["unknown_item", "name_not_of_abbreviation"] if known else ["unknown_item"]
    found: list[str] = []
    if unit is None and result.value is not None and match.entry.unit and "unit" in cells.columns:
        found.append("unit_missing")
    if unit is not None and match.entry.units and match.entry.unit_of(unit) is None:
        found.append("unit_not_of_item")
    if match.how == "fuzzy" and match.score < 0.9:
        found.append("name_guessed")
    if result.value is not None and match.entry.plausible(result.value, unit) is False:
        found.append("implausible")
    if _is_words(result) and match.entry.low is not None and not _WORDS.search(result.text):
        found.append("words_for_number")
    return found


def _is_words(result: Result) -> bool:
    return result.value is None and result.comparator is None


def confidence(cells: Cells, doubts: list[str], match: Match | None, name_score: float) -> float:
    """0..1: the recogniser's certainty, lowered by every doubt."""
    value = min((p.score for p in cells.pieces), default=0.0)
    sure = value * (0.5 + 0.5 * name_score)
    if match is None:
        sure *= 0.95
    return round(max(0.05, sure * 0.85 ** len([d for d in doubts if d != "unknown_item"])), 3)
