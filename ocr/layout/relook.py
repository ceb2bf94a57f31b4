"""A second look into cells that ought to hold something and were not found.

Detection misses small lone signs (``%``, ``3``). Where a column is filled in most rows,
the empty cell's place is known from its neighbours, and the recogniser is asked what
stands there. Only a sure answer of the column's own sort is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ocr.engines.base import Quad, Token
from ocr.layout.pieces import Char, Piece, char_quads
from ocr.layout.ranges import is_interval
from ocr.layout.units import is_unit
from ocr.layout.values import is_number, is_words

if TYPE_CHECKING:
    from ocr.layout.rows import Row

Look = Callable[[list[Quad]], list[Token]]
FILLED = 0.5
MOST = 40
SURE = 0.85
_STROKES = set("|lI1-一—.丨/\\、'，,_ ")


def look_again(rows: list[Row], look: Look | None) -> None:
    """Fills cells in place."""
    named = [r for r in rows if r.cells.get("name") or r.cells.get("abbreviation")]
    if look is None or len(named) < 3:
        return
    wanted: list[tuple[Row, str, Piece, Quad]] = []
    for kind in ("result", "unit", "range"):
        having = [r for r in named if kind in r.cells]
        if len(having) < FILLED * len(named):
            continue
        for row in named:
            if kind not in row.cells and _is_row(row):
                near = min(having, key=lambda r: abs(r.level - row.level)).cells[kind][0]
                wanted.append((row, kind, near, _place(row, near)))
    wanted = wanted[:MOST]
    if not wanted:
        return
    tokens = {id(t.quad): t for t in look([quad for *_, quad in wanted])}
    for row, kind, near, quad in wanted:
        token = tokens.get(id(quad))
        if token is not None and _taken(kind, token):
            row.cells[kind] = [_piece(token, row, near)]


def _is_row(row: Row) -> bool:
    """Whether the line is a result's: something stands beside its name."""
    return bool(set(row.cells) & {"result", "unit", "range"})


def _place(row: Row, near: Piece) -> Quad:
    """Where the cell lies: the row's level, the column's left and right."""
    centres = sorted(
        (tuple(np.mean(c.quad, axis=0)) for ps in row.cells.values() for p in ps for c in p.chars),
        key=lambda c: float(c[0]),
    )
    points = np.array(centres)
    slope = 0.0
    if np.ptp(points[:, 0]) > 4 * row.height:
        slope = float(np.polyfit(points[:, 0], points[:, 1], 1)[0])
    left, right = float(near.chars[0].quad[:, 0].min()), float(near.chars[-1].quad[:, 0].max())
    nearest = points[int(np.argmin(np.abs(points[:, 0] - (left + right) / 2)))]
    half, pad = 0.62 * near.height, 0.35 * near.height

    def at(x: float) -> float:
        return float(nearest[1] + slope * (x - nearest[0]))

    x0, x1 = left - pad, right + pad
    return np.array(
        [[x0, at(x0) - half], [x1, at(x1) - half], [x1, at(x1) + half], [x0, at(x0) + half]]
    )


def _taken(kind: str, token: Token) -> bool:
    text = token.text.strip()
    if token.score < SURE or not text or set(text) <= _STROKES:
        return False
    if kind == "unit":
        return is_unit(text)
    return is_interval(text) if kind == "range" else is_number(text) or is_words(text)


def _piece(token: Token, row: Row, near: Piece) -> Piece:
    width = near.right - near.left
    chars = tuple(
        Char(g.char, g.score, near.left + g.start * width, near.left + g.end * width, quad)
        for g, quad in zip(token.glyphs, char_quads(token), strict=True)
    )
    return Piece(chars, row.level - row.height / 2, row.level + row.height / 2)
