"""Whether two reports are two pictures of one paper."""

from __future__ import annotations

from collections.abc import Iterable

from backend.reports.limits import SAME_PAGE_DISTANCE, SAME_PAGE_ITEMS
from ocr.model import ParsedReport


def distance(one: str, other: str) -> int:
    """In how many bits two perceptual hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def looks_alike(mine: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether any page of the one looks like any of the other, by perceptual hash."""
    others = list(theirs)
    return any(distance(a, b) <= SAME_PAGE_DISTANCE for a in mine for b in others)


def reads_alike(mine: ParsedReport, theirs: ParsedReport) -> bool:
    """Whether nearly all results, or where there are none all words, are the same."""
    if mine.kind != theirs.kind or mine.collected_at != theirs.collected_at:
        return False
    if mine.sample_number and theirs.sample_number and mine.sample_number != theirs.sample_number:
        return False
    ours, others = _results(mine), _results(theirs)
    if not ours and not others:
        return bool(mine.text) and mine.text == theirs.text
    return len(ours & others) >= SAME_PAGE_ITEMS * max(len(ours), len(others))


def _results(report: ParsedReport) -> set[tuple[str, str]]:
    return {(each.name, each.text) for each in report.items}
