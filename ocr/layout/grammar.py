"""Rows of a table whose head is not on the page: told by what stands in them.

A half page, a photo cut below the head. A line counts when a known item's name, a result
and an interval follow one another; a page counts when several lines do. Running text and
chats have no such lines.
"""

from __future__ import annotations

import itertools
import re

from ocr.lab import dictionary
from ocr.layout.lines import Line, height_of, middle_of
from ocr.layout.names import clean_name
from ocr.layout.pieces import Piece
from ocr.layout.ranges import is_interval, read_interval
from ocr.layout.rows import Row, gather, is_footer
from ocr.layout.units import is_unit
from ocr.layout.values import is_number, is_words, read_mark

FEWEST = 3
KNOWN = 0.6


_BETWEEN_WORDS = re.compile(r"\s+(?![↑↓HL]\b|[↑↓])|(?<=[A-Za-z%])\s+(?=[↑↓]|[HL]$)")
"""A mark stays with the number before it, but not with a unit."""


def rows_without_head(lines: list[Line]) -> list[Row]:
    """The rows; none where the page does not look like a table of results."""
    rows = [row for line in lines if not is_footer(line) for row in _rows(line)]
    _by_columns(rows)
    good = [r for r in rows if "result" in r.cells and ("range" in r.cells or "unit" in r.cells)]
    ranged = [r for r in good if "range" in r.cells]
    known = [r for r in good if _known(r)]
    if len(known) < FEWEST or len(ranged) < 2 or len(known) < KNOWN * len(good):
        return []
    return gather(
        [r for r in good if "range" in r.cells or _known(r)]
        + [r for r in rows if set(r.cells) == {"range"}]
    )


def _by_columns(rows: list[Row]) -> None:
    """What alone could be either is told by the other rows: ``3-5`` counted under a
    microscope, 正常 as what is expected."""
    for row in rows:
        flag = row.text("flag")
        if "result" in row.cells and "range" not in row.cells and is_words(flag):
            row.cells["range"] = row.cells.pop("flag")
    both = [row for row in rows if {"result", "range"} <= set(row.cells)]
    swapped = [row for row in both if _left(row, "range") < _left(row, "result")]
    if len(swapped) >= len(both) / 2:
        return
    for row in swapped:
        row.cells["result"], row.cells["range"] = row.cells["range"], row.cells["result"]


def _left(row: Row, kind: str) -> float:
    return min(piece.left for piece in row.cells[kind])


def _known(row: Row) -> bool:
    words = dictionary()
    return words.knows(clean_name(row.text("name"))) or words.knows(row.text("abbreviation"))


def _rows(line: Line) -> list[Row]:
    rows: list[Row] = []
    for piece in (part for p in sorted(line, key=lambda p: p.left) for part in _parts(p)):
        kind = _kind(piece.text, rows[-1] if rows else None)
        if kind is None:
            continue
        if not rows or (kind in {"name", "abbreviation"} and "result" in rows[-1].cells):
            if kind not in {"name", "abbreviation"} and not (kind == "range" and not rows):
                continue
            rows.append(Row(len(rows), middle_of(line), height_of(line)))
        rows[-1].cells.setdefault(kind, []).append(piece)
    return rows


def _parts(piece: Piece) -> list[Piece]:
    """Words of a piece."""
    cuts = [
        0,
        *(m.end() for m in _BETWEEN_WORDS.finditer(piece.text)),
        len(piece.text),
    ]
    if len(piece.text) != len(piece.chars) or is_interval(piece.text) or is_unit(piece.text):
        return [piece]
    parts = (piece.part(a, b) for a, b in itertools.pairwise(cuts))
    return [p for p in parts if p is not None]


def _kind(text: str, row: Row | None) -> str | None:
    text = text.strip()
    has_result = row is not None and "result" in row.cells
    named = row is not None and bool({"name", "abbreviation"} & set(row.cells))
    if re.match(r"[一-鿿]{2}", text) and dictionary().knows_name(clean_name(text)):
        return "name" if has_result or not named else None
    if is_interval(text):
        return "range"
    if named and is_unit(text) and (has_result or not is_number(text)) and not _latin_mark(text):
        return "unit"
    if is_number(text):
        if not named:
            return None
        return "range" if has_result and read_interval(text) else None if has_result else "result"
    if has_result and read_mark(text) is not None:
        return "flag"
    if named and is_words(text) and not dictionary().knows_name(text):
        return "range" if has_result else "result"
    if re.search(r"[一-鿿]", text):
        return (
            "name"
            if not (named and not has_result and "name" in (row.cells if row else {}))
            else None
        )
    return "abbreviation" if re.match(r"^[A-Za-z*]", text) else None


def _latin_mark(text: str) -> bool:
    return text in {"H", "L"}
