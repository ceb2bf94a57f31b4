"""Measurements printed as ``label: value unit`` outside tables (心率：72 bpm)."""

from __future__ import annotations

import re
from functools import lru_cache

from ocr.lab import dictionary
from ocr.layout.items import Context, items_of
from ocr.layout.lines import Line
from ocr.layout.pieces import Char, Piece
from ocr.layout.rows import Row
from ocr.layout.units import is_unit
from ocr.model import Item

_SPECIMENS = {"body", "ecg"}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names: set[str] = set()
    for entry in dictionary().entries:
        if entry.specimen in _SPECIMENS:
            names.update(
                (entry.name, *entry.aliases, *(a for a in entry.abbreviations if len(a) > 1))
            )
    words = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return re.compile(
        rf"(?<![A-Za-z0-9/])({words})\s*(?:[(（][A-Za-z]{{1,6}}[)）])?\s*([:：=]|\s)\s*"
        r"([-+]?\d+(?:\.\d+)?(?:\s*/\s*\d+)?)(?!\d)\s*([A-Za-z%°℃次/分²㎡0-9·]*)"
    )


def pairs_of(lines: list[Line], context: Context, skip: set[int], colon: bool) -> list[Item]:
    """Items of the lines; characters whose id is in ``skip`` belong elsewhere.

    ``colon`` asks for one between label and value.
    """
    items: list[Item] = []
    for line in lines:
        chars = _chars(line, skip)
        text = "".join(c.char if c is not None else " " for c, _ in chars)
        for match in _pattern().finditer(text):
            if colon and match.group(2) not in ":：=":
                continue
            row = _row(chars, match)
            item = next(iter(items_of([row], context)), None) if row is not None else None
            if item is not None:
                items.append(item)
    return items


def _chars(line: Line, skip: set[int]) -> list[tuple[Char | None, Piece]]:
    """Characters from left to right; None where a gap stands."""
    found: list[tuple[Char | None, Piece]] = []
    for piece in sorted(line, key=lambda p: p.left):
        if found:
            found.append((None, piece))
        found.extend((c, piece) for c in piece.chars if id(c) not in skip)
    return found


def _row(chars: list[tuple[Char | None, Piece]], match: re.Match[str]) -> Row | None:
    """The match as a table row, its cells pieces of their own."""
    row = Row(0, chars[match.start()][1].middle, chars[match.start()][1].height)
    for kind, group in (("name", 1), ("result", 3), ("unit", 4)):
        own = [(c, p) for c, p in chars[match.start(group) : match.end(group)] if c is not None]
        if not own and kind != "unit":
            return None
        text = "".join(c.char for c, _ in own)
        if own and (kind != "unit" or is_unit(text)):
            piece = own[0][1]
            row.cells[kind] = [Piece(tuple(c for c, _ in own), piece.top, piece.bottom)]
    return row
