"""Which way up the text stands, and by how much it leans: told from where text lies."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.base import Engine, Image, Quad

Matrix = NDArray[np.float64]
LOOK = 960
GOOD_HEIGHT = 23.0
MIN_HEIGHT = 18.0
MAX_LOOK = 2000
SAMPLE = 12


@dataclass(frozen=True, slots=True)
class Found:
    """Text found on a page turned upright.

    ``image`` is the page turned by ``turn`` quarter turns clockwise; ``quads`` lie on it;
    ``angle`` (radians) is how far its text lines still fall to the right.
    """

    image: Image
    quads: list[Quad]
    turn: int
    angle: float


def find_text(image: Image, engine: Engine) -> Found:
    """Finds text, turning the page by quarter turns until it stands upright."""
    quads = _detect(image, engine, LOOK)
    turn = 0
    if _lies(quads):
        image, turn = _turned(image, 1), 1
        quads = _detect(image, engine, LOOK)
    if quads and _stands_on_head(image, quads, engine):
        image, turn = _turned(image, 2), turn + 2
        quads = [_flip(q, image) for q in quads]
    quads = _closer(image, quads, engine)
    return Found(image, quads, turn % 4, _angle(quads))


def _detect(image: Image, engine: Engine, side: float) -> list[Quad]:
    scale = min(1.0, side / max(image.shape[:2]))
    small = image if scale == 1.0 else _resized(image, scale)
    return [q / scale for q in engine.find(small)]


def _resized(image: Image, scale: float) -> Image:
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=way), np.uint8)


def _closer(image: Image, quads: list[Quad], engine: Engine) -> list[Quad]:
    """Looks again at the text's own region where the text was too small to tell apart."""
    if len(quads) < 3:
        return quads
    height = float(np.median([_height(q) for q in quads]))
    seen = height * min(1.0, LOOK / max(image.shape[:2]))
    if seen >= MIN_HEIGHT:
        return quads
    points = np.concatenate(quads)
    pad = 3 * height
    left, top = np.maximum(points.min(axis=0) - pad, 0).astype(int)
    right, bottom = (points.max(axis=0) + pad).astype(int)
    region = np.ascontiguousarray(image[top:bottom, left:right])
    longest = max(region.shape[:2])
    scale = min(GOOD_HEIGHT / height, MAX_LOOK / longest, 2.0)
    look = region if abs(scale - 1) < 0.05 else _resized(region, scale)
    factor = look.shape[1] / region.shape[1]
    return [q / factor + np.array([left, top]) for q in engine.find(look)]


def _height(quad: Quad) -> float:
    return float(min(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[1] - quad[0])))


def _lies(quads: list[Quad]) -> bool:
    """Whether most text runs up or down the page."""
    tall = wide = 0.0
    for quad in quads:
        width = float(np.linalg.norm(quad[1] - quad[0]))
        height = float(np.linalg.norm(quad[3] - quad[0]))
        if height > 1.8 * width:
            tall += height
        elif width > 1.8 * height:
            wide += width
    return tall > 1.2 * wide


def _stands_on_head(image: Image, quads: list[Quad], engine: Engine) -> bool:
    wide = sorted(quads, key=lambda q: -float(np.linalg.norm(q[1] - q[0])))
    return engine.upside_down(image, wide[:SAMPLE]) > 0.5


def _turned(image: Image, quarters: int) -> Image:
    return np.ascontiguousarray(np.rot90(image, -quarters))


def _flip(quad: Quad, image: Image) -> Quad:
    size = np.array([image.shape[1], image.shape[0]], dtype=np.float64)
    return (size - quad)[[2, 3, 0, 1]]


def _angle(quads: list[Quad]) -> float:
    angles, weights = [], []
    for quad in quads:
        run = (quad[1] + quad[2] - quad[0] - quad[3]) / 2
        length = float(np.linalg.norm(run))
        if length > 2.5 * float(np.linalg.norm(quad[3] - quad[0])):
            angles.append(float(np.arctan2(run[1], run[0])))
            weights.append(length)
    return weighted_median(angles, weights) if angles else 0.0


def weighted_median(values: list[float], weights: list[float]) -> float:
    """The value at which half the weight is reached."""
    order = np.argsort(values)
    heap = np.cumsum(np.array(weights)[order])
    return float(np.array(values)[order][int(np.searchsorted(heap, heap[-1] / 2))])


def turn_back(shape: tuple[int, int], turn: int) -> Matrix:
    """3x3 matrix from a page turned ``turn`` quarters clockwise to the page as displayed.

    ``shape`` is (height, width) of the page as displayed.
    """
    height, width = shape
    steps = {
        0: np.eye(3),
        1: np.array([[0.0, 1, 0], [-1, 0, height], [0, 0, 1]]),
        2: np.array([[-1.0, 0, width], [0, -1, height], [0, 0, 1]]),
        3: np.array([[0.0, -1, width], [1, 0, 0], [0, 0, 1]]),
    }
    return steps[turn]


def rotation(angle: float) -> Matrix:
    """3x3 matrix that turns text falling by ``angle`` level."""
    c, s = float(np.cos(angle)), float(np.sin(angle))
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def inverse(matrix: Matrix) -> Matrix:
    """The way back."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def apply(matrix: Matrix, points: Quad) -> Quad:
    """Points (n x 2) through a 3x3 matrix."""
    mapped = np.c_[points, np.ones(len(points))] @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)
