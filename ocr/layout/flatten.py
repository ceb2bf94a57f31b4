"""Straightens what the page warp left over: curved lines and leaning columns.

A sheet is rarely flat. The slope of every long token is known, so the slope field
``s(x, y) = a + bx + cy + dx²`` is fitted and integrated along x; what remains is small
enough for linking neighbours.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Token
from ocr.layout.pieces import Char, Piece, char_quads

Vector = NDArray[np.float64]
GAP_SPLITS = 1.6


def flatten(tokens: list[Token]) -> list[Piece]:
    """Pieces on coordinates where text lines are level and columns upright."""
    if not tokens:
        return []
    scale = float(max(np.concatenate([t.quad for t in tokens]).max(), 1.0))
    field = _slope_field(tokens, scale)
    pieces: list[Piece] = []
    for token in tokens:
        pieces.extend(_pieces(token, field, scale))
    return _upright(pieces)


def _ends(token: Token) -> tuple[Vector, Vector]:
    q = token.quad
    return (q[0] + q[3]) / 2, (q[1] + q[2]) / 2


def _slope_field(tokens: list[Token], scale: float) -> Vector:
    rows, slopes, weights = [], [], []
    for token in tokens:
        left, right = _ends(token)
        width = right[0] - left[0]
        height = float(np.linalg.norm(token.quad[3] - token.quad[0]))
        if width < 2.5 * height:
            continue
        x, y = (left + right) / 2 / scale
        rows.append([1.0, x, y, x * x])
        slopes.append((right[1] - left[1]) / width)
        weights.append(width)
    if len(rows) < 8:
        return np.array([np.average(slopes, weights=weights) if slopes else 0.0, 0.0, 0.0, 0.0])
    return _robust(np.array(rows), np.array(slopes), np.array(weights))


def _robust(a: Vector, b: Vector, w: Vector) -> Vector:
    ridge = np.diag([1e-6, 1e-2, 1e-2, 1e-2]) * float(w.sum())
    weights = w.copy()
    solution: Vector = np.zeros(4)
    for _ in range(4):
        aw = a * weights[:, None]
        solution = np.asarray(np.linalg.solve(a.T @ aw + ridge, aw.T @ b), dtype=np.float64)
        residual = np.abs(b - a @ solution)
        limit = max(2.0 * float(np.median(residual)), 1e-3)
        weights = w * np.minimum(1.0, limit / np.maximum(residual, 1e-9))
    return np.asarray(solution, dtype=np.float64)


def _offset(x: float, y: float, field: Vector, scale: float) -> float:
    u, v = x / scale, y / scale
    a, b, c, d = (float(k) for k in field)
    return scale * (a * u + b * u * u / 2 + c * u * v + d * u**3 / 3)


def _pieces(token: Token, field: Vector, scale: float) -> list[Piece]:
    left, right = _ends(token)
    centre = (left + right) / 2
    shift = _offset(float(centre[0]), float(centre[1]), field, scale)
    height = float(np.linalg.norm(token.quad[3] - token.quad[0]))
    middle = float(centre[1]) - shift
    width = right[0] - left[0]
    chars = [
        Char(g.char, g.score, left[0] + g.start * width, left[0] + g.end * width, quad)
        for g, quad in zip(token.glyphs, char_quads(token), strict=True)
    ]
    whole = Piece(tuple(chars), middle - height / 2, middle + height / 2)
    return _split_at_gaps(whole)


def _split_at_gaps(piece: Piece) -> list[Piece]:
    solid = [i for i, c in enumerate(piece.chars) if not c.char.isspace()]
    cuts = [0]
    for before, after in itertools.pairwise(solid):
        if piece.chars[after].left - piece.chars[before].right > GAP_SPLITS * piece.height:
            cuts.append(after)
    cuts.append(len(piece.chars))
    parts = (piece.part(a, b) for a, b in itertools.pairwise(cuts))
    return [p for p in parts if p is not None]


def _upright(pieces: list[Piece]) -> list[Piece]:
    """Shears columns upright: left edges that repeat in the next line tell the lean."""
    leans, places = _leans(pieces)
    if len(leans) < 12:
        return pieces
    scale = max(p.right for p in pieces)
    a = np.stack([np.ones(len(leans)), np.array(places) / scale], axis=1)
    b = np.array(leans)
    middle = float(np.median(b))
    keep = np.abs(b - middle) < 0.03
    if keep.sum() < 12:
        return pieces
    solution, *_ = np.linalg.lstsq(a[keep], b[keep], rcond=None)
    base, growth = float(solution[0]), float(solution[1]) / scale
    top = min(p.top for p in pieces)

    def move(x: float, y: float) -> float:
        return x - (base + growth * x) * (y - top)

    return [
        Piece(
            tuple(
                Char(c.char, c.score, move(c.left, p.middle), move(c.right, p.middle), c.quad)
                for c in p.chars
            ),
            p.top,
            p.bottom,
        )
        for p in pieces
    ]


def _leans(pieces: list[Piece]) -> tuple[list[float], list[float]]:
    leans: list[float] = []
    places: list[float] = []
    for piece in pieces:
        below = [
            (q.left - piece.left, q.middle - piece.middle)
            for q in pieces
            if 0.8 * piece.height < q.middle - piece.middle < 6 * piece.height
            and abs(q.left - piece.left) < 0.5 * piece.height
        ]
        for dx, dy in below:
            leans.append(dx / dy)
            places.append(piece.left)
    return leans, places
