"""Where one column ends and the next begins: the emptiest stretch between two heads."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.layout.headers import Head
from ocr.layout.lines import Line
from ocr.layout.pieces import Piece
from ocr.layout.ranges import read_interval
from ocr.layout.units import is_unit
from ocr.layout.values import is_result, is_words, read_mark

LONG = 0.45
Cover = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Zone:
    """A column: which table of the page, what it holds, its span in pixels."""

    table: int
    kind: str
    left: float
    right: float


def zones_of(tables: list[list[Head]], body: list[Line]) -> list[Zone]:
    """Column zones for the lines under a header."""
    heads = [(t, head) for t, table in enumerate(tables) for head in table]
    cover = _cover(body)
    pieces = [p for line in body if len(line) > 1 for p in line]
    edges = [-1e9]
    for (_, a), (_, b) in itertools.pairwise(heads):
        edges.append(_border(cover, a, b, edges[-1], pieces))
    edges.append(1e9)
    return [Zone(t, head.kind, edges[i], edges[i + 1]) for i, (t, head) in enumerate(heads)]


def _border(cover: Cover, a: Head, b: Head, before: float, pieces: list[Piece]) -> float:
    """The border between two columns: of the empty stretches between their heads, the one
    that leaves most cells beside a head of their own sort; among equals the widest.
    """
    runs = _empty_runs(cover, a, b)
    if not runs:
        return (a.right + b.left) / 2
    own = [p for p in pieces if before < p.centre < max(b.right, b.centre)]

    def fitting(run: tuple[float, float]) -> float:
        middle = (run[0] + run[1]) / 2
        return sum(fits(a.kind if p.centre < middle else b.kind, p.text) for p in own)

    left, right = max(runs, key=lambda run: (round(fitting(run), 2), run[1] - run[0]))
    between = (a.right + b.left) / 2
    margin = min((right - left) / 2, 6.0)
    return min(max(between, left + margin), right - margin)


def fits(kind: str, text: str) -> float:
    """1 where a text is of a column's sort, 0 where it cannot be, between where unknown."""
    text = text.strip()
    if kind == "number":
        return float(bool(re.fullmatch(r"[*★]?\d{1,3}[.、]?", text)))
    if kind == "name":
        return float(bool(re.search(r"[一-鿿A-Za-z]", text)) and not is_unit(text))
    if kind == "abbreviation":
        return float(bool(re.match(r"[A-Za-z]", text)))
    if kind in {"result", "previous"}:
        return float(is_result(text))
    if kind == "unit":
        return float(is_unit(text))
    if kind == "range":
        return float(read_interval(text) is not None or is_words(text))
    return float(read_mark(text) is not None) if kind == "flag" else 0.5


def _empty_runs(cover: Cover, a: Head, b: Head) -> list[tuple[float, float]]:
    low, high = int(max(a.centre, 0)), int(max(b.centre, 1))
    stretch = cover[low:high]
    if len(stretch) == 0:
        return []
    floor = stretch.min()
    runs: list[tuple[float, float]] = []
    start: int | None = None
    for index in range(len(stretch) + 1):
        empty = index < len(stretch) and stretch[index] <= floor
        if empty and start is None:
            start = index
        elif not empty and start is not None:
            runs.append((low + start, low + index))
            start = None
    return runs


def _cover(body: list[Line]) -> Cover:
    width = int(max((p.right for line in body for p in line), default=1.0)) + 2
    cover = np.zeros(width)
    for line in body:
        extent = max(p.right for p in line) - min(p.left for p in line)
        if len(line) < 2 or any(p.right - p.left > LONG * max(extent, width / 2) for p in line):
            continue
        for piece in line:
            for char in piece.chars:
                if not char.char.isspace():
                    left = max(0, int(char.left))
                    cover[left : max(left, int(char.right)) + 1] += 1
    return cover


def place(pieces: list[Piece], zones: list[Zone]) -> list[list[Piece]]:
    """The pieces of a line by zone; a piece over a border is cut where its kind changes."""
    cells: list[list[Piece]] = [[] for _ in zones]
    for piece in pieces:
        rest: Piece | None = piece
        while rest is not None:
            zone, head, rest = _first_cut(rest, zones)
            cells[zone].append(head)
    return cells


def _zone_at(x: float, zones: list[Zone]) -> int:
    for index, zone in enumerate(zones):
        if x < zone.right:
            return index
    return len(zones) - 1


def _first_cut(piece: Piece, zones: list[Zone]) -> tuple[int, Piece, Piece | None]:
    homes = [_zone_at((c.left + c.right) / 2, zones) for c in piece.chars]
    for index in range(1, len(homes)):
        if homes[index] != homes[index - 1]:
            cut = _cut_near(piece, index)
            if cut is None:
                continue
            head, tail = piece.part(0, cut), piece.part(cut, len(piece.chars))
            if head is not None and tail is not None:
                return _majority(head, zones), head, tail
    return _majority(piece, zones), piece, None


def _majority(piece: Piece, zones: list[Zone]) -> int:
    homes = [_zone_at((c.left + c.right) / 2, zones) for c in piece.chars if c.char != " "]
    return max(set(homes), key=lambda h: (homes.count(h), -h))


def _cut_near(piece: Piece, index: int) -> int | None:
    """The nearest place to ``index`` where a new cell may begin."""
    for shift in (0, 1, -1, 2, -2):
        at = index + shift
        if 0 < at < len(piece.chars) and _may_cut(piece, at):
            return at
    return None


def _may_cut(piece: Piece, at: int) -> bool:
    before, after = piece.chars[at - 1], piece.chars[at]
    if after.char in "%#)）":
        return False
    if before.char.isspace() or after.char.isspace():
        return True
    if after.left - before.right > 0.35 * piece.height:
        return True
    return _class(before.char) != _class(after.char) and {
        _class(before.char),
        _class(after.char),
    } != {"digit", "sign"}


def _class(char: str) -> str:
    if char.isdigit() or char == ".":
        return "digit"
    if "一" <= char <= "鿿":
        return "han"
    if unicodedata.normalize("NFKC", char) in "<>=≤≥~-+±^/%()[]:#*":
        return "sign"
    return "arrow" if char in "↑↓" else "latin"
