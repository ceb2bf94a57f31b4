"""Figures side by side as one row, laid level and upright at one height."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.meter.strokes import Figure, Mask, Plane, Points, Stroke

HEIGHT = 72
"""Pixels of a digit's height on a laid row."""
MARGIN = 84
"""Pixels around the row: as wide as the place of one more digit."""

_SHEARS = np.arange(-6, 21, 2) / 57.3


@dataclass(frozen=True, slots=True)
class Span:
    """A figure on the laid row."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Row:
    """A row as laid: ``ink`` and ``mask`` in pixels of its own, ``back`` to the picture."""

    ink: Plane
    bright: Plane
    mask: Mask
    spans: tuple[Span, ...]
    dots: tuple[Span, ...]
    back: NDArray[np.float64]
    height: float


def rows_of(figures: list[Figure]) -> list[list[Figure]]:
    """Chains of figures of like height, from left to right."""
    left = sorted(figures, key=lambda each: each.left)
    rows: list[list[Figure]] = []
    for figure in left:
        for row in rows:
            if _follows(row[-1], figure):
                row.append(figure)
                break
        else:
            rows.append([figure])
    return [row for row in rows if len(row) <= 8]


def _follows(before: Figure, after: Figure) -> bool:
    high = max(before.height, after.height)
    apart = after.left - before.right
    if min(before.height, after.height) < 0.75 * high or not -0.15 * high <= apart <= 0.85 * high:
        return False
    lean = abs((after.top + after.bottom - before.top - before.bottom) / 2)
    alike = max(before.thick, after.thick) <= 2 * min(before.thick, after.thick)
    return alike and lean <= 0.12 * high + 0.16 * (after.left - before.left)


def lay(row: list[Figure], strokes: list[Stroke], ink: Plane, bright: Plane, mask: Mask) -> Row:
    """Turned level, its slant taken out, cut out of the picture with a margin."""
    high = float(np.median([each.height for each in row]))
    angle = _angle(row)
    turn = _turned(row, angle, HEIGHT / high)
    flat = _apply(turn, np.concatenate([each.points for each in row]))
    lean = _lean(flat)
    matrix = np.array([[1, lean, 0], [0, 1, 0], [0, 0, 1]]) @ turn
    laid = [_apply(matrix, each.points) for each in row]
    every = np.concatenate(laid)
    offset = MARGIN - every.min(axis=0)
    matrix = np.array([[1, 0, offset[0]], [0, 1, offset[1]], [0, 0, 1]]) @ matrix
    width, height = (math.ceil(each) for each in np.ptp(every, axis=0) + 2 * MARGIN)
    cut = [_cut(each, matrix, (width, height)) for each in (ink, bright, mask)]
    inside = [_apply(matrix, each.points) for each in strokes if each.square]
    dots = [_span(each) for each in inside]
    return Row(
        cut[0],
        cut[1],
        np.asarray((cut[2] > 127) * 255, dtype=np.uint8),
        tuple(_span(each + offset) for each in laid),
        tuple(each for each in dots if 0 < each.left < width and 0 < each.top < height),
        np.asarray(np.linalg.inv(matrix), dtype=np.float64),
        high,
    )


def _angle(row: list[Figure]) -> float:
    """How the row leans, by the feet and heads of its figures."""
    if len(row) < 2:
        return 0.0
    middles = np.array([(each.left + each.right) / 2 for each in row])
    slopes = [
        np.polyfit(middles, np.array([getattr(each, side) for each in row]), 1)[0]
        for side in ("top", "bottom")
    ]
    slope = float(np.clip(np.mean(slopes), -0.2, 0.2))
    return math.atan(slope)


def _turned(row: list[Figure], angle: float, scale: float) -> NDArray[np.float64]:
    x, y = row[0].left, row[0].bottom
    c, s = math.cos(-angle) * scale, math.sin(-angle) * scale
    return np.array([[c, -s, -c * x + s * y], [s, c, -s * x - c * y], [0, 0, 1]])


def _lean(points: Points) -> float:
    """The shear under which upright strokes fall into the fewest columns."""
    best, sharpest = 0.0, -1.0
    for shear in _SHEARS:
        columns = np.round((points[:, 0] + shear * points[:, 1]) / 2).astype(int)
        counts = np.bincount(columns - columns.min()).astype(float)
        sharp = float((counts**2).sum())
        if sharp > sharpest:
            best, sharpest = float(shear), sharp
    return best


def _cut(plane: NDArray[np.generic], matrix: Points, size: tuple[int, int]) -> Plane:
    return np.asarray(
        cv2.warpAffine(
            np.asarray(plane, np.float32),
            matrix[:2],
            size,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        dtype=np.float32,
    )


def _apply(matrix: NDArray[np.float64], points: Points) -> Points:
    return np.asarray(points @ matrix[:2, :2].T + matrix[:2, 2])


def _span(points: Points) -> Span:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Span(float(left), float(top), float(right), float(bottom))
