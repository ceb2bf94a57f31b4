"""What may be ink of a display: strokes, and strokes close together as one figure."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Mask = NDArray[np.uint8]
Points = NDArray[np.float64]

_LEAST_AREA = 14
_MOST_STROKES = 500
_TALL = (1.15, 12.0)  # height by width of a figure: from a wide 0 to a thin 1
_LEAST_HEIGHT = 16


@dataclass(frozen=True, slots=True)
class Stroke:
    """A connected piece of ink: its outline, and how thick it is drawn."""

    points: Points
    thick: float
    square: bool

    @property
    def box(self) -> NDArray[np.float64]:
        return np.concatenate([self.points.min(axis=0), self.points.max(axis=0) + 1])


@dataclass(frozen=True, slots=True)
class Figure:
    """Strokes that belong together: a digit, if it is one."""

    points: Points
    thick: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def width(self) -> float:
        return self.right - self.left


def binarise(plane: Plane, window: int, least: float) -> Mask:
    """Ink (high in ``plane``) that stands out by ``least`` from the mean of its window."""
    level = cv2.boxFilter(plane, -1, (window, window), borderType=cv2.BORDER_REPLICATE)
    return np.asarray((plane - level > least) * 255, dtype=np.uint8)


def strokes_of(mask: Mask) -> list[Stroke]:
    """The pieces of a mask that may be strokes, largest first."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    height, width = mask.shape
    order = 1 + np.argsort(-stats[1:count, cv2.CC_STAT_AREA], kind="stable")
    found: list[Stroke] = []
    for label in order:
        x, y, w, h, area = (int(each) for each in stats[label])
        if area < _LEAST_AREA or len(found) >= _MOST_STROKES:
            break
        if w > width * 0.5 or h > height * 0.6:
            continue
        piece = labels[y : y + h, x : x + w] == label
        thick = 2 * float(inside[y : y + h, x : x + w][piece].max())
        stroke = _stroke(piece, (x, y), thick)
        if stroke is not None:
            found.append(stroke)
    return found


def _stroke(piece: NDArray[np.bool_], at: tuple[int, int], thick: float) -> Stroke | None:
    outlines, _ = cv2.findContours(piece.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=len)
    (_, sides, _) = cv2.minAreaRect(outline)
    long, short = max(sides) + 1, min(sides) + 1
    square = long <= 1.4 * short and piece.sum() > 0.55 * long * short
    points = outline[:, 0, :].astype(np.float64) + np.array(at)
    return Stroke(points, thick, square)


def figures_of(strokes: list[Stroke], reach: float, squares: bool) -> list[Figure]:
    """Strokes nearer to each other than ``reach`` of their thickness, joined.

    ``squares``: whether pieces as wide as high are segments too, or decimal points only.
    """
    lines = [each for each in strokes if squares or not each.square]
    if not lines:
        return []
    homes = list(range(len(lines)))
    boxes = np.array([each.box for each in lines])
    thick = np.array([each.thick for each in lines])
    near = reach * np.minimum(thick[:, None], thick[None, :])
    apart = np.maximum(
        np.maximum(
            boxes[:, None, :2] - boxes[None, :, 2:], boxes[None, :, :2] - boxes[:, None, 2:]
        ),
        0,
    ).max(axis=2)
    alike = np.maximum(thick[:, None], thick[None, :]) <= 2.2 * np.minimum(
        thick[:, None], thick[None, :]
    )
    for a, b in np.argwhere((apart <= near) & alike):
        if a < b and _root(homes, a) != _root(homes, b) and _touch(lines[a], lines[b], near[a, b]):
            homes[_root(homes, a)] = _root(homes, b)
    groups: dict[int, list[Stroke]] = {}
    for index, line in enumerate(lines):
        groups.setdefault(_root(homes, index), []).append(line)
    figures = (_figure(group) for group in groups.values())
    return [each for each in figures if _may_be_digit(each)]


def _root(homes: list[int], index: int) -> int:
    while homes[index] != index:
        index = homes[index]
    return index


def _touch(a: Stroke, b: Stroke, near: float) -> bool:
    distance = np.linalg.norm(a.points[::2, None, :] - b.points[None, ::2, :], axis=2)
    return bool(distance.min() - 1 <= near)


def _figure(group: list[Stroke]) -> Figure:
    points = np.concatenate([each.points for each in group])
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0) + 1
    thick = float(np.median([each.thick for each in group]))
    return Figure(points, thick, float(left), float(top), float(right), float(bottom))


def _may_be_digit(figure: Figure) -> bool:
    return (
        figure.height >= _LEAST_HEIGHT
        and _TALL[0] <= figure.height / figure.width <= _TALL[1]
        and figure.thick <= 0.32 * figure.height
    )
